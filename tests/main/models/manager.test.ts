import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findInstalled } from '../../../src/analyser/installed.ts';
import { knownAnswerOf } from '../../../src/main/models/known-answer.ts';
import { ModelManager, type ModelManagerOptions } from '../../../src/main/models/manager.ts';
import type { InstallProgress } from '../../../src/shared/model-install.ts';
import { ModelServer } from './model-server.ts';
import { CHECKPOINT, CONFIG, MANIFEST, tinyAnswer, tinyHost, writeShipped } from './tiny-model.ts';

let server: ModelServer;
let folder: string;
let models: string;
let shipped: string;

beforeAll(async () => {
  server = await ModelServer.start();
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratewise-models-'));
  models = join(folder, 'models');
  shipped = join(folder, 'shipped');
  await writeShipped(shipped);
  server.reset();
  server.files.clear();
  server.files.set('tiny/config.json', CONFIG);
  server.files.set('tiny/model.safetensors', CHECKPOINT);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function manager(options: Partial<ModelManagerOptions> = {}): ModelManager {
  return new ModelManager({
    host: tinyHost(),
    shipped,
    models,
    retry: { attempts: 3, firstPauseMs: 5, maxPauseMs: 10 },
    stallMs: 1500,
    chunkBytes: 16_384,
    ...options,
  });
}

const accept = { acceptLicence: true } as const;
const install = (m = manager(), options = {}) =>
  m.install('tiny', { ...accept, source: server.url, ...options });

/** What the analyser would find. */
const active = async () =>
  [...(await findInstalled(models)).values()].map(({ id, version }) => `${id} ${version}`);

/** A model that counts as installed is whole and says what it has to: at no time anything else. */
async function expectNothingCorrupt(): Promise<void> {
  if ((await active()).length === 0) return;
  await tinyAnswer(models);
  expect((await manager().verify('tiny')).sound).toBe(true);
}

describe('installing a model', () => {
  it('fetches, builds, tests and activates it', async () => {
    const progress: InstallProgress[] = [];
    const record = await install(manager(), { onProgress: (p: InstallProgress) => progress.push(p) });
    expect(record).toMatchObject({
      id: 'tiny',
      version: '1',
      acceptedLicence: 'CC BY-NC 4.0',
      source: server.url,
    });
    expect(record.files.map(({ path }) => path)).toEqual(['data/weights.safetensors', 'tiny.json']);
    expect(await active()).toEqual(['tiny 1']);
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual([
      'fetching',
      'building',
      'checking',
      'activating',
    ]);
    expect(await readdir(join(models, '.work'))).toEqual(['tiny-lock']);
    expect((await stat(join(models, 'tiny/data/weights.safetensors'))).nlink).toBe(1);
    await expectNothingCorrupt();
    expect((await manager().list()).map(({ state }) => state)).toEqual(['installed']);
  });

  it('does nothing where it is installed, unless told to do it again', async () => {
    const first = await install();
    server.reset();
    expect(await install()).toEqual(first);
    expect(server.asked).toEqual([]);
    const second = await install(manager(), { again: true });
    expect(second.installedAt).toBeGreaterThanOrEqual(first.installedAt);
    expect(server.asked.length).toBeGreaterThan(0);
  });

  it.each([false, () => false, async () => false])(
    'fetches nothing without the licence',
    async (acceptLicence) => {
      await expect(install(manager(), { acceptLicence })).rejects.toMatchObject({
        code: 'licence-not-accepted',
      });
      expect(server.asked).toEqual([]);
      expect(existsSync(models)).toBe(false);
    },
  );

  it('shows size and room before it asks', async () => {
    let shown: unknown;
    const acceptLicence = (plan: unknown) => {
      shown = plan;
      return true;
    };
    await install(manager({ freeBytes: async () => 1e9 }), { acceptLicence });
    expect(shown).toMatchObject({ manifest: { id: 'tiny' }, downloadBytes: 80_000, freeBytes: 1e9 });
  });

  it('fetches nothing where another did it while the user was asked', async () => {
    const acceptLicence = async () => {
      await install();
      server.reset();
      return true;
    };
    const record = await install(manager(), { acceptLicence });
    expect(record).toEqual(await manager().store.record('tiny'));
    expect(server.asked).toEqual([]);
  });

  it('is not begun where the source has nothing', async () => {
    server.files.clear();
    await expect(install()).rejects.toMatchObject({ code: 'source-missing' });
    expect(await manager().status('tiny')).toMatchObject({ state: 'available', fetchedBytes: 0 });
  });

  it('says why nothing comes while it tries again, and no more once something does', async () => {
    server.reset({ status: { code: 503, times: 2 } });
    const told: InstallProgress[] = [];
    await install(manager(), { onProgress: (progress: InstallProgress) => void told.push(progress) });
    const troubles = told.flatMap(({ trouble }) => trouble ?? []);
    expect(troubles[0]).toMatch(/503/);
    expect(told.findLast(({ phase }) => phase === 'fetching')).not.toHaveProperty('trouble');
  });

  it('asks the source beforehand whether it is there', async () => {
    const there = manager({ source: server.url });
    expect(await there.reach('tiny')).toEqual({ name: new URL(server.url).href, problem: null });
    server.files.clear();
    expect((await there.reach('tiny')).problem).toMatch(/404/);
    const away = manager({ source: 'http://127.0.0.1:9/' });
    expect(await away.reach('tiny')).toMatchObject({ problem: expect.stringMatching(/127\.0\.0\.1/) });
    await expect(away.reach('other')).rejects.toMatchObject({ code: 'unknown-model' });
  });

  it('fetches nothing where the disk has no room', async () => {
    const small = manager({ freeBytes: async () => 1_000_000 });
    await expect(install(small)).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('1 MB'),
    });
    expect(server.asked).toEqual([]);
  });

  it('knows no other models', async () => {
    await expect(manager().install('huge', accept)).rejects.toMatchObject({ code: 'unknown-model' });
  });

  it('says that this version has no recipe for it, before it fetches', async () => {
    await writeShipped(shipped, { ...MANIFEST, recipe: 'other' });
    await expect(install()).rejects.toMatchObject({ code: 'no-recipe' });
    expect(server.asked).toEqual([]);
  });

  it('ends when it is cancelled, wherever it is, and goes on later', async () => {
    const phases = ['fetching', 'building', 'checking'];
    for (const phase of phases) {
      server.reset({ rate: 400_000 });
      const controller = new AbortController();
      const onProgress = (p: InstallProgress) => {
        if (p.phase === phase && p.done > 0) controller.abort();
      };
      await expect(install(manager(), { signal: controller.signal, onProgress })).rejects.toMatchObject({
        code: 'closed',
      });
      expect(await active()).toEqual([]);
      expect((await manager().status('tiny')).state).toBe('half');
    }
    server.reset();
    await install();
    // All of it was there already: only the header was looked at.
    expect(server.asked.every(({ from }) => from === 0)).toBe(true);
    await expectNothingCorrupt();
  });

  it('refuses while another does the same', async () => {
    // Slow enough to be at it until it is stopped.
    server.manners.rate = 2000;
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const first = install(manager(), {
      signal: stop.signal,
      onProgress: ({ done }: InstallProgress) => {
        if (done > 0) begun.resolve();
      },
    });
    const ended = expect(first).rejects.toMatchObject({ code: 'closed' });
    await begun.promise;
    await expect(install()).rejects.toMatchObject({ code: 'model-busy' });
    await expect(manager().remove('tiny')).rejects.toMatchObject({ code: 'model-busy' });
    stop.abort();
    await ended;
    await expectNothingCorrupt();
  });

  it.each<[string, (folder: string) => ReturnType<typeof tinyAnswer>]>([
    ['numbers that are none', async (at) => spoilt(await tinyAnswer(at), (v) => v.fill(Number.NaN, 3, 4))],
    ['the same everywhere', async (at) => spoilt(await tinyAnswer(at), (v) => v.fill(0.5))],
    ['nothing but zeros', async (at) => spoilt(await tinyAnswer(at), (v) => v.fill(0))],
    ['what is far too large', async (at) => spoilt(await tinyAnswer(at), (v) => (v[0] = 1e9))],
    ['another thing each time', async (at) => spoilt(await tinyAnswer(at), (v) => (v[1] = Math.random()))],
    ['nothing', async () => ({ answers: [], seconds: 0 })],
    ['that it crashed', async () => Promise.reject(new Error('crashed'))],
  ])('does not activate one that says %s', async (_, answer) => {
    await expect(install(manager({ host: tinyHost(answer) }))).rejects.toMatchObject({
      code: 'check-failed',
      message: expect.stringContaining('It was not activated.'),
    });
    expect(await active()).toEqual([]);
    await install();
    await expectNothingCorrupt();
  });

  it('does not activate one that says something else than is known', async () => {
    await install();
    const known = knownAnswerOf('tiny', '1', await tinyAnswer(models));
    await manager().remove('tiny');
    await writeShipped(shipped, MANIFEST, known);
    await install();
    expect((await manager().verify('tiny')).sound).toBe(true);
    await manager().remove('tiny');
    known.answers.tiny!.values[3]! += 0.1;
    await writeShipped(shipped, MANIFEST, known);
    await expect(install()).rejects.toMatchObject({
      code: 'check-failed',
      message: expect.stringContaining('not what'),
    });
    expect(await active()).toEqual([]);
  });

  it('keeps the old version until the new one is good, then removes it', async () => {
    await install();
    await writeShipped(shipped, { ...MANIFEST, version: '2' });
    expect((await manager().status('tiny')).state).toBe('outdated');
    server.manners.cut = { after: 0, times: 99 };
    await expect(install()).rejects.toMatchObject({ code: 'source-unreachable' });
    const wrong = manager({ host: tinyHost(async (at) => spoilt(await tinyAnswer(at), (v) => v.fill(0))) });
    server.reset();
    await expect(install(wrong)).rejects.toMatchObject({ code: 'check-failed' });
    expect(await active()).toEqual(['tiny 1']);
    await install();
    expect(await active()).toEqual(['tiny 2']);
    expect((await readdir(models)).sort()).toEqual(['.work', 'tiny']);
    await expectNothingCorrupt();
  });

  it('brings an old one back when models are next looked at, but not one that was being removed', async () => {
    await install();
    await rename(join(models, 'tiny'), join(models, '.old-tiny'));
    expect(await active()).toEqual([]);
    expect((await manager().status('tiny')).state).toBe('installed');
    expect(await active()).toEqual(['tiny 1']);
    await expectNothingCorrupt();
    await rename(join(models, 'tiny'), join(models, '.old-tiny'));
    await rm(join(models, '.old-tiny/installed.json'));
    expect((await manager().status('tiny')).state).toBe('available');
    expect(await active()).toEqual([]);
    expect(existsSync(join(models, '.old-tiny'))).toBe(false);
  });

  it('puts the old one back where it was killed between two renames', async () => {
    await install();
    await rename(join(models, 'tiny'), join(models, '.old-tiny'));
    await writeShipped(shipped, { ...MANIFEST, version: '2' });
    server.manners.cut = { after: 0, times: 99 };
    await expect(install()).rejects.toMatchObject({ code: 'source-unreachable' });
    expect(await active()).toEqual(['tiny 1']);
    await expectNothingCorrupt();
  });

  it('puts the old one back where the new one can not be moved', async () => {
    await install();
    const { store } = manager();
    // Nothing is staged: the second rename fails.
    await expect(store.activate('tiny')).rejects.toMatchObject({ code: 'model-in-use' });
    expect(await active()).toEqual(['tiny 1']);
    await expectNothingCorrupt();
  });

  it('removes an old one that a kill has left', async () => {
    await install();
    await mkdir(join(models, '.old-tiny'));
    await writeFile(join(models, '.old-tiny/installed.json'), '{}');
    await install(manager(), { again: true });
    expect((await readdir(models)).sort()).toEqual(['.work', 'tiny']);
  });

  it('replaces a folder that is no model', async () => {
    await mkdir(join(models, 'tiny'), { recursive: true });
    await writeFile(join(models, 'tiny/rubbish'), 'x');
    expect((await manager().status('tiny')).state).toBe('available');
    await install();
    expect((await manager().verify('tiny')).sound).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'says that the disk is full, keeps what came, and goes on when there is room (needs root to make a small disk)',
    async () => {
      await mkdir(models);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', models]);
      try {
        const plenty = { freeBytes: async () => 1e9 };
        await writeFile(join(models, 'other.bin'), Buffer.alloc(120_000));
        await expect(install(manager(plenty))).rejects.toMatchObject({ code: 'disk-full' });
        expect(await active()).toEqual([]);
        const { state, fetchedBytes } = await manager().status('tiny');
        expect(state).toBe('half');
        expect(fetchedBytes).toBeGreaterThan(16_384);
        await rm(join(models, 'other.bin'));
        server.reset();
        await install(manager(plenty));
        const taken = server.asked.filter(({ path }) => path === 'tiny/model.safetensors');
        expect(taken.at(-1)?.from).toBeGreaterThan(400_000);
        expect(await active()).toEqual(['tiny 1']);
      } finally {
        execFileSync('umount', [models]);
      }
    },
  );
});

describe('verifying a model', () => {
  it('finds files that were changed, that are missing and that do not belong there', async () => {
    await install();
    const file = join(models, 'tiny/data/weights.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    await rm(join(models, 'tiny/tiny.json'));
    await writeFile(join(models, 'tiny/extra'), 'x');
    expect(await manager().verify('tiny')).toEqual({
      changed: ['data/weights.safetensors'],
      missing: ['tiny.json'],
      extra: ['extra'],
      problem: null,
      sound: false,
    });
    await install(manager(), { again: true });
    expect((await manager().verify('tiny')).sound).toBe(true);
  });

  it('finds one that does not pass its test any more', async () => {
    await install();
    const wrong = manager({ host: tinyHost(async (at) => spoilt(await tinyAnswer(at), (v) => v.fill(0))) });
    expect(await wrong.verify('tiny')).toMatchObject({
      sound: false,
      problem: 'tiny did not pass its test: tiny is constant.',
    });
  });

  it('wants one that is installed', async () => {
    await expect(manager().verify('tiny')).rejects.toMatchObject({ code: 'not-installed' });
  });
});

describe('removing a model', () => {
  it('leaves nothing', async () => {
    await install();
    await manager().remove('tiny');
    expect(await active()).toEqual([]);
    expect((await manager().status('tiny')).state).toBe('available');
    await expect(manager().remove('tiny')).rejects.toMatchObject({ code: 'not-installed' });
  });

  it('also takes away what a begun installation has left', async () => {
    server.manners = { cut: { after: 50_000, times: 99 }, status: { code: 500, times: 0 } };
    server.manners.onAsked = ({ from }) => {
      if (from > 0) server.manners.cut = { after: 0, times: 99 };
    };
    await expect(install()).rejects.toThrow();
    expect((await manager().status('tiny')).state).toBe('half');
    await manager().remove('tiny');
    expect((await manager().status('tiny')).state).toBe('available');
  });
});

type Answer = Awaited<ReturnType<typeof tinyAnswer>>;

function spoilt(answer: Answer, spoil: (vector: Float32Array) => unknown): Answer {
  for (const { vector } of answer.answers) spoil(vector);
  return answer;
}
