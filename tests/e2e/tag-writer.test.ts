import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { TagWriter } from '../../src/main/tagging/writer.ts';
import type { FieldEdit } from '../../src/shared/tags.ts';
import { id3Tag, mpegFrames, text } from '../main/tagging/support/id3-builder.ts';
import { memoryJournal } from '../main/tagging/support/memory-journal.ts';

const MP3 = Buffer.concat([
  id3Tag({ version: 3, frames: [text('TIT2', 'T'), text('TCON', 'Rock')] }),
  mpegFrames(9),
]);
const EDITS: readonly FieldEdit[] = [{ field: 'genre', values: ['House'] }];

let folder: string;
let files: string[];
let journal = memoryJournal();
let writer: TagWriter;
const writers: TagWriter[] = [];
const start = (): TagWriter => {
  const started = new TagWriter(journal, nodeHost, { processes: 1 });
  writers.push(started);
  return started;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-writer-'));
  files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.mp3`));
  for (const file of files) writeFileSync(file, MP3);
  journal = memoryJournal();
  writer = start();
});
afterEach(async () => {
  await writer.close();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => Promise.all(writers.map((one) => one.close())));

const requests = (paths = files) => paths.map((path) => ({ path, expected: null, edits: EDITS }));
const states = (report: { readonly files: readonly { readonly state: string }[] }): string[] =>
  report.files.map(({ state }) => state);
const isOriginal = (file: string): boolean => readFileSync(file).equals(MP3);

describe('TagWriter', () => {
  it('previews without writing', async () => {
    const previews = await writer.preview(requests([...files, join(folder, 'none.mp3')]));
    expect(previews[0]).toMatchObject({
      container: 'mp3',
      changes: [{ field: 'genre', before: ['Rock'], after: ['House'], location: 'ID3v2.3 TCON' }],
      error: null,
    });
    expect(previews[3]).toMatchObject({ changes: [], error: { code: 'missing' } });
    expect(files.every(isOriginal)).toBe(true);
    expect(journal.all).toEqual([]);
  });

  it('writes a batch, reports each file, and leaves alone what says so already', async () => {
    writeFileSync(files[1]!, 'no audio');
    const seen: number[] = [];
    const report = await writer.write(requests(), {
      label: 'test',
      onProgress: ({ done }) => seen.push(done),
    });
    expect(states(report)).toEqual(['written', 'failed', 'written']);
    expect(report.files[0]?.written?.size).toBe(statSync(files[0]!).size);
    expect(seen.at(-1)).toBe(3);
    expect(journal.all.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(states(await writer.write(requests([files[0]!]), { label: 'again' }))).toEqual(['unchanged']);
    expect(journal.all).toHaveLength(2);
  });

  it('undoes by batch, by file, and undoes the undo', async () => {
    const { batchId } = await writer.write(requests(), { label: 'test' });
    await writer.undo({ path: files[0]! });
    expect(files.map(isOriginal)).toEqual([true, false, false]);
    const undone = await writer.undo({ batch: batchId! });
    expect(states(undone)).toEqual(['written', 'written']);
    expect(files.every(isOriginal)).toBe(true);
    await expect(writer.undo({ path: files[0]! })).rejects.toMatchObject({ code: 'nothing-to-undo' });
    await writer.undo({ batch: undone.batchId! });
    expect(files.map(isOriginal)).toEqual([true, false, false]);
    await writer.undo({ path: files[1]! });
    expect(files.map(isOriginal)).toEqual([true, true, false]);
  });

  it('refuses to undo over a change of another program, unless forced: then by value', async () => {
    const { batchId } = await writer.write(requests([files[0]!]), { label: 'test' });
    const changed = Buffer.concat([readFileSync(files[0]!), mpegFrames(1)]);
    writeFileSync(files[0]!, changed);
    const refused = await writer.undo({ batch: batchId! });
    expect(refused.files[0]).toMatchObject({ state: 'failed', error: { code: 'changed' } });
    expect(readFileSync(files[0]!)).toEqual(changed);
    const forced = await writer.undo({ batch: batchId! }, { force: true });
    expect(forced.files[0]).toMatchObject({ state: 'written', changes: [{ after: ['Rock'] }] });
  });

  it('finishes at the next start what a kill left open', async () => {
    await writer.write(requests(), { label: 'test' });
    // As if the process had died before it could close the first, and before it wrote the second.
    writeFileSync(files[1]!, MP3);
    const when = Number(BigInt(journal.all[1]!.mtimeBefore) / 1_000_000n) / 1000;
    utimesSync(files[1]!, when, when);
    for (const entry of journal.all.slice(0, 2))
      journal.all[entry.id - 1] = { ...entry, state: 'open', mtimeAfter: null };
    writeFileSync(journal.all[1]!.temporaryPath, 'half a copy');
    const next = start();
    expect(await next.recover()).toEqual({ done: 1, failed: 1, unreachable: 0 });
    expect(journal.all.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
    expect(readdirSync(folder)).toEqual(['a.mp3', 'b.mp3', 'c.mp3']);
    await next.undo({ path: files[0]! });
    expect(isOriginal(files[0]!)).toBe(true);
  });

  it('marks a write undone whose undo was written but not closed', async () => {
    await writer.write(requests([files[0]!]), { label: 'test' });
    await writer.undo({ path: files[0]! });
    journal.all[0] = { ...journal.all[0]!, state: 'done' };
    journal.all[1] = { ...journal.all[1]!, state: 'open', mtimeAfter: null };
    await writer.recover();
    expect(journal.all.map(({ state }) => state)).toEqual(['undone', 'done']);
  });

  it('stops when asked', async () => {
    const report = await writer.write(requests(), { label: 'test', signal: AbortSignal.abort() });
    expect(report).toEqual({ batchId: null, files: [] });
    expect(files.every(isOriginal)).toBe(true);
  });
});
