import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../tests/e2e/support/cratewise.ts';
import { makeLibrary } from '../../tests/e2e/support/music.ts';
import { served } from '../../tests/ui/support.ts';
import { CONTAINERS, PIECE_COUNT, tagsOf } from './music.ts';

/** Libraries that the screens are of. */
export type LibraryName = 'empty' | 'unheard' | 'offline' | 'problems' | 'heard';

/** Real libraries, each served as a user would have it. */
export interface Stage {
  /** Where the pieces of the library `heard` lie. */
  readonly music: string;
  url(library: LibraryName): string;
  /** Ends what serves a library. */
  end(library: LibraryName): Promise<void>;
  /** Ends everything and removes it. */
  close(): Promise<void>;
}

/** Makes the libraries and serves them. */
export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-screens-'));
  const servers = new Map<LibraryName, { url: string; process: ChildProcess }>();
  const library = (name: LibraryName) => join(folder, `${name}.cratewise`);
  const cratewise = async (expected: number, ...args: string[]) => {
    const { code, stderr } = await run(args);
    if (code !== expected) throw new Error(`cratewise ${args[0]} ended with ${code}: ${stderr}`);
  };
  const music = join(folder, 'Music');
  const away = join(folder, 'USB drive');
  mkdirSync(music);
  mkdirSync(away);
  const made = makeLibrary(music, PIECE_COUNT, 12, CONTAINERS, tagsOf);
  makeLibrary(away, 6, 2, ['flac'], tagsOf);
  const bad = join(folder, 'Old downloads');
  mkdirSync(bad);
  makeLibrary(bad, 4, 2, ['mp3'], tagsOf);
  writeFileSync(join(bad, 'broken.mp3'), 'This is no music at all. '.repeat(200));
  writeFileSync(join(bad, 'empty.flac'), '');
  await cratewise(1, 'scan', bad, '--library', library('problems'), '--quiet');
  await cratewise(0, 'scan', music, '--library', library('unheard'), '--quiet');
  await cratewise(0, 'scan', away, '--library', library('offline'), '--quiet');
  renameSync(away, join(folder, 'unplugged'));
  await cratewise(1, 'scan', '--library', library('offline'), '--quiet');
  await cratewise(0, 'autotag', music, '--library', library('heard'), '--quiet');
  // Something that was written already, by the command line.
  await cratewise(
    0,
    'tag',
    made[1]!.path,
    '--set',
    'comment=From the record shop',
    '--library',
    library('heard'),
    '--quiet',
  );
  const set = [2, 9, 4, 16, 7].map((i) => made[i]!.path);
  await cratewise(0, 'playlist', 'create', 'Friday, late', ...set, '--library', library('heard'), '--quiet');
  for (const name of ['empty', 'unheard', 'offline', 'problems', 'heard'] as const)
    servers.set(name, await served(library(name)));

  async function end(name: LibraryName): Promise<void> {
    const server = servers.get(name);
    if (!server || server.process.exitCode !== null) return;
    const ended = new Promise((resolve) => server.process.once('exit', resolve));
    server.process.kill('SIGINT');
    await ended;
  }

  return {
    music,
    url: (name) => servers.get(name)!.url,
    end,
    async close() {
      for (const name of servers.keys()) await end(name);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
