import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlannedWrite } from '../../../src/main/tagging/write/plan-file.ts';
import { type PlanRequest, TagWriter } from '../../../src/main/tagging/writer.ts';
import { id3Tag, mpegFrames, text } from './support/id3-builder.ts';
import { inProcessHost } from './support/in-process-host.ts';
import { memoryJournal } from './support/memory-journal.ts';

const MP3 = Buffer.concat([id3Tag({ version: 3, frames: [text('TCON', 'Rock')] }), mpegFrames(9)]);

let folder: string;
let files: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-writer-'));
  files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.mp3`));
  for (const file of files) writeFileSync(file, MP3);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isOriginal = (file: string): boolean => readFileSync(file).equals(MP3);
const requests = (): PlanRequest[] =>
  files.map((path) => ({ path, expected: null, edits: [{ field: 'genre', values: ['House'] }] }));

/** Writes with a process that dies as `dies` says. */
async function write(dies: Parameters<typeof inProcessHost>[0]) {
  const journal = memoryJournal();
  const writer = new TagWriter(journal, inProcessHost(dies), { processes: 1 });
  const report = await writer.write(requests(), { label: 'test' });
  await writer.close();
  return { journal, states: report.files.map(({ state }) => state), report };
}

describe('a tagging process that dies', () => {
  it('while planning: only the file that kills it fails', async () => {
    const { states, report, journal } = await write(
      (method, params) =>
        method === 'plan' && (params[0] as PlanRequest[]).some(({ path }) => basename(path) === 'b.mp3'),
    );
    expect(states).toEqual(['written', 'failed', 'written']);
    expect(report.files[1]?.error?.code).toBe('worker-died');
    expect(files.map(isOriginal)).toEqual([false, true, false]);
    expect(journal.all.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('before it has written: the journal says so, and nothing is changed', async () => {
    const { states, journal } = await write((method, _params, after) => method === 'apply' && !after);
    expect(states).toEqual(['failed', 'failed', 'failed']);
    expect(files.every(isOriginal)).toBe(true);
    expect(journal.unfinished()).toEqual([]);
  });

  it('while writing: only the file that kills it fails', async () => {
    const { states, journal } = await write(
      (method, params, after) =>
        method === 'apply' &&
        !after &&
        (params[0] as PlannedWrite[]).some(({ entry }) => basename(entry.path) === 'b.mp3'),
    );
    expect(states).toEqual(['written', 'failed', 'written']);
    expect(files.map(isOriginal)).toEqual([false, true, false]);
    expect(journal.all.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
  });

  it('after it has written, before it could say so: the writes count', async () => {
    const { states, journal } = await write((method, _params, after) => method === 'apply' && after);
    expect(states).toEqual(['written', 'written', 'written']);
    expect(files.some(isOriginal)).toBe(false);
    expect(journal.all.every(({ state, mtimeAfter }) => state === 'done' && mtimeAfter !== null)).toBe(true);
  });

  it('with a copy half written: the copy is removed', async () => {
    const { states } = await write((method, params, after) => {
      if (method !== 'apply' || after) return false;
      for (const { entry } of params[0] as PlannedWrite[]) writeFileSync(entry.temporaryPath, 'half');
      return true;
    });
    expect(states).toEqual(['failed', 'failed', 'failed']);
    expect(readdirSync(folder)).toEqual(['a.mp3', 'b.mp3', 'c.mp3']);
  });
});

describe('a journal that can’t be written', () => {
  it('ends the write only after the groups under way are done and recorded', async () => {
    const journal = memoryJournal();
    const { open } = journal;
    let calls = 0;
    journal.open = (entries) => {
      calls += 1;
      if (calls === 2) throw new Error('no room');
      return open(entries);
    };
    // Two processes, three files: groups of two and one, both under way at once.
    const writer = new TagWriter(
      journal,
      inProcessHost(() => false),
      { processes: 2 },
    );
    await expect(writer.write(requests(), { label: 'test' })).rejects.toThrow('no room');
    expect(journal.unfinished()).toEqual([]);
    expect(journal.all.every(({ state }) => state === 'done')).toBe(true);
    expect(files.filter(isOriginal)).toHaveLength(3 - journal.all.length);
    await writer.close();
  });
});
