import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { id3Tag, mpegFrames, text } from '../main/tagging/support/id3-builder.ts';
import { run, start } from './support/cratewise.ts';

const MP3 = Buffer.concat([id3Tag({ version: 3, frames: [text('TCON', 'Rock')] }), mpegFrames(9)]);

it('tag: a dry run says that it is one; undo names its batch, and takes a batch or files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-tag-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.mp3');
  writeFileSync(file, MP3);
  const library = ['--library', join(folder, 'library.sqlite')];

  const dry = await run(['tag', file, '--set', 'genre=House', '--dry-run', ...library]);
  expect(dry.stdout).toContain('1 file would be written');
  expect(readFileSync(file).equals(MP3)).toBe(true);

  const wrote = await run(['tag', file, '--set', 'genre=House', ...library]);
  expect(wrote.stdout).toContain('1 file written');
  expect(readFileSync(file).equals(MP3)).toBe(false);

  const both = await run(['undo', file, '--batch', '1', ...library]);
  expect(both.code).toBe(2);
  expect(readFileSync(file).equals(MP3)).toBe(false);

  const undone = await run(['undo', '--json', ...library]);
  expect(undone.code).toBe(0);
  expect(undone.records.find(({ type }) => type === 'written')).toMatchObject({
    outcome: 'undone',
    batch: 2,
  });
  expect(readFileSync(file).equals(MP3)).toBe(true);
});

it('ends quietly when nobody reads its output any more', async () => {
  const child = start(['help']);
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
