import { createRouterClient, ORPCError } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { keyIndex } from '../../../src/shared/music/key.ts';
import { musicnnTags } from '../../../src/shared/music/msd-tags.ts';
import { analyse, analysis, scanned } from '../catalogue/support.ts';
import { servedLibrary } from './library.ts';

const A_MINOR = keyIndex({ tonic: 9, mode: 'minor' });

async function client() {
  const served = await servedLibrary();
  return { ...served, client: createRouterClient(served.router, { context: {} }) };
}

describe('the contract, in process', () => {
  it('tells the state of the library', async () => {
    const { client: library } = await client();
    expect(await library.status()).toMatchObject({
      file: ':memory:',
      roots: [{ path: '/music', offline: false }],
      files: { present: 2, missing: 0 },
      tracks: 2,
    });
  });

  it('searches by page, with the total of the whole', async () => {
    const { client: library } = await client();
    const page = await library.tracks.search({ query: {}, limit: 1, offset: 1 });
    expect(page.total).toBe(2);
    expect(page.rows.map((row) => row.title)).toEqual(['Two']);
    const found = await library.tracks.search({ query: { keys: [A_MINOR] } });
    expect(found.rows.map((row) => row.path)).toEqual(['/music/a.mp3']);
    expect(found.rows[0]).toMatchObject({
      key: A_MINOR,
      keyText: '8A',
      title: '<img src=x onerror=alert(1)>',
    });
  });

  it('pages from either end, and every row is on one page', async () => {
    const { client: library, library: direct } = await client();
    const scan = direct.catalogue.files.beginScan();
    const files = Array.from({ length: 21 }, (_, n) =>
      scanned(`/music/${n}.mp3`, 1, { title: [`T${n % 3}`], album: [`A${n % 2}`] }),
    );
    direct.catalogue.files.upsert(files, scan);
    for (const descending of [false, true]) {
      const order = { sort: 'title', descending, thenBy: [{ sort: 'album', descending: true }] } as const;
      const asked = { query: {}, ...order, thenBy: [...order.thenBy] };
      const all = (await library.tracks.search({ ...asked, limit: 500 })).rows.map((row) => row.id);
      expect(all).toHaveLength(23);
      const paged: number[] = [];
      for (let offset = 0; offset < 28; offset += 4) {
        const { rows, total } = await library.tracks.search({ ...asked, offset, limit: 4 });
        expect(total).toBe(23);
        paged.push(...rows.map((row) => row.id));
      }
      expect(paged).toEqual(all);
    }
  });

  it('counts keys over the rest of the query', async () => {
    const { client: library } = await client();
    const counts = await library.tracks.keyCounts({});
    expect(counts[A_MINOR]).toBe(1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect((await library.tracks.keyCounts({ text: 'two' }))[A_MINOR]).toBe(0);
  });

  it('gives details by id, and null for what is not there', async () => {
    const { client: library, ids } = await client();
    expect(await library.tracks.details({ id: ids[1]! })).toMatchObject({
      path: '/music/b.mp3',
      tags: { title: ['Two'], genre: ['House'] },
      predictions: [],
      analysedAt: null,
      windows: [],
    });
    expect(await library.tracks.details({ id: 999 })).toBeNull();
  });

  it('suggests the tags that were heard in a file', async () => {
    const { client: library, library: direct, ids } = await client();
    const vector = Float32Array.from(musicnnTags, (tag) => ({ sad: 0.6, guitar: 0.3 })[tag] ?? 0.01);
    const embeddings = [{ representation: 'musicnn-tags', version: '2', vector }];
    analyse(direct.catalogue, '/music/b.mp3', analysis({}, { embeddings }));
    const suggested = async (id: number) =>
      (await library.tracks.details({ id }))?.suggestions.map(({ tag }) => tag);
    expect(await suggested(ids[1]!)).toEqual(['sad', 'guitar']);
    expect(await suggested(ids[0]!)).toEqual([]);
  });

  it('keeps its settings', async () => {
    const { client: library, library: direct } = await client();
    const before = await library.settings.get();
    const wanted = { ...before, keyNotation: 'open-key', multiValue: 'nul', onlyEmpty: true } as const;
    expect(await library.settings.set(wanted)).toEqual(wanted);
    expect(direct.settings.keyNotation).toBe('open-key');
    expect(await library.settings.get()).toEqual(wanted);
    // What is not given stays as it is.
    expect(await library.settings.set({ keepModifiedTime: true })).toEqual({
      ...wanted,
      keepModifiedTime: true,
    });
  });

  const bad: readonly [
    string,
    (library: Awaited<ReturnType<typeof client>>['client']) => Promise<unknown>,
  ][] = [
    ['a key that is none', (l) => l.tracks.search({ query: { keys: [24] } })],
    ['too large a page', (l) => l.tracks.search({ query: {}, limit: 501 })],
    ['a negative offset', (l) => l.tracks.search({ query: {}, offset: -1 })],
    ['a condition that is not known', (l) => l.tracks.search({ query: { below: ['/etc'] } as object })],
    ['text without end', (l) => l.tracks.search({ query: { text: 'x'.repeat(501) } })],
    ['an id that is no number', (l) => l.tracks.details({ id: '1' as unknown as number })],
    [
      'a notation that is none',
      (l) => l.settings.set({ keyNotation: 'id3' as 'camelot', multiValue: 'nul' }),
    ],
    ['a folder that is no text', (l) => l.work.scan({ folders: [7 as unknown as string] })],
  ];
  it.each(bad)('refuses %s', async (_what, call) => {
    const { client: library } = await client();
    await expect(call(library)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('loses nothing of how it is looked at where another version keeps more, or wrote some of it otherwise', async () => {
    const { client: window, library } = await client();
    const searches = [{ name: 'Fast', text: 'bpm:>140' }];
    const { settings } = library.catalogue;
    settings.set('app.view', { searches, theme: 'sepia', lighting: 'disco', language: null });
    expect(await window.view.get()).toEqual({ searches, language: null });
    expect(await window.view.set({ theme: 'dark' })).toEqual({ searches, language: null, theme: 'dark' });
    expect(settings.get('app.view')).toEqual({
      searches,
      theme: 'dark',
      lighting: 'disco',
      language: null,
    });
    settings.set('app.view', 'none');
    expect(await window.view.get()).toEqual({});
  });

  it('says why a folder can’t be scanned', async () => {
    const { client: library } = await client();
    const refused = library.work.scan({ folders: ['music'] });
    await expect(refused).rejects.toBeInstanceOf(ORPCError);
    await expect(refused).rejects.toMatchObject({ code: 'REFUSED', data: { code: 'not-absolute' } });
  });
});
