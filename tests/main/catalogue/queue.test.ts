import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/index.ts';
import { analysis, GENRE, KEY, memoryLibrary, scanned, temporaryFolder } from './support.ts';

const request = { kind: 'analyse', predictors: [KEY, GENRE] };
const both = analysis({ key: ['A minor', 0.9], genre: ['rock', 0.9] });

describe('enqueue', () => {
  it('takes what no predictor of this version has heard, once', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    add('/music/b.mp3');
    const first = catalogue.queue.enqueue(request);
    expect(first.queued).toBe(2);
    const [a] = catalogue.queue.claim('analyse', 1, first.run);
    expect(a).toMatchObject({ path: '/music/a.mp3', attempts: 1, durationSeconds: 100 });
    catalogue.queue.complete(a!.id, both, [KEY, GENRE]);
    // b is taken over by the new run; a is not due.
    const second = catalogue.queue.enqueue(request);
    expect(second.queued).toBe(1);
    expect(catalogue.queue.claim('analyse', 5, first.run)).toEqual([]);
    expect(catalogue.queue.counts('analyse')).toMatchObject({ queued: 1, done: 1 });
    expect(catalogue.queue.counts('analyse', second.run)).toMatchObject({ queued: 1, done: 0 });

    const newer = [{ ...KEY, version: '2' }, GENRE];
    expect(catalogue.queue.enqueue({ ...request, predictors: newer }).queued).toBe(2);
  });

  it('does not ask again for what was silent, until the version changes', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/silence.mp3');
    catalogue.queue.enqueue(request);
    const [item] = catalogue.queue.claim('analyse', 1);
    catalogue.queue.complete(item!.id, { ...analysis({}), silentReason: 'silence' }, [KEY, GENRE]);
    expect(catalogue.queue.enqueue(request).queued).toBe(0);
    expect(catalogue.tracks.get(item!.trackId)).toMatchObject({
      silentReason: 'silence',
      analysedAt: 1_000_000,
    });
    expect(catalogue.predictions.ofTrack(item!.trackId)).toEqual([]);
    expect(catalogue.queue.enqueue({ ...request, predictors: [{ ...KEY, version: '2' }] }).queued).toBe(1);
  });

  it('is limited to paths, and leaves out what cannot be reached', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    add('/music/a/1.mp3');
    add('/music/b/2.mp3');
    const gone = add('/music/a/3.mp3');
    add('/music/a/unreadable.mp3', {}, { audio: null });
    catalogue.files.markMissing([gone]);
    expect(catalogue.queue.enqueue({ ...request, below: ['/music/a'] }).queued).toBe(1);
    expect(catalogue.queue.enqueue({ ...request, below: [] }).queued).toBe(0);
    catalogue.roots.setOffline(rootId, true);
    expect(catalogue.queue.enqueue(request).queued).toBe(0);
  });

  it('puts higher priority first and never lowers it for what waits', () => {
    const { catalogue, add } = memoryLibrary();
    for (const name of ['a', 'b', 'c']) add(`/music/${name}.mp3`);
    catalogue.queue.enqueue(request);
    catalogue.queue.enqueue({ ...request, below: ['/music/c.mp3'], priority: 10 });
    catalogue.queue.enqueue(request);
    const order = catalogue.queue.claim('analyse', 10).map((item) => item.path);
    expect(order).toEqual(['/music/c.mp3', '/music/a.mp3', '/music/b.mp3']);
  });
});

describe('work', () => {
  it('is held by one, given back, and released when the next writer opens the library', () => {
    const file = join(temporaryFolder(), 'library.db');
    const first = openCatalogue(file);
    const root = first.roots.add('/music');
    first.files.upsert([scanned('/music/a.mp3', root.id), scanned('/music/b.mp3', root.id)], 1);
    first.queue.enqueue(request);
    const [a] = first.queue.claim('analyse', 2);
    expect(first.queue.claim('analyse', 1)).toEqual([]);
    first.queue.release(a!.id);
    expect(first.queue.counts('analyse')).toMatchObject({ queued: 1, held: 1 });
    first.close();
    const second = openCatalogue(file);
    expect(second.queue.counts('analyse')).toMatchObject({ queued: 2, held: 0 });
    expect(second.queue.claim('analyse', 2).map((item) => item.attempts)).toEqual([1, 2]);
    second.close();
  });

  it('fails with a reason that also stands at the file, and is tried again only when asked', () => {
    const { catalogue, add } = memoryLibrary();
    const id = add('/music/a.mp3');
    catalogue.queue.enqueue(request);
    const [item] = catalogue.queue.claim('analyse', 1);
    catalogue.queue.fail(item!.id, { code: 'decode', message: 'No audio stream.' });
    expect(catalogue.queue.failures('analyse')).toEqual([
      {
        id: item!.id,
        trackId: item!.trackId,
        path: '/music/a.mp3',
        state: 'failed',
        code: 'decode',
        message: 'No audio stream.',
      },
    ]);
    expect(catalogue.files.get(id)).toMatchObject({ problemCode: 'decode' });
    expect(catalogue.queue.enqueue(request).queued).toBe(0);
    const { run, queued } = catalogue.queue.enqueue({ ...request, retry: true });
    expect(queued).toBe(1);
    const [again] = catalogue.queue.claim('analyse', 1, run);
    catalogue.queue.complete(again!.id, both, [KEY, GENRE]);
    expect(catalogue.files.get(id)).toMatchObject({ problemCode: null });
    expect(catalogue.queue.failures('analyse')).toEqual([]);
  });

  it('is set aside after the second death of a worker', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/killer.mp3');
    catalogue.queue.enqueue(request);
    const [item] = catalogue.queue.claim('analyse', 1);
    expect(catalogue.queue.workerDied(item!.id, 'SIGSEGV')).toBe(false);
    const [again] = catalogue.queue.claim('analyse', 1);
    expect(again).toMatchObject({ id: item!.id, attempts: 2 });
    expect(catalogue.queue.workerDied(again!.id, 'SIGSEGV')).toBe(true);
    expect(catalogue.queue.counts('analyse')).toMatchObject({ setAside: 1, queued: 0 });
    expect(catalogue.queue.failures('analyse')).toMatchObject([{ state: 'set-aside', code: 'worker-died' }]);
    expect(catalogue.queue.enqueue(request).queued).toBe(0);
  });

  it('skips what went away after it was queued, and is due again when it is back', () => {
    const { catalogue, add } = memoryLibrary();
    const gone = add('/music/a.mp3');
    add('/music/b.mp3');
    catalogue.queue.enqueue(request);
    catalogue.files.markMissing([gone]);
    expect(catalogue.queue.claim('analyse', 1)).toMatchObject([{ path: '/music/b.mp3' }]);
    expect(catalogue.queue.counts('analyse')).toMatchObject({ queued: 0, held: 1, done: 0 });
    add('/music/a.mp3');
    expect(catalogue.queue.enqueue(request).queued).toBe(1);
  });

  it('can be cancelled while it waits', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    add('/music/b.mp3');
    const { run } = catalogue.queue.enqueue(request);
    catalogue.queue.claim('analyse', 1, run);
    expect(catalogue.queue.cancel(run)).toBe(1);
    expect(catalogue.queue.counts('analyse', run)).toMatchObject({ held: 1, queued: 0 });
  });

  it('stores all of a result or nothing', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    catalogue.queue.enqueue(request);
    const [item] = catalogue.queue.claim('analyse', 1);
    const broken = {
      task: 'key',
      predictor: KEY.id,
      version: '1',
      labels: ['C major'],
      probabilities: [NaN],
    } as const;
    const result = {
      ...both,
      embeddings: [{ representation: 'mfcc', version: '1', vector: Float32Array.of(1) }],
      predictions: [...both.predictions.slice(1), broken],
    };
    expect(() => catalogue.queue.complete(item!.id, result, [])).toThrow(TypeError);
    expect(catalogue.predictions.embedding(item!.trackId, 'mfcc')).toBeUndefined();
    expect(catalogue.predictions.ofTrack(item!.trackId)).toEqual([]);
    expect(catalogue.queue.counts('analyse')).toMatchObject({ held: 1, done: 0 });
    expect(() => catalogue.queue.complete(99, both, [])).toThrow(RangeError);
  });
});

describe('vectors that are wanted', () => {
  const REP = { id: 'mfcc', version: '2' };
  const wanted = { kind: 'analyse', predictors: [], representations: [REP] };

  it('make a track due until they are there in that version', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    const take = (version: string) => {
      const [item] = catalogue.queue.claim('analyse', 1, catalogue.queue.enqueue(wanted).run);
      const embeddings = [{ representation: REP.id, version, vector: Float32Array.of(1) }];
      catalogue.queue.complete(item!.id, { ...analysis({}), embeddings }, [], [{ ...REP, version }]);
    };
    expect(catalogue.queue.countDue(wanted)).toBe(1);
    take('1');
    expect(catalogue.queue.countDue(wanted)).toBe(1);
    take('2');
    expect(catalogue.queue.countDue(wanted)).toBe(0);
    expect(catalogue.queue.enqueue(wanted).queued).toBe(0);
  });

  it('are not asked for for ever where there was nothing to hear', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    const [item] = catalogue.queue.claim('analyse', 1, catalogue.queue.enqueue(wanted).run);
    catalogue.queue.complete(item!.id, analysis({}), [], [REP]);
    expect(catalogue.queue.countDue(wanted)).toBe(0);
    expect(catalogue.predictions.embedding(item!.trackId, REP.id)).toBeUndefined();
  });

  it('of a large model are not asked of what can’t be decoded', () => {
    const { catalogue, add } = memoryLibrary();
    for (const name of ['a', 'b']) add(`/music/${name}.mp3`);
    const [item] = catalogue.queue.claim('analyse', 1, catalogue.queue.enqueue(wanted).run);
    catalogue.queue.fail(item!.id, { code: 'not-audio', message: 'no audio' });
    const large = { ...wanted, kind: 'analyse:musicgen-small', unlessFailed: 'analyse' };
    expect(catalogue.queue.enqueue(large).queued).toBe(1);
  });
});

describe('wishes', () => {
  const paths = (items: readonly { path: string }[]) => items.map(({ path }) => path);

  it('name tracks, and go on with what was broken off', () => {
    const { catalogue, add } = memoryLibrary();
    for (const name of ['a', 'b', 'c']) add(`/music/${name}.mp3`);
    const c = catalogue.files.byPath('/music/c.mp3')!;
    catalogue.queue.enqueue({ ...request, tracks: [c.trackId!], priority: 10 });
    catalogue.queue.enqueue({ ...request, below: ['/music/a.mp3'] });
    // Only what was wished for; then all that waits.
    const wished = catalogue.queue.enqueue({ ...request, tracks: [], adopt: 10 });
    expect(wished.queued).toBe(1);
    expect(paths(catalogue.queue.claim('analyse', 5, wished.run))).toEqual(['/music/c.mp3']);
    const rest = catalogue.queue.enqueue({ ...request, tracks: [], adopt: 0 });
    expect(paths(catalogue.queue.claim('analyse', 5, rest.run))).toEqual(['/music/a.mp3']);
  });

  it('let what is looked at go first, by its file, and nothing later than before', () => {
    const { catalogue, add } = memoryLibrary();
    for (const name of ['a', 'b', 'c', 'd']) add(`/music/${name}.mp3`);
    const id = (name: string) => catalogue.files.byPath(`/music/${name}.mp3`)!.id;
    catalogue.queue.enqueue(request);
    catalogue.queue.claim('analyse', 1);
    expect(catalogue.queue.hasten([id('a'), id('d'), 12_345], 5)).toBe(1);
    expect(catalogue.queue.hasten([id('c')], 10)).toBe(1);
    expect(catalogue.queue.hasten([id('c')], 5)).toBe(1);
    expect(paths(catalogue.queue.claim('analyse', 5))).toEqual([
      '/music/c.mp3',
      '/music/d.mp3',
      '/music/b.mp3',
    ]);
  });

  it('are given up together, for every model', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    catalogue.queue.enqueue(request);
    catalogue.queue.enqueue({ ...request, kind: 'analyse:musicgen-small' });
    catalogue.queue.enqueue({ ...request, kind: 'other' });
    expect(catalogue.queue.cancelAll('analyse')).toBe(2);
    expect(catalogue.queue.counts('other').queued).toBe(1);
  });
});
