import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../../src/main/catalogue/index.ts';
import { openCatalogue } from '../../../src/main/catalogue/index.ts';
import { audioHash, memoryLibrary, scanned, temporaryFolder } from './support.ts';

const paths = (catalogue: Catalogue, id: number) =>
  catalogue.playlists.items(id, { offset: 0, limit: 500 }).map((item) => item.path.slice(7));

/** A library with files a to h. */
function library() {
  const made = memoryLibrary();
  const ids = [...'abcdefgh'].map((name) => made.add(`/music/${name}`, { title: [name] }));
  return { ...made, ids, playlists: made.catalogue.playlists };
}

describe('playlists', () => {
  it('keep files in order, each once, and say how long they are', () => {
    const { playlists, ids, catalogue } = library();
    const { id } = playlists.create('Warm-up', [ids[2]!, ids[0]!, ids[2]!]);
    expect(playlists.list()).toMatchObject([{ id, name: 'Warm-up', items: 2, seconds: 200 }]);
    expect(playlists.add(id, [ids[0]!, ids[1]!])).toBe(1);
    expect(playlists.add(id, [ids[0]!], { again: true })).toBe(1);
    expect(paths(catalogue, id)).toEqual(['c', 'a', 'b', 'a']);
    const [, second] = playlists.itemIds(id);
    expect(playlists.add(id, [ids[3]!, ids[4]!], { before: second! })).toBe(2);
    expect(paths(catalogue, id)).toEqual(['c', 'd', 'e', 'a', 'b', 'a']);
    expect(playlists.items(id, { offset: 1, limit: 1, fields: ['title'] })[0]!.row).toMatchObject({
      title: 'd',
      values: { title: ['d'] },
    });
  });

  it('are deleted and come back', () => {
    const { playlists, ids, catalogue } = library();
    const { id } = playlists.create('Old', ids);
    playlists.rename(id, 'New');
    playlists.delete(id);
    expect(playlists.list()).toEqual([]);
    expect(() => playlists.rename(id, 'x')).toThrow(expect.objectContaining({ code: 'no-playlist' }));
    expect(playlists.next('undo')).toMatchObject({ kind: 'delete', name: 'New', items: 8 });
    playlists.turn('undo');
    expect(paths(catalogue, id)).toHaveLength(8);
    playlists.turn('undo');
    expect(playlists.get(id)?.name).toBe('Old');
    playlists.turn('undo');
    expect(playlists.list()).toEqual([]);
    expect(playlists.turn('undo')).toBeNull();
    for (let step = 0; step < 3; step++) playlists.turn('redo');
    expect(playlists.turn('redo')).toBeNull();
    expect(playlists.list()).toEqual([]);
    playlists.turn('undo');
    expect(playlists.get(id)).toMatchObject({ name: 'New', items: 8 });
  });

  it('follow a recording to where it went, and show what is gone', () => {
    const { playlists, catalogue, rootId, ids } = library();
    const { id } = playlists.create('List', ids.slice(0, 3));
    const scan = catalogue.files.beginScan();
    // a moved: another file has its sound. b was deleted. c sounds differently under the same name.
    const audio = { hash: audioHash('/music/a'), durationSeconds: 100, sampleRate: 44100, channels: 2 };
    catalogue.files.upsert([scanned('/music/moved/a', rootId, {}, { audio })], scan);
    catalogue.files.markMissing([ids[0]!, ids[1]!]);
    const other = { ...audio, hash: audioHash('another') };
    catalogue.files.upsert([scanned('/music/c', rootId, {}, { audio: other })], scan);
    const items = playlists.items(id, { offset: 0, limit: 10 });
    expect(items.map(({ path, row }) => [path.slice(7), row?.state])).toEqual([
      ['moved/a', 'present'],
      ['b', 'missing'],
      ['c', 'present'],
    ]);
  });

  it('takes what is not in the library yet, and finds it when it is', () => {
    const { playlists, catalogue, add, ids } = library();
    const { id } = playlists.create('List');
    expect(playlists.addNamed(id, [{ path: '/music/later', label: 'A - B' }, ids[0]!, 12345])).toBe(2);
    expect(playlists.items(id, { offset: 0, limit: 9 })[0]).toMatchObject({ row: null, label: 'A - B' });
    add('/music/later');
    expect(playlists.items(id, { offset: 0, limit: 9 })[0]).toMatchObject({ row: { state: 'present' } });
    expect(catalogue.playlists.get(id)?.items).toBe(2);
  });

  it('hold only so much', () => {
    const { playlists } = library();
    const { id } = playlists.create('List');
    const many = Array.from({ length: 100_000 }, (_, at) => ({ path: `/x/${at}`, label: null }));
    expect(playlists.addNamed(id, many)).toBe(100_000);
    expect(() => playlists.addNamed(id, [{ path: '/y', label: null }])).toThrow(
      expect.objectContaining({ code: 'playlist-full' }),
    );
    const all = playlists.itemIds(id);
    playlists.move(id, [all[99_999]!, all[5]!], all[1]!);
    expect(playlists.itemIds(id).slice(0, 4)).toEqual([all[0], all[5], all[99_999], all[1]]);
  });

  it('stand after a restart, and their history too', () => {
    const file = `${temporaryFolder()}/library`;
    let catalogue = openCatalogue(file);
    const root = catalogue.roots.add('/music').id;
    const fileIds = catalogue.files.upsert([scanned('/music/a', root), scanned('/music/b', root)], 1);
    const { id } = catalogue.playlists.create('Kept', fileIds);
    catalogue.playlists.remove(id, [catalogue.playlists.itemIds(id)[0]!]);
    catalogue.close();
    catalogue = openCatalogue(file);
    expect(paths(catalogue, id)).toEqual(['b']);
    catalogue.playlists.turn('undo');
    expect(paths(catalogue, id)).toEqual(['a', 'b']);
    catalogue.close();
  });

  it('forget the oldest steps, and deleted playlists with them', () => {
    const { playlists, ids } = library();
    const gone = playlists.create('Gone', ids);
    playlists.delete(gone.id);
    const { id } = playlists.create('List');
    for (let step = 0; step < 110; step++) playlists.rename(id, `Name ${step}`);
    let turned = 0;
    while (playlists.turn('undo')) turned++;
    expect(turned).toBe(100);
    expect(playlists.list().map(({ name }) => name)).toEqual(['Name 9']);
  });

  /** What is done to a playlist, by places. */
  const action = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      files: fc.array(fc.nat(7), { maxLength: 4 }),
      before: fc.nat(9),
    }),
    fc.record({ kind: fc.constant('remove' as const), places: fc.array(fc.nat(9), { maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('move' as const),
      places: fc.array(fc.nat(9), { maxLength: 4 }),
      before: fc.nat(9),
    }),
    fc.record({ kind: fc.constant('order' as const), places: fc.array(fc.nat(9), { maxLength: 6 }) }),
    fc.constant({ kind: 'undo' as const }),
    fc.constant({ kind: 'redo' as const }),
  );

  it('are what a plain list would be after the same, with undo and redo', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const { playlists, ids, catalogue } = library();
        const { id } = playlists.create('List');
        let list: number[] = [];
        const past: number[][] = [];
        let future: number[][] = [];
        const done = (next: number[]) => {
          if (next.length === list.length && next.every((item, at) => item === list[at])) return;
          past.push(list);
          future = [];
          list = next;
        };
        for (const one of actions) {
          if (one.kind === 'add') {
            const before = list[one.before];
            playlists.add(
              id,
              one.files.map((file) => ids[file]!),
              { again: true, ...(before === undefined ? {} : { before }) },
            );
            const next = [...playlists.itemIds(id)];
            // New items have ids of their own; only their place is the model's business.
            const fresh = next.filter((item) => !list.includes(item));
            expect(fresh).toHaveLength(one.files.length);
            done(list.toSpliced(before === undefined ? list.length : one.before, 0, ...fresh));
          } else if (one.kind === 'remove') {
            const items = one.places.flatMap((place) => list[place] ?? []);
            playlists.remove(id, items);
            done(list.filter((item) => !items.includes(item)));
          } else if (one.kind === 'move') {
            const items = one.places.flatMap((place) => list[place] ?? []);
            const target = list.slice(one.before).find((item) => !items.includes(item));
            playlists.move(id, items, list[one.before]);
            const rest = list.filter((item) => !items.includes(item));
            const at =
              target === undefined || list[one.before] === undefined ? rest.length : rest.indexOf(target);
            done(rest.toSpliced(at, 0, ...list.filter((item) => items.includes(item))));
          } else if (one.kind === 'order') {
            const items = [...new Set(one.places.flatMap((place) => list[place] ?? []))];
            playlists.reorder(id, items);
            done([...items, ...list.filter((item) => !items.includes(item))]);
          } else if (one.kind === 'undo' && past.length > 0) {
            playlists.turn('undo');
            future.push(list);
            list = past.pop()!;
          } else if (one.kind === 'redo' && future.length > 0) {
            playlists.turn('redo');
            past.push(list);
            list = future.pop()!;
          }
          expect(playlists.itemIds(id)).toEqual(list);
        }
        catalogue.close();
      }),
      { numRuns: 60 },
    );
  });
});
