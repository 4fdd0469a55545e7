import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analyser } from '../../../src/analyser/analyser.ts';
import { loadPredictors } from '../../../src/analyser/predictors/index.ts';
import { loadProbes } from '../../../src/analyser/predictors/probe-files.ts';
import { PreparedWindow } from '../../../src/analyser/prepared-window.ts';
import { builtinRepresentations } from '../../../src/analyser/representations/index.ts';
import type { Representation } from '../../../src/analyser/representations/representation.ts';
import { modelsFolder } from '../../../src/main/host/places.ts';
import { applyProbe, type Probe, parseProbe, serialiseProbe } from '../../../src/shared/probe.ts';
import { sine } from '../signals.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-probes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The window's first sample and its square. */
const start: Representation = {
  id: 'start',
  version: '4',
  sampleRate: 8000,
  dimension: 2,
  minimumSeconds: 1,
  compute: (window) => {
    const first = window.pcm(8000)[0]!;
    return Float32Array.of(first, first * first);
  },
};

const probe = (change: Partial<Probe> = {}): Probe => ({
  id: 'own-genre',
  version: '3',
  task: 'genre',
  labels: ['low', 'high'],
  inputs: [{ representation: 'start', version: '4', dimension: 2 }],
  standardisation: null,
  layers: [
    {
      inputs: 2,
      outputs: 2,
      weights: Float32Array.of(0, 0, 0, 8),
      bias: Float32Array.of(0, -1),
      activation: 'linear',
    },
  ],
  temperature: 1,
  provenance: { data: '', split: '', protocol: '', command: '', date: '2026-01-01', scores: [] },
  ...change,
});

const windows = [0.2, 0.9].map(
  (value, at) => new PreparedWindow(at * 8, 8, new Map([[8000, new Float32Array(8000).fill(value)]])),
);

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

describe('probe files', () => {
  it('become predictors whose version holds that of what they read', async () => {
    const path = folderOf('good', { 'own-genre.json': serialiseProbe(probe()) });
    const { predictors, problems } = await loadProbes([{ path, own: true }], [start]);
    expect(problems).toEqual([]);
    expect(predictors).toMatchObject([
      {
        id: 'own-genre',
        version: '3 of start@4',
        tier: 'own',
        representations: ['start'],
        minimumSeconds: 5,
      },
    ]);
  });

  it('pool distributions, or vectors where they were trained on a track’s mean', async () => {
    const made = async (own: Probe, name: string) =>
      (await loadProbes([{ path: folderOf(name, { 'a.json': serialiseProbe(own) }), own: true }], [start]))
        .predictors[0]!;
    const each = await (await made(probe(), 'distributions')).predict(windows);
    const pooled = await (await made(probe({ pooling: 'vectors' }), 'vectors')).predict(windows);
    const alone = (first: number, square: number) =>
      applyProbe(probe(), new Map([['start', Float32Array.of(first, square)]]))[1]!;
    expect(each[1]).toBeCloseTo((alone(0.2, 0.04) + alone(0.9, 0.81)) / 2, 6);
    expect(pooled[1]).toBeCloseTo(alone(0.55, 0.425), 6);
  });

  it('that are damaged, unfitting or ahead of an install are told of, and the others work', async () => {
    const huge = folderOf('bad', {
      'a-good.json': serialiseProbe(probe({ id: 'good' })),
      'b-again.json': serialiseProbe(probe({ id: 'good' })),
      'c-damaged.json': serialiseProbe(probe({ id: 'damaged' })).slice(0, 200),
      'd-nan.json': serialiseProbe(probe({ id: 'nan', temperature: 1 })).replace(
        /"bias": ".*?"/,
        '"bias": "AADAfwAAgL8="',
      ),
      'e-old.json': serialiseProbe(
        probe({ id: 'old', inputs: [{ representation: 'start', version: '3', dimension: 2 }] }),
      ),
      'f-later.json': serialiseProbe(
        probe({ id: 'later', inputs: [{ representation: 'choi', version: '1', dimension: 2 }] }),
      ),
      'g-other.json': '{"format":"something else"}',
      'h-huge.json': '',
      '.hidden.json': 'not read',
      'notes.txt': 'not read',
    });
    truncateSync(join(huge, 'h-huge.json'), 65 * 1024 * 1024);
    const { predictors, problems } = await loadProbes([{ path: huge, own: true }], [start]);
    expect(predictors.map(({ id }) => id)).toEqual(['good']);
    expect(problems.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'b-again.json bad-probe',
      'c-damaged.json bad-probe',
      'd-nan.json bad-probe',
      'e-old.json bad-probe',
      'f-later.json not-installed',
      'g-other.json bad-probe',
      'h-huge.json bad-probe',
    ]);
    expect(problems[2]?.message).toContain('finite');
    expect(problems[3]?.message).toContain('version 3, not version 4');
    expect(problems[4]?.message).toContain('choi');
  });

  it('of a folder that is not there are none', async () => {
    expect(await loadProbes([{ path: join(folder, 'none'), own: true }], [start])).toEqual({
      predictors: [],
      problems: [],
    });
  });
});

describe('the predictors that we ship', () => {
  it('say of a sound what their probe says of its vectors, window by window', async () => {
    const { predictors, problems } = await loadPredictors({
      modelsFolder,
      representations: builtinRepresentations,
    });
    expect(problems.filter(({ code }) => code === 'bad-probe')).toEqual([]);
    const genre = predictors.find(({ id }) => id === 'builtin-genre')!;
    const shipped = parseProbe(readFileSync(join(modelsFolder, 'builtin-genre.json'), 'utf8'));
    const heard = [110, 440].map(
      (hertz) =>
        new PreparedWindow(
          0,
          6,
          new Map([22_050, 12_000].map((rate) => [rate, sine(rate, 6, hertz, 0.5)] as const)),
        ),
    );
    const expected = await Promise.all(
      heard.map(async (window) => {
        const vectors = new Map<string, Float32Array>();
        for (const representation of builtinRepresentations)
          vectors.set(representation.id, await window.vector(representation));
        return applyProbe(shipped, vectors);
      }),
    );
    const said = await genre.predict(heard);
    said.forEach((p, k) => {
      expect(p).toBeCloseTo((expected[0]![k]! + expected[1]![k]!) / 2, 12);
    });
    const { predictors: described } = await new Analyser(builtinRepresentations, predictors).describe();
    expect(described).toContainEqual({
      id: 'builtin-genre',
      version: `${shipped.version} of mfcc-12k@1, spectral-shape@1`,
      task: 'genre',
      representations: ['mfcc-12k', 'spectral-shape'],
      tier: 'built-in',
      needs: 'built-in',
    });
  });
});
