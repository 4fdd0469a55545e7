import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue } from '../../../src/main/catalogue/index.ts';
import { nodeHost } from '../../../src/main/host/node-host.ts';
import { LibraryMaps, type MapSituation } from '../../../src/main/map/library-maps.ts';
import { MapWork } from '../../../src/main/service/map.ts';
import { analyse, analysis, scanned, temporaryFolder } from '../catalogue/support.ts';
import { blobs, together } from './blobs.ts';

const GENRES = ['Techno', 'hip hop', 'Jazz'];
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A library on disk, since another process reads it, and its maps. */
function library() {
  const catalogue = openCatalogue(join(temporaryFolder(), 'library.db'));
  const maps = new LibraryMaps(catalogue, nodeHost);
  const work = new MapWork(catalogue, maps);
  closing.push(() => {
    maps.close();
    catalogue.close();
  });
  return { catalogue, maps, work };
}

const points = blobs(400, 3, 12);

/** Puts tracks into it that were listened to; track `i` sounds like its genre. */
function hear(catalogue: Catalogue, from: number, to: number): void {
  const rootId = catalogue.roots.add('/music').id;
  const scan = catalogue.files.beginScan();
  for (let i = from; i < to; i++) {
    const path = `/music/${i}.mp3`;
    const tags = i % 4 === 0 ? {} : { genre: [GENRES[i % 3]!] };
    catalogue.files.upsert([scanned(path, rootId, tags)], scan);
    const vector = points.data.slice(i * points.width, (i + 1) * points.width);
    analyse(catalogue, path, {
      ...analysis({ genre: [GENRES[i % 3]!, 0.8], key: ['A minor', 0.6] }),
      embeddings: [{ representation: 'mfcc', version: '1', vector }],
    });
  }
}

/** Opens the map and waits until nothing is being made. */
async function opened(work: MapWork): Promise<{ situation: MapSituation; stages: string[] }> {
  work.open(undefined, false);
  const stages: string[] = [];
  for await (const situation of work.watch()) {
    if (situation.running) stages.push(situation.running.how);
    else return { situation, stages };
  }
  throw new Error('The map was never done.');
}

const bytes = (packed: string) => Uint8Array.from(Buffer.from(packed, 'base64'));
const floats = (packed: string) => new Float32Array(bytes(packed).buffer);
const integers = (packed: string) => new Uint32Array(bytes(packed).buffer);

describe('the maps of a library', { timeout: 60_000 }, () => {
  it('say so where no track was listened to', () => {
    const { work } = library();
    expect(work.open(undefined, false)).toEqual({
      sources: [],
      representation: null,
      libraryTracks: 0,
      shown: null,
      stale: false,
    });
  });

  it('are made once, kept, and page out what is on them', async () => {
    const { catalogue, work } = library();
    hear(catalogue, 0, 240);
    const { situation } = await opened(work);
    expect(situation.problem).toBeNull();
    const state = work.open(undefined, false);
    expect(state).toMatchObject({ representation: 'mfcc', libraryTracks: 240, stale: false });
    expect(state.shown).toMatchObject({ tracks: 240, method: 'umap', coarse: false });

    const { revision } = state.shown!;
    const first = work.points(revision, 0, 150);
    const second = work.points(revision, first.next!, 150);
    expect(second.next).toBeNull();
    const ids = [...integers(first.ids), ...integers(second.ids)];
    expect(ids).toEqual(Array.from({ length: 240 }, (_, i) => i + 1));
    const places = Float32Array.from([...floats(first.places), ...floats(second.places)]);
    expect(together(places, (i) => i % 3)).toBeGreaterThan(0.97);
    // As tagged, or as predicted where there is no tag; one name for all spellings.
    const genres = new Uint16Array(bytes(first.genres).buffer);
    expect([...genres].map((genre) => first.names[genre])).toEqual(
      Array.from({ length: 150 }, (_, i) => ['Techno', 'Hip-Hop', 'Jazz'][i % 3]),
    );
    expect(new Set(bytes(first.keys)).size).toBe(1);
    expect(bytes(first.genreConfidence)[0]).toBe(Math.round(0.8 * 254));

    // Another process finds it in the catalogue, and has nothing to do.
    const later = new LibraryMaps(catalogue, nodeHost);
    closing.push(() => later.close());
    const again = later.open('mfcc', false);
    expect(again.stale).toBe(false);
    expect(again.shown!.places).toEqual(places);
    expect(later.situation.running).toBeNull();
  });

  it('take new tracks in without moving the others, and lay all out again when they are many', async () => {
    const { catalogue, work, maps } = library();
    hear(catalogue, 0, 200);
    await opened(work);
    const before = maps.at(work.open(undefined, false).shown!.revision);
    hear(catalogue, 200, 230);
    // While listening goes on, that can wait.
    expect(work.open(undefined, true).stale).toBe(false);
    expect(maps.situation.running).toBeNull();
    const { stages } = await opened(work);
    expect(new Set(stages)).toEqual(new Set(['place']));
    const after = maps.at(work.open(undefined, false).shown!.revision);
    expect(after.tracks.length).toBe(230);
    expect(after.places.subarray(0, 400)).toEqual(before.places);
    expect(together(after.places, (i) => i % 3)).toBeGreaterThan(0.95);

    hear(catalogue, 230, 400);
    expect(new Set((await opened(work)).stages)).toEqual(new Set(['whole']));
    expect(maps.at(work.open(undefined, false).shown!.revision).tracks.length).toBe(400);
    expect(() => maps.at(before.revision)).toThrow('changed meanwhile');
  });

  it('leave off when told to, until they are asked for again', async () => {
    const { catalogue, work, maps } = library();
    hear(catalogue, 0, 100);
    expect(work.open(undefined, false).shown).toBeNull();
    work.stop();
    expect(maps.situation.running).toBeNull();
    expect(work.open(undefined, false).stale).toBe(true);
    expect(maps.situation.running).toBeNull();
    work.redo('mfcc');
    await opened(work);
    expect(work.open(undefined, false).shown?.tracks).toBe(100);
    expect(() => work.redo('musicnn')).toThrow('Listen first');
  });

  it('are begun anew when that is asked for in the middle', async () => {
    const { catalogue, work, maps } = library();
    hear(catalogue, 0, 100);
    work.open(undefined, false);
    expect(maps.situation.running).not.toBeNull();
    work.redo('mfcc');
    const { situation } = await opened(work);
    expect(situation).toMatchObject({ running: null, problem: null });
    expect(work.open(undefined, false).shown).toMatchObject({ tracks: 100, coarse: false });
  });

  it('show a handful by their main components', async () => {
    const { catalogue, work } = library();
    hear(catalogue, 0, 9);
    await opened(work);
    expect(work.open(undefined, false).shown).toMatchObject({ tracks: 9, method: 'pca' });
  });
});
