import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import type { ExportRequest } from '../../../src/shared/contract/export.ts';
import { parseM3u } from '../../../src/shared/playlist/m3u.ts';
import { scanned } from '../catalogue/support.ts';
import { servedLibrary } from './library.ts';

async function client() {
  const { router, library, ids } = await servedLibrary();
  const { catalogue } = library;
  const root = catalogue.roots.list()[0]!.id;
  const more = ['c', 'd', 'e'].map(
    (name, at) =>
      catalogue.files.upsert(
        [scanned(`/music/${name}.mp3`, root, { title: [name], key: [`${8 + at}A`], bpm: ['124'] })],
        9,
      )[0]!,
  );
  const served = createRouterClient(router);
  const paths = async (id: number) =>
    (await served.playlist.items({ id, limit: 100 })).items.map(({ path }) => path.slice(7));
  const text = async (request: ExportRequest) => {
    const { ticket, total } = await served.export.open(request);
    let all = '';
    for (;;) {
      const { text: piece, done, notes, written } = await served.export.read({ ticket });
      all += piece;
      if (done) return { text: all, notes, written, total, ticket };
    }
  };
  return { served, library, ids: [...ids, ...more], paths, text };
}

describe('playlists, by the contract', () => {
  it('take what is chosen, in the order of the table', async () => {
    const { served, ids, paths } = await client();
    const { snapshot } = await served.selection.all({});
    const list = await served.playlist.create({
      name: ' Set ',
      tracks: { selection: { snapshot, except: [ids[1]!] }, query: {}, sort: 'title', descending: true },
    });
    expect(list).toMatchObject({ name: 'Set', items: 4 });
    expect(await paths(list.id)).toEqual(['e.mp3', 'd.mp3', 'c.mp3', 'a.mp3']);
    expect(await served.playlist.add({ id: list.id, tracks: { query: { text: 'two' } } })).toBe(1);
    expect(await served.playlist.add({ id: list.id, tracks: { selection: { ids: [ids[1]!] } } })).toBe(0);
    const items = await served.playlist.itemIds({ id: list.id });
    await served.playlist.move({ id: list.id, items: [items[4]!], before: items[0]! });
    expect((await paths(list.id))[0]).toBe('b.mp3');
    expect((await served.playlist.undo())?.kind).toBe('move');
    const { playlists, undo, redo } = await served.playlist.list();
    expect(playlists).toHaveLength(1);
    expect([undo?.kind, redo?.kind]).toEqual(['add', 'move']);
    await expect(served.playlist.items({ id: 99, limit: 1 })).rejects.toMatchObject({
      data: { code: 'no-playlist' },
    });
    await expect(served.playlist.create({ name: '  ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('tell whoever watches', async () => {
    const { served } = await client();
    const abort = new AbortController();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const revision of await served.playlist.watch(undefined, { signal: abort.signal })) {
        seen.push(revision);
        if (seen.length === 2) abort.abort();
        else await served.playlist.create({ name: 'New' });
      }
    })();
    await watching.catch(() => {});
    expect(seen).toEqual([0, 1]);
  });

  it('come into an order for mixing', async () => {
    const { served, ids, paths } = await client();
    const [, , c, d, e] = ids;
    const { id } = await served.playlist.create({
      name: 'Set',
      tracks: { selection: { ids: [c!, e!, d!] } },
    });
    await served.playlist.arrange({ id });
    expect(await paths(id)).toEqual(['c.mp3', 'd.mp3', 'e.mp3']);
    await served.playlist.undo();
    expect(await paths(id)).toEqual(['c.mp3', 'e.mp3', 'd.mp3']);
  });

  it('take what a playlist file names, wherever it lay', async () => {
    const { served, paths } = await client();
    const { id } = await served.playlist.create({ name: 'Old' });
    const entries = ['/music/a.mp3', '../music/c.mp3', 'd.mp3', 'C:\\gone.mp3'].map((path) => ({
      path,
      title: 'T',
    }));
    expect(await served.playlist.import({ id, entries })).toBe(3);
    expect(await paths(id)).toEqual(['a.mp3', 'c.mp3', 'd.mp3', 'C:\\gone.mp3'.slice(7)]);
    const { items } = await served.playlist.items({ id, limit: 9 });
    expect(items[3]).toMatchObject({ row: null, label: 'T', path: 'C:\\gone.mp3' });
  });
});

describe('exports, by the contract', () => {
  it('give a search, a choice or a playlist as a file', async () => {
    const { served, ids, text } = await client();
    const search = await text({
      from: { tracks: { query: { text: 'c' }, sort: 'title' } },
      format: { format: 'csv', columns: ['title', 'key', 'bpm'] },
    });
    expect(search).toMatchObject({ text: 'title,key,bpm\r\nc,Am,124\r\n', written: 1, total: 1, notes: [] });
    const { id } = await served.playlist.create({
      name: 'Set',
      tracks: { selection: { ids: [ids[3]!, ids[2]!] } },
    });
    await served.playlist.import({ id, entries: [{ path: '/nowhere.mp3', title: '' }] });
    const list = await text({ from: { playlist: id }, format: { format: 'm3u8', relativeTo: '/music' } });
    expect(list).toMatchObject({
      written: 2,
      total: 3,
      notes: [{ code: 'gone', examples: ['/nowhere.mp3'] }],
    });
    expect(parseM3u(list.text)).toMatchObject({
      name: 'Set',
      entries: [{ path: 'd.mp3' }, { path: 'c.mp3' }],
    });
    const chosen = await text({
      from: { tracks: { selection: { ids: [ids[0]!] } } },
      format: { format: 'csv', columns: ['title'] },
    });
    expect(chosen.text).toBe('title\r\n<img src=x onerror=alert(1)>\r\n');
    await expect(served.export.read({ ticket: chosen.ticket })).rejects.toMatchObject({
      data: { code: 'export-gone' },
    });
  });

  it('come in pieces, in any order, whatever changes meanwhile', async () => {
    const { served, library } = await client();
    const { catalogue } = library;
    const root = catalogue.roots.list()[0]!.id;
    catalogue.files.upsert(
      Array.from({ length: 6000 }, (_, at) =>
        scanned(`/music/many ${String(at).padStart(4, '0')} ${'x'.repeat(60)}.mp3`, root, {
          title: [`t${at}`],
        }),
      ),
      9,
    );
    for (const thenBy of [[], [{ sort: 'path' as const }]]) {
      const { ticket } = await served.export.open({
        from: { tracks: { query: { text: 'many' }, sort: 'path', thenBy } },
        format: { format: 'csv', columns: ['path', 'title'] },
      });
      const first = await served.export.read({ ticket });
      expect(first.done).toBe(false);
      expect(first.text.length).toBeLessThan(600_000);
      let all = first.text;
      for (let done = false; !done; ) {
        const piece = await served.export.read({ ticket });
        all += piece.text;
        ({ done } = piece);
      }
      const lines = all.trimEnd().split('\r\n').slice(1);
      expect(lines).toHaveLength(6000);
      expect(lines).toEqual([...lines].sort());
    }
  });

  it('give up the oldest for a new one', async () => {
    const { served } = await client();
    const begin = () => served.export.open({ from: { tracks: { query: {} } }, format: { format: 'm3u8' } });
    const { ticket } = await begin();
    for (let more = 0; more < 8; more++) await begin();
    await expect(served.export.read({ ticket })).rejects.toMatchObject({ data: { code: 'export-gone' } });
  });
});
