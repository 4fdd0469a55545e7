import { call } from '@orpc/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ANALYSE } from '../../../src/main/analysis/analyse.ts';
import { devicesSchema } from '../../../src/shared/contract/models.ts';
import type { DeviceReport } from '../../../src/shared/device.ts';
import { GENRE, KEY, temporaryFolder } from '../catalogue/support.ts';
import { servedLibrary } from './library.ts';
import { ScriptedAnalysers } from './scripted-analysers.ts';

const BUILT_IN = { ...KEY, representations: ['chroma'], tier: 'built-in', needs: 'built-in' };
const SMALL = {
  ...GENRE,
  id: 'standard-genre',
  representations: ['choi'],
  tier: 'standard',
  needs: 'standard',
};
const CHOI = { id: 'choi', version: '1', dimension: 160, tier: 'standard' };
const LARGE = { id: 'musicgen-small', version: '1', dimension: 1024, tier: 'musicgen-small' };

async function served(...representations: (typeof CHOI)[]) {
  const host = new ScriptedAnalysers();
  const predictors = representations.includes(CHOI) ? [BUILT_IN, SMALL] : [BUILT_IN];
  host.description = { predictors, representations, problems: [] };
  return { host, ...(await servedLibrary(host)) };
}

describe('what listens', () => {
  it('is told with what is installed, and what is due by each choice before it is made', async () => {
    const { router, library } = await served(CHOI, LARGE);
    const tiers = await call(router.models.tiers, undefined);
    expect(tiers.chosen).toBe('auto');
    expect(
      tiers.choices.map(({ tier, installed, predictors }) => [tier, installed, predictors.length]),
    ).toEqual([
      ['auto', true, 2],
      ['built-in', true, 1],
      ['standard', true, 2],
      ['musicgen-small', true, 2],
    ]);
    const due = (tier: string) => call(router.models.due, { tier });
    expect(await due('musicgen-small')).toEqual([
      { tier: 'standard', tracks: 2 },
      { tier: 'musicgen-small', tracks: 2 },
    ]);
    // One is heard by what is built in: only the others are due for that.
    const { run } = library.catalogue.queue.enqueue({ kind: ANALYSE, predictors: [KEY] });
    const [item] = library.catalogue.queue.claim(ANALYSE, 1, run);
    library.catalogue.queue.complete(
      item!.id,
      { durationSeconds: 1, windows: [], embeddings: [], predictions: [] },
      [KEY],
      [{ id: 'chroma', version: '1' }],
    );
    expect(await due('built-in')).toEqual([{ tier: 'standard', tracks: 1 }]);
    expect(await due('standard')).toEqual([{ tier: 'standard', tracks: 2 }]);
  });

  it('is chosen only where it is there', async () => {
    const { router, library } = await served();
    await expect(call(router.models.setTier, { tier: 'standard' })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { code: 'tier-not-installed' },
    });
    await expect(call(router.models.due, { tier: 'musicgen-large' })).rejects.toMatchObject({
      data: { code: 'tier-not-installed' },
    });
    expect((await call(router.models.setTier, { tier: 'built-in' })).chosen).toBe('built-in');
    expect(library.settings.tier).toBe('built-in');
    // What was removed after it was chosen is shown as that.
    library.settings.tier = 'musicgen-small';
    const { choices } = await call(router.models.tiers, undefined);
    expect(choices.find(({ tier }) => tier === 'musicgen-small')).toEqual({
      tier: 'musicgen-small',
      installed: false,
      predictors: [],
    });
    expect(choices.find(({ tier }) => tier === 'standard')?.installed).toBe(false);
  });

  it('are asked for anew when something was forgotten', async () => {
    vi.stubEnv('XDG_DATA_HOME', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const { router, host } = await served();
    const own = { ...SMALL, id: 'own-genre', representations: ['chroma'], tier: 'own', needs: 'built-in' };
    host.description = { ...host.description, predictors: [BUILT_IN, own] };
    const counts = async () =>
      (await call(router.models.tiers, undefined)).choices.map(({ predictors }) => predictors.length);
    const before = await counts();
    host.description = { ...host.description, predictors: [BUILT_IN] };
    expect(await counts()).toEqual(before);
    await call(router.learn.forget, { task: 'genre' });
    expect(await counts()).toEqual(before.map((count) => Math.max(0, count - 1)));
  });
});

describe('devices', () => {
  it('are named with what is known of them, and with where a large model ran last', async () => {
    const { router, library, host, work } = await served(CHOI, LARGE);
    const inUse = {
      provider: 'cuda',
      device: 'NVIDIA H100',
      precision: 'fp16',
      batch: 8,
      reason: 'cosine 0.99998, 40.0 times as fast as the processor in fp32',
    } as const;
    const report: DeviceReport = { model: 'musicgen-small', inUse, considered: [] };
    host.description = { ...host.description, devices: [report] };
    host.overview = {
      processor: 'Abacus 9',
      others: [{ provider: 'cuda', device: null, missing: 'its library is not installed' }],
      models: [
        {
          model: 'musicgen-small',
          prospects: [
            {
              provider: 'cpu',
              device: 'Abacus 9',
              precision: 'int8',
              accepted: false,
              tried: true,
              reason: 'differs',
            },
          ],
        },
      ],
    };
    const before = await call(router.models.devices, undefined);
    expect(devicesSchema.parse(before)).toEqual(before);
    expect(before).toMatchObject({
      chosen: { device: 'auto', precision: 'auto' },
      processor: 'Abacus 9',
      others: [{ provider: 'cuda', missing: 'its library is not installed' }],
      small: ['choi'],
      large: [{ model: 'musicgen-small', last: null, prospects: [{ accepted: false, reason: 'differs' }] }],
    });
    host.hearAll();
    library.settings.tier = 'musicgen-small';
    work.analyse();
    for await (const { last } of work.watch()) if (last) break;
    const after = await call(router.models.setDevice, { device: 'cpu', precision: 'fp32' });
    expect(after.chosen).toEqual({ device: 'cpu', precision: 'fp32' });
    expect(after.large[0]!.last).toMatchObject(inUse);
    expect(library.settings).toMatchObject({ device: 'cpu', precision: 'fp32' });
    await expect(
      call(router.models.setDevice, { device: 'abacus' as 'cpu', precision: 'auto' }),
    ).rejects.toThrow();
  });
});
