import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ModelManager } from '../../../src/main/models/manager.ts';
import { ModelWork } from '../../../src/main/service/models.ts';
import { type Installs, installsSchema, modelSchema } from '../../../src/shared/contract/models.ts';
import { ModelServer } from '../models/model-server.ts';
import { CHECKPOINT, CONFIG, MANIFEST, tinyHost, writeShipped } from '../models/tiny-model.ts';
import { servedLibrary } from './library.ts';

let server: ModelServer;
let folder: string;
let manager: ModelManager;
let work: ModelWork;

beforeAll(async () => {
  server = await ModelServer.start();
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratewise-models-'));
  for (const id of ['tiny', 'other']) await writeShipped(join(folder, 'shipped'), { ...MANIFEST, id });
  server.reset();
  server.files.set('tiny/config.json', CONFIG);
  server.files.set('tiny/model.safetensors', CHECKPOINT);
  manager = new ModelManager({
    host: tinyHost(),
    shipped: join(folder, 'shipped'),
    models: join(folder, 'models'),
    source: server.url,
    retry: { attempts: 2, firstPauseMs: 1, maxPauseMs: 1 },
  });
  work = new ModelWork(manager);
});
afterEach(async () => {
  await manager.close();
  await rm(folder, { recursive: true, force: true });
});

/** Watches until a state is as wanted; all that were seen. */
async function until(wanted: (state: Installs) => boolean): Promise<Installs[]> {
  const seen: Installs[] = [];
  for await (const state of work.watch()) {
    seen.push(installsSchema.parse(state));
    if (wanted(state)) break;
  }
  return seen;
}

const idle = ({ installs, ended }: Installs) => installs.length === 0 && ended.length > 0;

describe('models in the app', () => {
  it('are listed with what a user has to know', async () => {
    const rows = await work.list();
    expect(rows.map((row) => modelSchema.parse(row))).toEqual(rows);
    expect(rows[0]).toMatchObject({
      state: 'available',
      licence: { name: 'CC BY-NC 4.0', mustAccept: true },
      source: 'huggingface.co/no/body',
    });
  });

  it('are installed, one after the other, with progress', async () => {
    server.manners.rate = 200_000;
    await work.install(['tiny', 'other'], true);
    const states = await until(idle);
    expect(states.some(({ installs }) => installs.length === 2)).toBe(true);
    const phases = states
      .flatMap(({ installs }) => installs.filter(({ id }) => id === 'tiny'))
      .map((i) => i.phase);
    expect(phases).toContain('fetching');
    expect(states.at(-1)).toMatchObject({
      ended: [
        { id: 'tiny', outcome: 'installed' },
        // The server does not have it.
        { id: 'other', outcome: 'failed', problem: { code: 'source-missing' } },
      ],
      revision: 2,
    });
    expect((await work.list()).map(({ id, state }) => [id, state])).toContainEqual(['tiny', 'installed']);
    expect(await work.verify('tiny')).toMatchObject({ sound: true });
    await work.remove('tiny');
    expect((await until(() => true)).at(-1)?.revision).toBe(3);
  });

  it('are not begun without their licence', async () => {
    await expect(work.install(['tiny'], false)).rejects.toMatchObject({ code: 'licence-not-accepted' });
    expect(server.asked).toEqual([]);
  });

  it('are stopped, under way or in line, and gone on with', async () => {
    server.manners.rate = 100_000;
    await work.install(['tiny', 'other'], true);
    await until(({ installs }) => installs.some(({ phase, done }) => phase === 'fetching' && done > 0));
    work.stop('other');
    work.stop('tiny');
    work.stop('nothing of the kind');
    const states = await until(idle);
    expect(states.at(-1)?.ended.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'tiny stopped',
      'other stopped',
    ]);
    expect((await work.list()).find(({ id }) => id === 'tiny')?.state).toBe('half');
    server.manners = {};
    await work.install(['tiny'], true);
    await until(({ ended }) => ended.some(({ id, outcome }) => id === 'tiny' && outcome === 'installed'));
  });

  it('stop when the library is closed, and none is begun any more', async () => {
    server.manners.rate = 50_000;
    await work.install(['tiny', 'other'], true);
    await until(({ installs }) => installs.some(({ phase }) => phase === 'fetching'));
    await manager.close();
    expect((await until(idle)).at(-1)?.ended.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped']);
  });

  it('are part of the contract', async () => {
    const { router } = await servedLibrary();
    const rows = await call(router.models.list, undefined);
    expect(rows.map(({ id }) => id)).toContain('musicgen-small');
    await expect(
      call(router.models.install, { ids: ['musicgen-small'], acceptLicence: false }),
    ).rejects.toMatchObject({
      code: 'REFUSED',
      data: { code: 'licence-not-accepted' },
    });
    await expect(call(router.models.install, { ids: ['../../etc'], acceptLicence: true })).rejects.toThrow();
    await expect(call(router.models.verify, { id: 'no-such-model' })).rejects.toMatchObject({
      data: { code: 'unknown-model' },
    });
  });
});
