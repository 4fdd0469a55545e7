import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type WriteOutcome, writeTags } from '../../../src/main/library/writing.ts';
import { TagWriter } from '../../../src/main/tagging/writer.ts';
import { memoryLibrary } from '../catalogue/support.ts';
import { id3Tag, mpegFrames, text } from '../tagging/support/id3-builder.ts';
import { inProcessHost } from '../tagging/support/in-process-host.ts';

const MP3 = Buffer.concat([id3Tag({ version: 3, frames: [text('TCON', 'Rock')] }), mpegFrames(9)]);
const EDITS = [
  { field: 'genre', values: ['House'] },
  { field: 'key', values: ['Am'] },
] as const;

/** A library whose one file is on the disk; `afterApply` runs when it is written, before the library hears of it. */
function library(afterApply: (path: string) => void = () => undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-writing-'));
  const path = join(folder, 'a.mp3');
  writeFileSync(path, MP3);
  const { catalogue, add } = memoryLibrary();
  const { size, mtimeNs } = statSync(path, { bigint: true });
  // The scan did not see the genre.
  add(path, {}, { size: Number(size), mtime: String(mtimeNs) });
  const host = inProcessHost((method, _params, after) => {
    if (method === 'apply' && after) afterApply(path);
    return false;
  });
  const writer = new TagWriter(catalogue.journal, host, { processes: 1 });
  onTestFinished(async () => {
    await writer.close();
    catalogue.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const outcomes: WriteOutcome[] = [];
  const write = (onlyEmpty: boolean) =>
    writeTags(catalogue, writer, [{ path, edits: EDITS, onlyEmpty }], {
      label: 'test',
      multiValue: 'joined',
      onOutcome: (outcome) => outcomes.push(outcome),
    });
  return { path, catalogue, write, outcomes };
}

it('records what was written as it was written, so that a scan sees what another program did since', async () => {
  const { path, catalogue, write } = library((file) => writeFileSync(file, Buffer.concat([MP3, MP3])));
  await write(false);
  expect(catalogue.files.byPath(path)?.size).not.toBe(statSync(path).size);
  expect(catalogue.files.details(path)?.tags).toMatchObject({ genre: ['House'], key: ['Am'] });
});

it('fills only what is empty in the file, whatever the scan saw', async () => {
  const { path, write, outcomes } = library();
  await write(true);
  expect(outcomes).toMatchObject([{ kind: 'written', changes: [{ field: 'key', after: ['Am'] }] }]);
  expect(readFileSync(path).includes('Rock')).toBe(true);
  expect(readFileSync(path).includes('House')).toBe(false);
});
