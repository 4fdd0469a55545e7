import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Catalogue, openCatalogue } from '../../../src/main/catalogue/index.ts';

import { randomFrom } from '../../../src/main/lab/random.ts';
import {
  applyUnfinished,
  forgetLearnt,
  genreMapping,
  learn,
  learntStore,
  mapGenres,
  suspiciousTags,
} from '../../../src/main/learn/learn.ts';
import { scanned, temporaryFolder } from '../catalogue/support.ts';
import { inProcessHost } from './in-process-host.ts';

const DIMENSION = 8;
const LABELS = ['Loud', 'Quiet', 'Strange'];
const random = randomFrom(21);

/** Roughly normal. */
const noise = () => random() + random() + random() - 1.5;

interface Made {
  readonly kind: number;
  readonly genre?: string;
  readonly artist?: string;
}

/**
 * A library in a file whose tracks sound as their kind does; the shipped predictor knows nothing of kinds.
 * @returns the path of each track's file
 */
function library(tracks: readonly Made[], spread = 1): { catalogue: Catalogue; paths: string[] } {
  const catalogue = openCatalogue(join(temporaryFolder(), 'library.cratewise'));
  const root = catalogue.roots.add('/music').id;
  const scan = catalogue.files.beginScan();
  const paths = tracks.map(({ genre, artist }, at) => {
    const path = `/music/${artist ?? 'nobody'}/${at}.mp3`;
    catalogue.files.upsert(
      [
        scanned(path, root, {
          ...(genre ? { genre: [genre] } : {}),
          ...(artist ? { artist: [artist] } : {}),
        }),
      ],
      scan,
    );
    return path;
  });
  const asked = [{ id: 'builtin-genre', version: '1', task: 'genre' as const }];
  const computed = [{ id: 'spectral-shape', version: '1' }];
  const { run } = catalogue.queue.enqueue({ kind: 'analyse', predictors: asked });
  for (const item of catalogue.queue.claim('analyse', tracks.length, run)) {
    const { kind } = tracks[paths.indexOf(item.path)]!;
    const vector = Float32Array.from(
      { length: DIMENSION },
      (_, k) => (k === kind ? 3 : 0) + spread * noise(),
    );
    catalogue.queue.complete(
      item.id,
      {
        durationSeconds: 200,
        windows: [{ start: 0, length: 30 }],
        embeddings: [{ representation: 'spectral-shape', version: '1', vector }],
        predictions: [
          {
            task: 'genre',
            predictor: 'builtin-genre',
            version: '1',
            labels: ['rock', 'jazz'],
            probabilities: random() < 0.5 ? [0.7, 0.3] : [0.2, 0.8],
          },
        ],
      },
      asked,
      computed,
    );
  }
  catalogue.predictions.noteTiers({ 'builtin-genre': 'built-in' });
  return { catalogue, paths };
}

/** Tracks of every kind by many artists, tagged with the kind's label. */
const tagged = (count: number): Made[] =>
  Array.from({ length: count }, (_, at) => ({
    kind: at % 3,
    genre: LABELS[at % 3]!,
    artist: `Artist ${at % 30}`,
  }));

const options = { task: 'genre', representations: ['spectral-shape'] } as const;

beforeEach(() => {
  vi.stubEnv('XDG_DATA_HOME', temporaryFolder());
  return () => vi.unstubAllEnvs();
});

describe.skipIf(process.platform !== 'linux')('learning a library', () => {
  it('takes into use what is better, for every track and this library alone', async () => {
    const { catalogue, paths } = library([...tagged(90), { kind: 2 }, { kind: 0 }]);
    const stages = new Set<string>();
    const report = await learn(catalogue, inProcessHost, {
      ...options,
      onProgress: ({ stage }) => stages.add(stage),
    });
    expect(report).toMatchObject({
      end: 'activated',
      tracks: { labelled: 90, used: 90, ours: 0, unheard: 0 },
    });
    expect(report.own!.value).toBeGreaterThan(0.9);
    expect(report.difference!.low).toBeGreaterThan(0.2);
    expect(report.shipped!.predictor).toBe('builtin-genre');
    expect(report.words.join(' ')).toContain('in use now');
    expect([...stages]).toEqual(['reading', 'comparing', 'fitting', 'applying']);
    // Tracks without a tag are predicted, too, in the user's own words.
    const current = (path: string) =>
      catalogue.files.details(path)!.predictions.find((prediction) => prediction.current);
    expect(current(paths[90]!)).toMatchObject({ predictor: 'own-genre', label: 'Strange' });
    expect(current(paths[91]!)).toMatchObject({ predictor: 'own-genre', label: 'Loud' });

    // A kill just after it was put into use: the next analysis predicts the rest from what is stored.
    while (catalogue.predictions.forget('genre', 'own-genre', 50) > 0);
    await applyUnfinished(catalogue, inProcessHost);
    expect(current(paths[90]!)).toMatchObject({ predictor: 'builtin-genre' });
    catalogue.settings.set('learnt-applied.own-genre', 'another');
    await applyUnfinished(catalogue, inProcessHost);
    expect(current(paths[90]!)).toMatchObject({ predictor: 'own-genre', label: 'Strange' });

    const again = await learn(catalogue, inProcessHost, options);
    expect(again.end).toBe('unchanged');
    const probe = JSON.parse(readFileSync(learntStore(catalogue).active('genre')!, 'utf8')) as object;
    expect(probe).toMatchObject({ id: 'own-genre', labels: LABELS, pooling: 'vectors' });
    expect(learntStore(library([]).catalogue).active('genre')).toBeUndefined();

    expect(await forgetLearnt(catalogue, inProcessHost, 'genre', 'tags')).toBe('none');
    expect(current(paths[90]!)).toMatchObject({ predictor: 'builtin-genre' });
    expect(learntStore(catalogue).active('genre')).toBeUndefined();
  });

  it('changes nothing where tags say nothing about the sound', async () => {
    const tracks = tagged(90).map((track, at) => ({ ...track, kind: Math.floor(at / 7) % 3 }));
    const { catalogue } = library(tracks);
    const report = await learn(catalogue, inProcessHost, options);
    expect(report.end).toBe('not-better');
    expect(report.words.join(' ')).toContain('Nothing was changed');
    expect(learntStore(catalogue).active('genre')).toBeUndefined();
  });

  it.each([
    ['no tags', Array.from({ length: 50 }, () => ({ kind: 0 })), 'No track has a genre tag'],
    ['one genre', tagged(90).filter(({ kind }) => kind === 0), 'only Loud has 8 or more'],
    ['few tracks', tagged(30), 'There are 30 tracks'],
    ['one artist', tagged(60).map((track) => ({ ...track, artist: 'Solo' })), null],
  ])('refuses with a reason: %s', async (_what, tracks, reason) => {
    const report = await learn(library(tracks).catalogue, inProcessHost, options);
    if (reason === null) {
      // Too few artists for any label: only songs are kept together, and that is said.
      expect(report.loose).toHaveLength(3);
      expect(report.words.join(' ')).toContain('may be too good');
    } else {
      expect(report.end).toBe('refused');
      expect(report.words[0]).toContain(reason);
    }
  });

  it('learns nothing from tags that we wrote, until they are confirmed', async () => {
    const { catalogue, paths } = library(tagged(60));
    const batch = catalogue.journal.openBatch('autotag');
    const ids = catalogue.journal.open(
      paths.slice(0, 6).map((path) => ({
        batchId: batch,
        path,
        temporaryPath: `${path}.tmp`,
        changes: [{ field: 'genre' as const, before: [], after: ['Loud'], location: 'TCON' }],
        splices: [],
        renumber: [],
        sizeBefore: 1,
        mtimeBefore: '1',
        sizeAfter: 1,
        audioHash: '00',
      })),
    );
    for (const id of ids) catalogue.journal.close(id, { state: 'done', mtimeAfter: '2' });
    const trackId = catalogue.files.byPath(paths[0]!)!.trackId!;
    catalogue.predictions.review(trackId, 'genre', { state: 'accepted', value: 'Loud' });
    const report = await learn(catalogue, inProcessHost, { ...options, labelsOnly: true });
    expect(report.end).toBe('looked');
    expect(report.tracks).toMatchObject({ labelled: 55, ours: 5, reviewed: 1 });
  });

  it('finds tags that look wrong, until they are reviewed or changed', async () => {
    const wrong = { kind: 0, genre: 'Quiet', artist: 'Artist 99' };
    const { catalogue, paths } = library([...tagged(90), wrong, { ...wrong, artist: 'Artist 98' }], 0.5);
    const report = await learn(catalogue, inProcessHost, options);
    expect(report.suspicious).toBe(2);
    const found = async () => (await suspiciousTags(catalogue, 'genre'))!.tags.map(({ path }) => path);
    expect((await found()).sort()).toEqual([paths[91], paths[90]].sort());
    expect((await suspiciousTags(catalogue, 'genre'))!.tags[0]).toMatchObject({
      tagged: 'Quiet',
      predicted: 'Loud',
    });
    const trackId = catalogue.files.byPath(paths[90]!)!.trackId!;
    catalogue.predictions.review(trackId, 'genre', { state: 'changed', value: 'Loud' });
    expect(await found()).toEqual([paths[91]]);
    // The correction is learnt from.
    const after = await learn(catalogue, inProcessHost, options);
    expect(after).toMatchObject({ end: 'activated', tracks: { reviewed: 1 }, suspicious: 1 });
    expect(after.labels.find(({ label }) => label === 'Loud')!.count).toBe(31);
    expect(await forgetLearnt(catalogue, inProcessHost, 'genre', 'tags')).toBe('earlier');
  });

  it('counts names as the user wants them to', async () => {
    const { catalogue } = library(tagged(90));
    mapGenres(catalogue, { LOUD: 'Not Strange', quiet: 'Not Strange', Strange: null });
    expect(genreMapping(catalogue)).toEqual({ loud: 'Not Strange', quiet: 'Not Strange', strange: null });
    const report = await learn(catalogue, inProcessHost, { ...options, labelsOnly: true });
    expect(report.labels).toMatchObject([{ label: 'Not Strange', count: 60 }]);
    expect(report.leftOut).toMatchObject([{ label: 'Strange', count: 30, why: 'mapped-away' }]);
    mapGenres(catalogue, { loud: undefined, quiet: undefined, strange: undefined });
    expect(genreMapping(catalogue)).toEqual({});
  });

  it('ends at once when called off, and leaves what is in use', async () => {
    const { catalogue } = library(tagged(90));
    const abort = new AbortController();
    const learning = learn(catalogue, inProcessHost, {
      ...options,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(learning).rejects.toMatchObject({ code: 'closed' });
    expect(learntStore(catalogue).active('genre')).toBeUndefined();
  });

  it('says which representations there are, and how to install a large one', async () => {
    const { catalogue } = library(tagged(3));
    const ask = (id: string) => learn(catalogue, inProcessHost, { task: 'genre', representations: [id] });
    await expect(ask('nope')).rejects.toThrow('There are: chroma');
    await expect(ask('musicgen-small')).rejects.toThrow('cratewise models install musicgen-small');
  });

  it('teaches predictions to another representation only when asked, and marks that', async () => {
    const { catalogue, paths } = library(
      Array.from({ length: 90 }, (_, at) => ({ kind: at % 3, artist: `Artist ${at % 30}` })),
    );
    catalogue.predictions.add(
      paths.map((path, at) => ({
        trackId: catalogue.files.byPath(path)!.trackId!,
        task: 'genre',
        predictor: 'builtin-genre',
        version: '1',
        labels: ['rock', 'jazz', 'pop'],
        probabilities: [0, 1, 2].map((k) => (k === at % 3 ? 0.9 : 0.05)),
      })),
    );
    const refused = await learn(catalogue, inProcessHost, { task: 'genre', source: 'predictions' });
    expect(refused.words[0]).toContain('a large model such as musicgen-small');
    const taught = await learn(catalogue, inProcessHost, { ...options, source: 'predictions' });
    expect(taught).toMatchObject({ end: 'activated', source: 'predictions' });
    expect(taught.words.join(' ')).toContain('taught by predictions');
    const [, text] = [0, readFileSync(learntStore(catalogue).active('genre', 'predictions')!, 'utf8')];
    expect(text).toContain('pseudo-labels');
    expect(JSON.parse(text)).toMatchObject({
      id: 'pseudo-genre',
      labels: expect.arrayContaining(['Jazz', 'Pop', 'Rock']),
    });
  });

  it('learns keys from nets only, and says what to install', async () => {
    const { catalogue } = library(tagged(3));
    const report = await learn(catalogue, inProcessHost, { task: 'key' });
    expect(report).toMatchObject({ end: 'refused', task: 'key' });
    expect(report.words[0]).toContain('No track has a key tag');
  });
});
