import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../../src/main/host/node-host.ts';
import { protocolGrid, softmaxGrid } from '../../../src/main/lab/grid.ts';
import type { Split } from '../../../src/main/lab/gtzan.ts';
import { matrix, takeRows } from '../../../src/main/lab/matrix.ts';
import { accuracy } from '../../../src/main/lab/metrics.ts';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { runJob, runToEnd } from '../../../src/main/lab/run-job.ts';
import { type TrainRequest, train } from '../../../src/main/lab/train.ts';
import { logitsOf } from '../../../src/main/lab/train-probe.ts';
import { TrainingError } from '../../../src/main/lab/training-error.ts';
import { parseProbe, serialiseProbe } from '../../../src/shared/probe.ts';

/** Three clouds in four dimensions, of two representations. */
const rows = 90;
const random = randomFrom(11);
const noise = () => random() + random() + random() - 1.5;
const y = Array.from({ length: rows }, (_, at) => at % 3);
const x = matrix(
  rows,
  4,
  y.flatMap((label) => [0, 1, 2, 3].map((column) => noise() + (column === label ? 1.2 : 0))),
);
const split = y.map((_, at): Split => (at < 60 ? 'train' : at < 75 ? 'valid' : 'test'));

const request = (change: Partial<TrainRequest> = {}): TrainRequest => ({
  description: {
    id: 'clouds',
    version: '1',
    task: 'genre',
    labels: ['a', 'b', 'c'],
    inputs: [
      { representation: 'one', version: '1', dimension: 3 },
      { representation: 'two', version: '1', dimension: 1 },
    ],
    clip: 4,
  },
  examples: { x, y, split },
  candidates: softmaxGrid([0.001, 0.1, 1]),
  choose: 'loss',
  classWeights: 'none',
  folds: 3,
  refit: false,
  seed: 1,
  provenance: { data: 'd', split: 's', protocol: 'p', command: 'c', date: '2026-11-23' },
  ...change,
});
const fast = { checkEvery: 4, patience: 10, maxSteps: 200 };
const mlp = { ...protocolGrid()[108]!, dropout: 0.25, standardise: true };

describe('train', () => {
  it('chooses by the validation rows and calibrates on them', () => {
    const outcome = runToEnd(train(request()));
    expect(outcome.trials.map(({ candidate }) => candidate)).toEqual(softmaxGrid([0.001, 0.1, 1]));
    const least = Math.min(...outcome.trials.map(({ loss }) => loss));
    expect(outcome.trials.find(({ loss }) => loss === least)!.candidate).toEqual(outcome.chosen);
    expect(outcome.heldOut.rows).toEqual(Array.from({ length: 15 }, (_, at) => 60 + at));
    expect(outcome.probe.temperature).not.toBe(1);
    const test = y.flatMap((_, at) => (split[at] === 'test' ? [at] : []));
    const logits = logitsOf(outcome.probe, takeRows(x, test));
    expect(
      accuracy(
        logits,
        test.map((at) => y[at]!),
      ),
    ).toBeGreaterThan(0.7);
  });

  it('never looks at the test rows', () => {
    const spoilt = { ...x, data: x.data.map((value, at) => (at >= 75 * 4 ? 1e6 : value)) };
    const outcome = runToEnd(train(request({ examples: { x: spoilt, y, split } })));
    expect(outcome).toEqual(runToEnd(train(request())));
  });

  it('validates by folds where there are no validation rows, and fits on all', () => {
    const outcome = runToEnd(train(request({ examples: { x, y } })));
    expect(outcome.heldOut.rows).toHaveLength(rows);
    expect(accuracy(outcome.heldOut.logits, y)).toBeGreaterThan(0.7);
  });

  it('makes fewer folds where there are fewer groups', () => {
    const groups = y.map((_, at) => (at % 2 === 0 ? 'one' : 'two'));
    const { heldOut } = runToEnd(train(request({ examples: { x, y, groups } })));
    expect(accuracy(heldOut.logits, y)).toBeGreaterThan(0.6);
  });

  it('fits again on train and valid when asked to', () => {
    const once = runToEnd(train(request()));
    const twice = runToEnd(train(request({ refit: true })));
    expect(twice.chosen).toEqual(once.chosen);
    expect(twice.probe.temperature).toBe(once.probe.temperature);
    expect(twice.probe.layers).not.toEqual(once.probe.layers);
  });

  it.each([
    ['validation rows', { x, y, split }],
    ['folds', { x, y }],
  ])('trains an MLP by %s, the same each time, and its file reads back', (_, examples) => {
    const run = () => runToEnd(train(request({ examples, candidates: [mlp], stopping: fast })));
    const outcome = run();
    expect(run()).toEqual(outcome);
    expect(outcome.probe.layers.map(({ activation }) => activation)).toEqual(['relu', 'linear']);
    expect(outcome.trials[0]!.score).toBeGreaterThan(0.7);
    expect(parseProbe(serialiseProbe(outcome.probe))).toEqual(outcome.probe);
  });

  it('lets a rare class be heard when classes are weighed', () => {
    const kept = y.flatMap((label, at) => (label !== 2 || at < 12 ? [at] : []));
    const examples = { x: takeRows(x, kept), y: kept.map((at) => y[at]!) };
    const saidRare = (classWeights: TrainRequest['classWeights']) => {
      const { probe } = runToEnd(train(request({ examples, classWeights, candidates: softmaxGrid([0.05]) })));
      const logits = logitsOf(probe, x);
      return y.filter(
        (_, at) => logits.data[at * 3 + 2]! > Math.max(logits.data[at * 3]!, logits.data[at * 3 + 1]!),
      ).length;
    };
    expect(saidRare('balanced')).toBeGreaterThan(saidRare('none') + 5);
    expect(saidRare([1, 1, 50])).toBeGreaterThan(saidRare('balanced'));
  });

  it.each<[string, Partial<TrainRequest>, RegExp]>([
    ['a label without examples', { examples: { x, y: y.map((label) => label % 2) } }, /labelled c/],
    ['a label out of range', { examples: { x, y: y.map((label) => label + 1) } }, /does not know/],
    [
      'a number that is not finite',
      { examples: { x: { ...x, data: x.data.with(7, Number.NaN) }, y } },
      /Example 1 .*finite/,
    ],
    ['vectors of another width', { examples: { x: matrix(rows, 1, new Array(rows).fill(0)), y } }, /not 4/],
    ['one group only', { examples: { x, y, groups: y.map(() => 'one artist') } }, /one artist or album/],
    ['no candidate', { candidates: [] }, /empty/],
    ['key labels that are not the 24', { description: { ...request().description, task: 'key' } }, /24 keys/],
  ])('refuses %s', (_, change, message) => {
    expect(() => runToEnd(train(request(change)))).toThrow(TrainingError);
    expect(() => runToEnd(train(request(change)))).toThrow(message);
  });
});

describe('runJob', () => {
  it('trains in a process of its own what training here gives', async () => {
    const seen: number[] = [];
    const outcome = await runJob(nodeHost, 'train', request(), { onProgress: ({ done }) => seen.push(done) });
    expect(outcome).toEqual(runToEnd(train(request())));
  });

  it('tells what is wrong with a request', async () => {
    await expect(runJob(nodeHost, 'train', request({ candidates: [] }))).rejects.toThrow(/empty/);
  });

  it('reports progress and stops at once when aborted', async () => {
    const abort = new AbortController();
    const endless = { checkEvery: 1, patience: 1e9 };
    const job = runJob(nodeHost, 'train', request({ candidates: [mlp], stopping: endless }), {
      signal: abort.signal,
      onProgress: ({ steps }) => {
        if (steps > 0) abort.abort();
      },
    });
    await expect(job).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the grids', () => {
  it('have 216 points, and 324 with the third shape', () => {
    expect(new Set(protocolGrid().map((point) => JSON.stringify(point))).size).toBe(216);
    expect(protocolGrid([[], [512], [512, 256]])).toHaveLength(324);
  });
});
