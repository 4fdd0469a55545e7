import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { scanned } from '../catalogue/support.ts';
import { servedLibrary } from './library.ts';

async function client() {
  const { router, library, ids } = await servedLibrary();
  const { catalogue } = library;
  const root = catalogue.roots.list()[0]!.id;
  const add = (name: string, key: string, bpm: string) =>
    catalogue.files.upsert(
      [scanned(`/music/${name}`, root, { title: [name], key: [key], bpm: [bpm] })],
      9,
    )[0]!;
  return { client: createRouterClient(router), library, ids, add };
}

const names = (tracks: readonly { row: { path: string } }[]) => tracks.map(({ row }) => row.path.slice(7));

describe('tracks that mix', () => {
  it('are told by key and tempo before anything was listened to, with the reason why not by sound', async () => {
    const { client: library, add } = await client();
    const seed = add('seed', '8A', '124');
    add('far', '8A', '90');
    add('same', '8A', '125');
    add('fifth', '9A', '124');
    add('clash', '3B', '124');
    add('half', '8B', '62');
    const found = await library.similar.tracks({ id: seed, order: 'mix' });
    // `a.mp3` of the library is in 8A and says no tempo.
    expect(names(found.tracks)).toEqual(['same', 'fifth', 'half', 'a.mp3']);
    expect(found).toMatchObject({
      seed: { id: seed },
      representation: null,
      compared: 0,
      problem: { code: 'nothing-to-compare' },
    });
    expect(found.tracks[2]).toMatchObject({
      similarity: null,
      mix: { relation: 'relative', beat: { pace: 'half', meets: true } },
    });
    expect((await library.similar.tracks({ id: seed })).tracks).toEqual([]);
    await expect(library.similar.tracks({ id: 999 })).rejects.toMatchObject({
      data: { code: 'unknown-file' },
    });
  });

  it('follow the rule of the library', async () => {
    const { client: library, add } = await client();
    const seed = add('seed', '8A', '124');
    add('lift', '10A', '124');
    const found = async () => names((await library.similar.tracks({ id: seed, order: 'mix' })).tracks);
    expect(await library.similar.rule()).toEqual(['adjacent', 'relative']);
    expect(await found()).toEqual(['a.mp3']);
    expect(await library.similar.setRule({ rule: ['whole-tone-up', 'adjacent'] })).toEqual([
      'adjacent',
      'whole-tone-up',
    ]);
    expect(await found()).toEqual(['lift', 'a.mp3']);
    await expect(library.similar.setRule({ rule: ['sideways' as never] })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });

  it('leaves out the seed and copies of it', async () => {
    const { client: library, library: inside, add } = await client();
    const seed = add('seed', '8A', '124');
    const { catalogue } = inside;
    const file = catalogue.files.details('/music/seed')!;
    const audio = { hash: file.track!.audioHash, durationSeconds: 1, sampleRate: 1, channels: 1 };
    catalogue.files.upsert([scanned('/music/copy', file.rootId, { key: ['8A'] }, { audio })], 9);
    expect(names((await library.similar.tracks({ id: seed, order: 'mix' })).tracks)).toEqual(['a.mp3']);
  });
});
