import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';
import { readNpy } from '../../src/main/lab/npy.ts';
import { parseProbe } from '../../src/shared/probe.ts';
import { ofType, run } from './support/cratewise.ts';
import { hasFfmpeg } from './support/music.ts';
import { KINDS, makeSound } from './support/sounds.ts';

/** A folder of tagged music in the user's own words, and what is learnt of it by the program itself. */
describe.skipIf(!hasFfmpeg || process.platform === 'win32')('learn', () => {
  const root = mkdtempSync(join(tmpdir(), 'cratewise-learn-'));
  const music = join(root, 'music');
  const environment = { XDG_DATA_HOME: join(root, 'data') };
  const library = ['--library', join(root, 'library.cratewise')];
  const cratewise = (...args: string[]) => run([...args, ...library, '--json'], environment);
  const fileOf = (kind: string, at: number) => join(music, `${kind} ${at}.mp3`);

  beforeAll(async () => {
    mkdirSync(music);
    for (const kind of KINDS) {
      for (let at = 0; at < 17; at++) {
        // The last one of each kind has no genre: it is what learning is for.
        makeSound(fileOf(kind, at), kind, at * 3 + KINDS.indexOf(kind), {
          artist: `Artist ${at % 6} of ${kind}`,
          title: `${kind} ${at}`,
          ...(at < 16 ? { genre: kind } : {}),
        });
      }
    }
    await cratewise('autotag', music);
  }, 600_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const probes = () => join(environment.XDG_DATA_HOME, 'cratewise', 'probes');
  const activeProbe = () => {
    const [id] = readdirSync(probes());
    return parseProbe(readFileSync(join(probes(), id!, 'own-genre.json'), 'utf8'));
  };
  const predicted = async (...paths: string[]) => {
    const tracks = ofType(await cratewise('show', ...paths), 'track');
    return tracks.map(
      (track) => (track.predictions as { genre: { predictor: string; value: string } }).genre,
    );
  };

  it('learns the user’s genres, better than what is there, and says so', async () => {
    const ran = await cratewise('learn');
    expect(ran.stderr).not.toContain('✗');
    const [report] = ofType(ran, 'learnt') as {
      end: string;
      own: { value: number };
      difference: { low: number };
    }[];
    expect(report).toMatchObject({ end: 'activated', tracks: { used: 48 } });
    expect(report!.own.value).toBeGreaterThan(0.9);
    expect(report!.difference.low).toBeGreaterThan(0);
    expect(activeProbe().labels.toSorted()).toEqual(KINDS.toSorted());
    const untagged = await predicted(...KINDS.map((kind) => fileOf(kind, 16)));
    expect(untagged.map(({ value }) => value)).toEqual([...KINDS]);
    expect(untagged.every(({ predictor }) => predictor === 'own-genre')).toBe(true);
    // Every track was predicted from what is stored: nothing is due.
    expect(ofType(await cratewise('analyze'), 'summary')[0]).toMatchObject({ analysed: 0, failed: 0 });
    expect(ofType(await cratewise('status'), 'status')[0]).toMatchObject({ due: [{ tracks: 0 }] });
  });

  it('is predicted by the analyser as it was from what is stored', async () => {
    const path = fileOf('Drums', 16);
    const before = ofType(await cratewise('show', path), 'track')[0]!.predictions as Record<string, unknown>;
    await cratewise('analyze', path, '--again');
    const after = ofType(await cratewise('show', path), 'track')[0]!.predictions as Record<string, unknown>;
    expect(after.genre).toEqual(before.genre);
  });

  it('killed at any moment leaves a whole probe in use, the old or the new', {
    timeout: 600_000,
  }, async () => {
    const known = new Set([activeProbe().version]);
    let killed = 0;
    for (let round = 0; round < 6; round++) {
      // Another mapping each time, so that there is something new to learn.
      const label = `Drones ${round}`;
      const args = ['learn', '--map', `Drones=${label}`, ...library, '--json'];
      const child = spawn(process.execPath, [join(packageRoot, 'src', 'main', 'cli.ts'), ...args], {
        env: { ...process.env, ...environment },
        stdio: 'ignore',
        detached: true,
      });
      const gone = new Promise<NodeJS.Signals | null>((resolve) =>
        child.on('exit', (_, signal) => resolve(signal)),
      );
      await Promise.race([gone, wait(400 + 500 * round)]);
      if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
      if ((await gone) === 'SIGKILL') killed += 1;
      const probe = activeProbe();
      expect(known.has(probe.version) || probe.labels.includes(label)).toBe(true);
      known.add(probe.version);
      const [track] = await predicted(fileOf('Chimes', 16));
      expect(track).toMatchObject({ predictor: 'own-genre', value: 'Chimes' });
    }
    expect(killed).toBeGreaterThan(1);
    const [report] = ofType(await cratewise('learn', '--map', 'Drones=Hum'), 'learnt');
    expect(report).toMatchObject({ end: 'activated' });
    expect((await predicted(fileOf('Drones', 16)))[0]).toMatchObject({ value: 'Hum' });
  });

  it('is gone back on, and another library knows nothing of it', async () => {
    const other = await run(
      ['autotag', fileOf('Drums', 1), '--library', join(root, 'other.cratewise'), '--json'],
      environment,
    );
    const [track] = ofType(other, 'track') as { predictions: { genre: { predictor: string } } }[];
    expect(track!.predictions.genre.predictor).not.toBe('own-genre');
    for (let left = ''; left !== 'none'; ) {
      left = String(ofType(await cratewise('learn', '--forget'), 'forgotten')[0]!.left);
      expect(['earlier', 'none']).toContain(left);
    }
    expect((await predicted(fileOf('Chimes', 16)))[0]).toMatchObject({ predictor: 'builtin-genre' });
  });

  it('finds what sounds alike, and gives vectors away', async () => {
    const ran = await cratewise('similar', fileOf('Drums', 3), '--limit', '5');
    const found = ofType(ran, 'similar').map(({ path }) => String(path));
    expect(found).toHaveLength(5);
    expect(found.every((path) => path.includes('Drums') && path !== fileOf('Drums', 3))).toBe(true);
    const npy = join(root, 'vector.npy');
    expect(
      (await cratewise('embed', fileOf('Drums', 3), '--representation', 'chroma', '--out', npy)).code,
    ).toBe(0);
    expect(readNpy(readFileSync(npy))).toMatchObject({ kind: 'number', shape: [72] });
    const absent = await cratewise('embed', fileOf('Drums', 3), '--representation', 'musicgen-small');
    expect(absent.code).toBe(1);
    expect(ofType(absent, 'fatal')[0]!.message).toContain('cratewise models install musicgen-small');
  });
});
