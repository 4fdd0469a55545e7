import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';
import { ofType, run } from './support/cratewise.ts';
import { decodedMd5, hasFfmpeg, makeLibrary, probedTags } from './support/music.ts';

const KILLS = Number(process.env.CRATEWISE_KILLS ?? 20);
/** A folder of real music to copy and work on, instead of a few made pieces. */
const REAL = process.env.CRATEWISE_KILL_FOLDER;

/** Runs the program and kills it, with its children or alone, after `milliseconds`. Resolves when it is gone. */
async function runAndKill(
  args: readonly string[],
  milliseconds: number,
  group: boolean,
): Promise<'killed' | 'ended'> {
  const child = spawn(process.execPath, [join(packageRoot, 'src', 'main', 'cli.ts'), ...args], {
    stdio: 'ignore',
    detached: true,
  });
  const gone = new Promise<'killed' | 'ended'>((resolve) =>
    child.on('exit', (_code, signal) => resolve(signal === 'SIGKILL' ? 'killed' : 'ended')),
  );
  await Promise.race([gone, wait(milliseconds)]);
  if (child.exitCode === null && child.pid) process.kill(group ? -child.pid : child.pid, 'SIGKILL');
  return gone;
}

/** What a library has come to: tags and decoded audio of every file, and what is predicted of it. */
async function outcome(folder: string, library: string): Promise<Record<string, unknown>> {
  const found = ofType(await run(['search', '--limit', '0', '--library', library, '--json']), 'track');
  return Object.fromEntries(
    found.map((track) => {
      const path = String(track.path);
      const { genre, initialkey, tkey, title } = probedTags(path);
      return [
        path.slice(folder.length),
        { audio: decodedMd5(path), genre, key: initialkey ?? tkey, title, predictions: track.predictions },
      ];
    }),
  );
}

describe.skipIf(!hasFfmpeg || process.platform === 'win32')(`autotag --write, killed ${KILLS} times`, () => {
  let root = '';
  const folder = (name: string) => join(root, name);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'cratewise-kill-'));
    mkdirSync(folder('killed'));
    if (REAL) cpSync(REAL, folder('killed'), { recursive: true });
    else makeLibrary(folder('killed'), 18, 12, ['mp3', 'flac', 'ogg', 'opus', 'm4a', 'wav']);
    cpSync(folder('killed'), folder('calm'), { recursive: true, preserveTimestamps: true });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('loses nothing, and the rerun ends as if nothing had happened', { timeout: 3_600_000 }, async () => {
    const args = (name: string) => [
      ...['autotag', folder(name), '--write', '--min-confidence', '0', '--json', '--quiet'],
      ...['--library', folder(`${name}.cratewise`)],
    ];
    const began = performance.now();
    const calm = await run(args('calm'));
    const whole = performance.now() - began;
    expect(calm.code).toBe(0);

    let killed = 0;
    let made = false;
    for (let i = 0; i < KILLS; i++) {
      // Spread so that the work lasts for about all kills; short lives hit start, scan and recovery.
      const life = 150 + Math.random() * Math.max(2500, (2 * whole) / KILLS);
      const result = await runAndKill(args('killed'), life, i % 2 === 0);
      if (result === 'killed') killed++;
      // On a slow machine the first kills can come before there is a library; once there, it never goes.
      made ||= existsSync(folder('killed.cratewise'));
      const status = await run(['status', '--json', '--library', folder('killed.cratewise')]);
      expect(status.code, status.stderr).toBe(made ? 0 : 1);
    }
    expect(killed).toBeGreaterThan(KILLS / 4);

    const last = await run(args('killed'));
    expect(last.code, last.stderr).toBe(0);
    expect(readdirSync(folder('killed')).filter((name) => name.includes('.tmp'))).toEqual([]);
    expect(await outcome(folder('killed'), folder('killed.cratewise'))).toEqual(
      await outcome(folder('calm'), folder('calm.cratewise')),
    );
  });
});
