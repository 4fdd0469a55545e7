import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { handedOver, openRequest, ownArguments } from '../../../src/main/shell/arguments.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cratewise-arguments-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  mkdirSync(join(made, 'Music'));
  writeFileSync(join(made, 'a.mp3'), '');
  return made;
}

it('takes a library, folders and files, relative to where it was started', () => {
  const at = folder();
  expect(openRequest(['Music', 'mine.Cratewise', join(at, 'a.mp3')], at)).toEqual({
    library: join(at, 'mine.Cratewise'),
    paths: [join(at, 'Music'), join(at, 'a.mp3')],
  });
  expect(openRequest(['--library', 'b.db'], at)).toEqual({ library: join(at, 'b.db'), paths: [] });
  expect(openRequest(['--library=b.db'], at).library).toBe(join(at, 'b.db'));
});

it('leaves switches and what is not there alone', () => {
  const at = folder();
  const args = [
    '--no-sandbox',
    '--original-process-start-time=1',
    '-x',
    'gone',
    '',
    'https://example.org/',
    '--library',
  ];
  expect(openRequest(args, at)).toEqual({ paths: [] });
});

it('knows which arguments are its own', () => {
  expect(ownArguments(['cratewise', 'a'], true)).toEqual(['a']);
  expect(ownArguments(['electron', '.', 'a'], false)).toEqual(['a']);
});

it('takes from a second instance what has the right shape, and nothing else', () => {
  expect(handedOver({ args: ['a'], directory: '/music' })).toEqual({ args: ['a'], directory: '/music' });
  for (const data of [
    null,
    'x',
    {},
    { args: 'a', directory: '/' },
    { args: [1], directory: '/' },
    { args: [], directory: '..' },
  ])
    expect(handedOver(data).args).toEqual([]);
});
