import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Analyser } from '../../../../src/analyser/analyser.ts';
import type { Machine } from '../../../../src/analyser/onnx/machine.ts';
import { MusicgenHost } from '../../../../src/analyser/representations/musicgen/host.ts';
import { writeTinyModel } from './tiny-model.ts';

const machine: Machine = {
  processor: { name: 'Abacus', driver: '' },
  others: [{ provider: 'cuda', missing: 'its library is not installed', device: undefined }],
  runtime: '1',
};

it('tells what may be tried before it is, and what was found out afterwards, also to the next process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-outlook-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { installed, model } = writeTinyModel(folder, 'wrong', [{}, { precision: 'int8', error: 0.5 }]);
  const host = () =>
    new MusicgenHost(installed, model, {
      threads: 1,
      machine: async () => machine,
      settings: { device: 'auto', precision: 'int8', remember: join(folder, 'devices.json') },
    });
  const first = host();
  const left = { provider: 'cuda', accepted: false, tried: true, reason: 'its library is not installed' };
  const int8 = { provider: 'cpu', device: 'Abacus', precision: 'int8', accepted: false };
  expect(await first.outlook()).toMatchObject([left, { ...int8, tried: false, reason: '' }]);
  // Nothing was opened for that.
  expect(first.report().inUse).toBeNull();
  await first.batch();
  const found = await host().outlook();
  expect(found).toMatchObject([left, { ...int8, tried: true }]);
  expect(found[1]!.reason).toMatch(/differs from the processor’s result/);
});

it('names the processor, and what is beside it or why not, also where no large model is installed', async () => {
  const { processor, others, models } = await new Analyser([], []).devices();
  expect(processor).not.toBe('');
  expect(models).toEqual([]);
  for (const { device, missing } of others) expect(device === null).toBe(missing !== null);
});
