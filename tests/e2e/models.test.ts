import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findInstalled } from '../../src/analyser/installed.ts';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { modelsFolder, packageRoot } from '../../src/main/host/places.ts';
import { ModelManager } from '../../src/main/models/manager.ts';
import { installedSchema } from '../../src/shared/installed-model.ts';
import { type ModelManifest, parseManifest } from '../../src/shared/model-manifest.ts';
import { ModelServer } from '../main/models/model-server.ts';
import { checkpointOf, golden } from '../main/models/musicgen/checkpoint.ts';
import { ofType, run } from './support/cratewise.ts';

const KILLS = Number(process.env.CRATEWISE_KILLS ?? 10);

/** Tiny MusicGens with random weights: the recipe, the graphs and the analyser are the real ones. */
const { plain, varied } = golden.models;
const files = (model: typeof plain, folder: string): [string, Buffer][] => [
  [`${folder}/config.json`, Buffer.from(JSON.stringify(model.config))],
  [`${folder}/model.safetensors`, checkpointOf(model)],
];

const shared = join(packageRoot, '../shared/models');

let root: string;
let server: ModelServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cratewise-models-'));
  server = await ModelServer.start();
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => server.reset());

describe('cratewise models', () => {
  const models = (...args: string[]) =>
    run(['models', ...args, '--json'], { XDG_DATA_HOME: join(root, 'data'), HTTP_PROXY: '', http_proxy: '' });
  const place = () => join(root, 'data/cratewise/models/musicgen-small');
  beforeAll(() => {
    for (const [path, bytes] of files(plain, 'musicgen-small')) server.files.set(path, bytes);
  });

  it('lists what can be installed', async () => {
    const { code, records } = await models('list');
    expect(code).toBe(0);
    expect(records.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['choi', 'musicnn', 'skey', 'musicgen-small']),
    );
    expect(new Set(records.map(({ state }) => state))).toEqual(new Set(['available']));
  });

  it('fetches nothing while a licence is not accepted', async () => {
    const ran = await models('install', 'musicgen-small', '--source', server.url);
    expect(ran.code).toBe(1);
    expect(ofType(ran, 'error')).toEqual([expect.objectContaining({ code: 'licence-not-accepted' })]);
    expect(ran.stderr).toContain('CC BY-NC 4.0');
    expect(server.asked).toEqual([]);
  });

  it('installs, verifies and removes', async () => {
    server.manners.cut = { after: 30_000, times: 2 };
    const ran = await models('install', 'musicgen-small', '--source', server.url, '--accept-licence');
    expect(ran.stderr).not.toContain('✗');
    expect(ran.code).toBe(0);
    expect(ofType(ran, 'installed')).toEqual([
      expect.objectContaining({ id: 'musicgen-small', source: server.url }),
    ]);
    expect(await sound(place())).toBe(true);

    const verified = await models('verify');
    expect(verified.code).toBe(0);
    expect(ofType(verified, 'verified')).toEqual([expect.objectContaining({ sound: true, problem: null })]);

    const weights = join(place(), 'model.safetensors');
    const bytes = await readFile(weights);
    bytes[bytes.length - 2]! ^= 0x40;
    await writeFile(weights, bytes);
    const damaged = await models('verify', 'musicgen-small');
    expect(damaged.code).toBe(1);
    expect(ofType(damaged, 'verified')).toEqual([
      expect.objectContaining({ changed: ['model.safetensors'] }),
    ]);

    expect((await models('remove', 'musicgen-small')).code).toBe(0);
    expect(existsSync(place())).toBe(false);
  });

  it.skipIf(!existsSync(shared))(
    'installs the nets whose files we have, and hears them say what is known (needs ../shared/models)',
    async () => {
      const nets = ['skey', 'choi', 'keynet'];
      const ran = await models('install', ...nets, '--source', shared);
      expect(ran.stderr).not.toContain('✗');
      expect(ofType(ran, 'installed').map(({ id }) => id)).toEqual(nets);
      for (const id of nets) expect(existsSync(join(modelsFolder, 'known-answers', `${id}.json`))).toBe(true);
      // Known answers are of this version of the front ends: whoever changes these makes them anew.
      expect((await models('verify')).code).toBe(0);
      expect((await models('remove', 'standard')).code).toBe(0);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'is cancelled in order by Ctrl-C, which all processes get',
    async () => {
      server.manners.rate = 20_000;
      const args = ['models', 'install', 'musicgen-small', '--source', server.url, '--accept-licence'];
      const child = spawn(process.execPath, [join(packageRoot, 'src/main/cli.ts'), ...args], {
        env: { ...process.env, XDG_DATA_HOME: join(root, 'interrupted'), HTTP_PROXY: '', http_proxy: '' },
        stdio: ['ignore', 'ignore', 'pipe'],
        // A process group of its own, as a terminal makes one.
        detached: true,
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      const weights = join(
        root,
        'interrupted/cratewise/models/.work/musicgen-small/fetched/model.safetensors',
      );
      while (!existsSync(weights)) await wait(50);
      process.kill(-child.pid!, 'SIGINT');
      expect(await ended).toBe(130);
      expect(stderr).not.toContain('✗');
      expect(existsSync(weights)).toBe(true);
    },
  );

  it('ends with 1 where the source does not have it, and with 2 where there is no such model', async () => {
    const ran = await models('install', 'musicgen-medium', '--source', server.url, '--accept-licence');
    expect(ran.code).toBe(1);
    expect(ofType(ran, 'error')).toEqual([expect.objectContaining({ code: 'source-missing' })]);
    const begun = join(root, 'data/cratewise/models/.work/musicgen-large/fetched');
    await mkdir(begun, { recursive: true });
    await writeFile(join(begun, 'model.safetensors'), 'x');
    const removed = await models('remove', 'musicgen');
    expect(ofType(removed, 'removed').map(({ id }) => id)).toEqual(['musicgen-large']);
    expect(existsSync(begun)).toBe(false);
    expect((await models('install', 'huge')).code).toBe(2);
    expect((await models('install')).code).toBe(2);
  });
});

describe.skipIf(process.platform === 'win32')(`an installation that is killed ${KILLS} times`, () => {
  let shipped: string;
  let models: string;
  const manager = () => new ModelManager({ host: nodeHost, shipped, models });

  async function ship(version: string, model: typeof plain): Promise<void> {
    const text = await readFile(join(modelsFolder, 'manifests/musicgen-small.json'), 'utf8');
    const manifest: ModelManifest = { ...parseManifest(text), id: 'musicgen-tiny', version };
    await mkdir(join(shipped, 'manifests'), { recursive: true });
    await writeFile(join(shipped, 'manifests/musicgen-tiny.json'), JSON.stringify(manifest));
    for (const [path, bytes] of files(model, 'musicgen-tiny')) server.files.set(path, bytes);
  }

  /** When to kill: so many milliseconds after it said that it came to a phase (`''`: that it was started). */
  interface Kill {
    readonly phase: string;
    readonly afterMs: number;
    /** With its workers, or alone. */
    readonly group: boolean;
  }

  /** Resolves when it has ended, by itself or by a kill: with what it said last, and its exit code. */
  async function install(kill?: Kill): Promise<{ phase: string; code: number | null }> {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'support/install-model.ts'), shipped, models, 'musicgen-tiny', server.url],
      { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    let said = '';
    let reached = () => {};
    const there = new Promise<void>((resolve) => {
      reached = resolve;
    });
    if (kill?.phase === '') reached();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (kill && said.split('\n').includes(kill.phase)) reached();
    });
    const gone = new Promise<number | null>((resolve) => child.on('exit', resolve));
    if (kill) {
      await Promise.race([gone, there.then(() => wait(kill.afterMs))]);
      if (child.exitCode === null && child.pid) process.kill(kill.group ? -child.pid : child.pid, 'SIGKILL');
    }
    const code = await gone;
    return { phase: said.trim().split('\n').at(-1) ?? '', code };
  }

  /** Where installations are killed, one after the other; those in the fetch several times in a row, each further on. */
  const KILL_POINTS = [
    ['', 200],
    ['fetching', 50],
    ['fetching', 300],
    ['fetching', 500],
    ['building', 0],
    ['building', 100],
    ['checking', 0],
    ['checking', 1000],
    ['activating', 0],
    ['activating', 3],
  ] as const;

  it('is never half active, goes on, and ends right', { timeout: 600_000 }, async () => {
    shipped = join(root, 'shipped');
    models = join(root, 'killed');
    await ship('1', plain);
    expect((await install()).code).toBe(0);
    const calm = await contents(join(models, 'musicgen-tiny'));

    // An update is installed over it: version 2, other weights.
    await ship('2', varied);
    const outcomes: string[] = [];
    server.reset({ rate: 150_000 });
    for (let i = 0; i < KILLS; i++) {
      const [at, afterMs] = KILL_POINTS[i % KILL_POINTS.length] ?? ['', 0];
      const { phase, code } = await install({ phase: at, afterMs, group: i % 3 !== 0 });
      outcomes.push(code === 0 ? 'ended' : phase || 'begun');
      const active = (await findInstalled(models)).get('musicgen-tiny');
      if (active) expect(await sound(active.folder)).toBe(true);
      if (active?.version === '1') expect(await contents(active.folder)).toEqual(calm);
      if (active?.version !== '2') continue;
      // It got through: begin again, with the old one installed and nothing fetched.
      await manager().remove('musicgen-tiny');
      server.manners = {};
      await ship('1', plain);
      expect((await install()).code).toBe(0);
      await ship('2', varied);
      server.manners = { rate: 150_000 };
    }
    console.log(`killed in: ${outcomes.join(', ')}`);
    for (const phase of ['fetching', 'building', 'checking']) expect(outcomes).toContain(phase);
    // A process that was killed may leave its worker for a moment; whoever comes next waits for that.
    expect((await install()).code).toBe(0);
    expect(await manager().verify('musicgen-tiny')).toMatchObject({ sound: true });
    expect((await manager().status('musicgen-tiny')).record?.version).toBe('2');
    const resumed = server.asked.filter(
      ({ from, path }) => path.endsWith('safetensors') && from % 4096 !== 0,
    );
    expect(resumed.length).toBeGreaterThan(0);
  });

  it('waits for nobody: a second one says that the first is at it', async () => {
    shipped = join(root, 'shipped-2');
    models = join(root, 'twice');
    await ship('1', plain);
    server.reset({ rate: 60_000 });
    const first = install();
    await wait(1500);
    await expect(
      manager().install('musicgen-tiny', { acceptLicence: true, source: server.url }),
    ).rejects.toMatchObject({ code: 'model-busy' });
    expect((await first).code).toBe(0);
    expect(await manager().verify('musicgen-tiny')).toMatchObject({ sound: true });
  });
});

/** Whether every file of an installed model is there with the hash that it was activated with. */
async function sound(folder: string): Promise<boolean> {
  const record = installedSchema.parse(JSON.parse(await readFile(join(folder, 'installed.json'), 'utf8')));
  const hashes = await contents(folder);
  return record.files.every(({ path, sha256 }) => hashes[path] === sha256);
}

/** Hashes of the files that `installed.json` names. */
async function contents(folder: string): Promise<Record<string, string>> {
  const record = installedSchema.parse(JSON.parse(await readFile(join(folder, 'installed.json'), 'utf8')));
  const hashes = record.files.map(async ({ path }) => {
    const bytes = await readFile(join(folder, path));
    return [path, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}
