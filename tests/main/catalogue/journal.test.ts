import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/index.ts';
import type { NewJournalEntry } from '../../../src/main/tagging/journal.ts';
import { memoryLibrary, temporaryFolder } from './support.ts';

const entry = (batchId: number, path = '/music/a.mp3'): NewJournalEntry => ({
  batchId,
  path,
  temporaryPath: `${path}.cratewise-1`,
  changes: [{ field: 'key', before: [], after: ['8A'], location: 'ID3v2.3 TKEY' }],
  splices: [
    { offset: 0, before: new Uint8Array(), after: Uint8Array.of(1, 0, 255) },
    { offset: 2 ** 40, before: Uint8Array.of(7), after: new Uint8Array() },
  ],
  renumber: [{ start: 1, end: 2, serial: 2 ** 32 - 1, delta: -1 }],
  sizeBefore: 2 ** 41,
  mtimeBefore: '1700000000123456789',
  sizeAfter: 10,
  audioHash: 'ab12',
});

describe('the write journal', () => {
  it('keeps an entry whole, byte for byte', () => {
    const { journal } = memoryLibrary().catalogue;
    const batchId = journal.openBatch('write');
    const [id] = journal.open([entry(batchId)]);
    const kept = journal.get(id!)!;
    expect({
      ...kept,
      splices: kept.splices.map((s) => ({ ...s, before: [...s.before], after: [...s.after] })),
    }).toEqual({
      ...entry(batchId),
      id,
      state: 'open',
      mtimeAfter: null,
      error: null,
      splices: [
        { offset: 0, before: [], after: [1, 0, 255] },
        { offset: 2 ** 40, before: [7], after: [] },
      ],
    });
    expect(kept.splices.every((s) => s.before instanceof Uint8Array && s.after instanceof Uint8Array)).toBe(
      true,
    );
    expect(journal.get(99)).toBeUndefined();
  });

  it('knows what is unfinished, also after the process is gone', () => {
    const file = join(temporaryFolder(), 'library.db');
    const first = openCatalogue(file);
    const batchId = first.journal.openBatch('write');
    const [a, b] = first.journal.open([entry(batchId, '/a'), entry(batchId, '/b')]);
    first.journal.close(a!, { state: 'done', mtimeAfter: '17' });
    first.close();
    const second = openCatalogue(file);
    expect(second.journal.unfinished().map(({ id }) => id)).toEqual([b]);
    expect(second.journal.get(a!)).toMatchObject({ state: 'done', mtimeAfter: '17' });
    second.close();
  });

  it('follows a file that moves', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    const { journal } = catalogue;
    const file = add('/music/a.mp3');
    const batch = journal.openBatch('write');
    const [done, open] = journal.open([entry(batch), entry(batch)]);
    journal.close(done!, { state: 'done', mtimeAfter: '17' });
    const stamp = { size: 10, mtime: '17', inode: '1', device: '1' };
    catalogue.files.move(file, { path: '/music/b.mp3', rootId, ...stamp }, 2);
    expect(journal.entriesOfPath('/music/b.mp3', 9).map(({ id }) => id)).toEqual([done]);
    expect(journal.get(open!)?.path).toBe('/music/a.mp3');
  });

  it('counts batches by state, newest first', () => {
    const { catalogue, clock } = memoryLibrary();
    const { journal } = catalogue;
    const first = journal.openBatch('first');
    clock.now += 5;
    const second = journal.openBatch('second');
    const ids = journal.open([entry(first), entry(first), entry(first), entry(first)]);
    journal.closeAll([
      { id: ids[0]!, outcome: { state: 'done', mtimeAfter: '1' } },
      { id: ids[1]!, outcome: { state: 'failed', error: 'disk full' } },
      { id: ids[2]!, outcome: { state: 'done', mtimeAfter: '1' } },
    ]);
    journal.close(ids[2]!, { state: 'undone' });
    expect(journal.batches(10)).toEqual([
      { id: second, label: 'second', at: 1_000_005, done: 0, undone: 0, failed: 0, open: 0 },
      { id: first, label: 'first', at: 1_000_000, done: 1, undone: 1, failed: 1, open: 1 },
    ]);
    expect(journal.batches(1)).toHaveLength(1);
    expect(journal.entriesOfBatch(first).map(({ state }) => state)).toEqual([
      'done',
      'failed',
      'undone',
      'open',
    ]);
    // What the file looked like after the write is not forgotten by the undo.
    expect(journal.get(ids[2]!)).toMatchObject({ mtimeAfter: '1' });
    expect(journal.get(ids[1]!)).toMatchObject({ error: 'disk full' });
  });

  it('finds the newest entries of a path', () => {
    const { journal } = memoryLibrary().catalogue;
    const batchId = journal.openBatch('write');
    const ids = journal.open([entry(batchId), entry(batchId, '/other'), entry(batchId)]);
    expect(journal.entriesOfPath('/music/a.mp3', 5).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect(journal.entriesOfPath('/music/a.mp3', 1)).toHaveLength(1);
  });

  it('refuses what would not be durable or does not exist', () => {
    const { catalogue } = memoryLibrary();
    expect(() => catalogue.transaction(() => catalogue.journal.openBatch('x'))).toThrow('durable');
    expect(() => catalogue.journal.close(5, { state: 'undone' })).toThrow(RangeError);
    expect(() => catalogue.journal.open([entry(5)])).toThrow('FOREIGN KEY');
  });

  it('forgets old batches but never what is open, and uses no number twice', () => {
    const { catalogue, clock } = memoryLibrary();
    const { journal } = catalogue;
    const old = journal.openBatch('old');
    const [closed, open] = journal.open([entry(old), entry(old)]);
    journal.close(closed!, { state: 'done', mtimeAfter: '1' });
    clock.now += 1000;
    const recent = journal.openBatch('recent');
    const [last] = journal.open([entry(recent)]);
    journal.close(last!, { state: 'done', mtimeAfter: '1' });
    expect(journal.prune(clock.now)).toBe(1);
    expect(journal.get(closed!)).toBeUndefined();
    expect(journal.unfinished().map(({ id }) => id)).toEqual([open]);
    expect(journal.prune(clock.now + 1)).toBe(1);
    expect(journal.batches(5).map(({ id }) => id)).toEqual([old]);
    expect(journal.openBatch('next')).toBeGreaterThan(recent);
    expect(journal.open([entry(old)])[0]).toBeGreaterThan(last!);
  });
});
