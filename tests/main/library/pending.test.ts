import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Editing } from '../../../src/main/library/editing.ts';
import {
  type PendingWriteOptions,
  previewPending,
  type Write,
  writePending,
} from '../../../src/main/library/pending.ts';
import { writeTags } from '../../../src/main/library/writing.ts';
import { TagWriter } from '../../../src/main/tagging/writer.ts';
import { memoryLibrary } from '../catalogue/support.ts';
import { id3Tag, mpegFrames, text } from '../tagging/support/id3-builder.ts';
import { inProcessHost } from '../tagging/support/in-process-host.ts';

const MP3 = Buffer.concat([id3Tag({ version: 3, frames: [text('TCON', 'Rock')] }), mpegFrames(9)]);
const OPTIONS: PendingWriteOptions = {
  onlyEmpty: false,
  keyNotation: 'open-key',
  multiValue: 'joined',
  keepModifiedTime: false,
};

/** Three files on the disk, each with an edit of its genre and its key. */
async function library() {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-pending-'));
  const { catalogue, add } = memoryLibrary();
  const ids = ['a', 'b', 'c'].map((name) => {
    const path = join(folder, `${name}.mp3`);
    writeFileSync(path, MP3);
    const { size, mtimeNs } = statSync(path, { bigint: true });
    return add(path, { genre: ['Rock'] }, { size: Number(size), mtime: String(mtimeNs) });
  });
  const writer = new TagWriter(
    catalogue.journal,
    inProcessHost(() => false),
    { processes: 1 },
  );
  const editing = new Editing(catalogue);
  onTestFinished(async () => {
    await editing.close();
    await writer.close();
    catalogue.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await editing.set(ids, 'genre', ['House']);
  await editing.set(ids, 'key', ['8A']);
  const write: Write = (requests, options) => writeTags(catalogue, writer, requests, options);
  const path = (id: number) => catalogue.files.get(id)!.path;
  return { catalogue, editing, ids, write, path, read: (id: number) => readFileSync(path(id)) };
}

it('shows what writing would do, in the notation asked for, and writes nothing', async () => {
  const { catalogue, ids, write, read } = await library();
  const [first] = await previewPending(catalogue, write, ids.slice(0, 1), OPTIONS);
  expect(first).toMatchObject({
    fileId: ids[0],
    kind: 'previewed',
    changes: [
      { field: 'genre', before: ['Rock'], after: ['House'] },
      { field: 'key', before: [], after: ['1m'] },
    ],
  });
  expect(read(ids[0]!).equals(MP3)).toBe(true);
});

it('writes, and what was written waits no more', async () => {
  const { catalogue, editing, ids, write, read } = await library();
  const { batchId } = await writePending(catalogue, editing, write, ids.slice(0, 2), {
    ...OPTIONS,
    label: 'test',
  });
  expect(read(ids[0]!).includes('House')).toBe(true);
  expect(read(ids[2]!).equals(MP3)).toBe(true);
  expect(catalogue.edits.files()).toEqual([ids[2]]);
  expect(catalogue.edits.next('undo')).toMatchObject({ kind: 'write', files: 2, batchId });
  const [row] = catalogue.search({}).rows;
  expect(row).toMatchObject({ genre: 'House', keyText: '1m', edited: [], written: true });
  // Undo of the step brings the edits back; the files are another matter.
  await editing.turn('undo');
  expect(catalogue.edits.counts()).toMatchObject({ files: 3, fields: 6 });
});

it('lets an edit wait that found something in its place', async () => {
  const { catalogue, editing, ids, write, read } = await library();
  await writePending(catalogue, editing, write, ids, { ...OPTIONS, onlyEmpty: true, label: 'test' });
  expect(read(ids[0]!).includes('Rock')).toBe(true);
  expect(catalogue.edits.of([ids[0]!])[0]!.edits).toEqual(new Map([['genre', ['House']]]));
});

it('keeps the edit of a file that was changed since, with the reason, until it is written', async () => {
  const { catalogue, editing, ids, write, path } = await library();
  writeFileSync(path(ids[1]!), Buffer.concat([MP3, MP3]));
  await writePending(catalogue, editing, write, ids, { ...OPTIONS, label: 'test' });
  expect(catalogue.edits.counts()).toEqual({ files: 1, fields: 2, failed: 1 });
  expect(catalogue.rows([ids[1]!])[0]!.editProblem).toMatch(/changed/);
  const { size, mtimeNs } = statSync(path(ids[1]!), { bigint: true });
  const known = catalogue.files.get(ids[1]!)!;
  catalogue.files.update(ids[1]!, {
    ...known,
    size: Number(size),
    mtime: String(mtimeNs),
    tags: { genre: ['Rock'] },
  });
  await writePending(catalogue, editing, write, ids, { ...OPTIONS, label: 'test' });
  expect(catalogue.edits.counts()).toEqual({ files: 0, fields: 0, failed: 0 });
});

it('leaves waiting what was not begun when it is stopped', async () => {
  const { catalogue, editing, ids, write } = await library();
  const stopped = new AbortController();
  stopped.abort();
  await writePending(catalogue, editing, write, ids, { ...OPTIONS, label: 'test', signal: stopped.signal });
  expect(catalogue.edits.counts()).toMatchObject({ files: 3, fields: 6 });
  expect(catalogue.edits.next('undo')).toMatchObject({ kind: 'set' });
});
