import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeTextFile } from '../../../src/main/export/write-file.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cratewise-export-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

describe('writeTextFile', () => {
  it('writes all of it', async () => {
    const place = join(folder(), 'a.csv');
    expect(await writeTextFile(place, pieces('ä', '', 'b\r\n'))).toBe(5);
    expect(readFileSync(place, 'utf8')).toBe('äb\r\n');
  });

  it('replaces nothing unless asked to', async () => {
    const inside = folder();
    const place = join(inside, 'a.csv');
    writeFileSync(place, 'old');
    await expect(writeTextFile(place, pieces('new'))).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(place, 'utf8')).toBe('old');
    await writeTextFile(place, pieces('new'), { overwrite: true });
    expect(readFileSync(place, 'utf8')).toBe('new');
    expect(readdirSync(inside)).toEqual(['a.csv']);
  });

  it('does not replace what came meanwhile', async () => {
    const inside = folder();
    const place = join(inside, 'a.csv');
    async function* slow(): AsyncGenerator<string> {
      yield 'new';
      writeFileSync(place, 'other');
    }
    await expect(writeTextFile(place, slow())).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(place, 'utf8')).toBe('other');
    expect(readdirSync(inside)).toEqual(['a.csv']);
  });

  it('leaves nothing behind when it fails or is stopped', async () => {
    const inside = folder();
    const place = join(inside, 'a.csv');
    writeFileSync(place, 'old');
    const abort = new AbortController();
    async function* ending(): AsyncGenerator<string> {
      yield 'x';
      abort.abort();
      yield 'y';
    }
    const options = { overwrite: true, signal: abort.signal };
    await expect(writeTextFile(place, ending(), options)).rejects.toMatchObject({ code: 'stopped' });
    async function* breaking(): AsyncGenerator<string> {
      yield 'x';
      throw new Error('broken');
    }
    await expect(writeTextFile(place, breaking(), { overwrite: true })).rejects.toThrow('broken');
    expect(readFileSync(place, 'utf8')).toBe('old');
    expect(readdirSync(inside)).toEqual(['a.csv']);
    await expect(writeTextFile(join(inside, 'no', 'b.csv'), pieces('x'))).rejects.toMatchObject({
      code: 'not-writable',
    });
  });
});
