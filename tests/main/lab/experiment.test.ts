import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset, DatasetRow } from '../../../src/main/lab/datasets/dataset.ts';
import { evaluateProbeFile } from '../../../src/main/lab/evaluate-probe.ts';
import { type ExperimentRequest, experiment } from '../../../src/main/lab/experiment.ts';
import { Extraction } from '../../../src/main/lab/features/extraction.ts';
import { loadFeatures } from '../../../src/main/lab/features/load.ts';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { writeReport } from '../../../src/main/lab/report/write.ts';
import { readResults, writeExperiment } from '../../../src/main/lab/results.ts';
import { runToEnd } from '../../../src/main/lab/run-job.ts';
import { KEY_LABELS } from '../../../src/shared/music/key.ts';
import { parseProbe } from '../../../src/shared/probe.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-lab-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WINDOWS = { count: 0, seconds: 30 };
const ONE = { id: 'one', version: '1', dimension: 3 };
const TWO = { id: 'two:4', version: '2', dimension: 1 };
const LABELS = ['low', 'mid', 'high'];

/** 60 rows whose label shows in `one`, with some noise, and a little in `two`. */
function dataset(change: (row: DatasetRow, at: number) => DatasetRow = (row) => row): Dataset {
  const rows = Array.from({ length: 60 }, (_, at) => {
    return change(
      {
        id: `r${at}`,
        path: `/m/${at}.flac`,
        clip: null,
        label: LABELS[at % 3]!,
        split: null,
        group: '',
        song: '',
      },
      at,
    );
  });
  return { name: 'toy', kind: 'csv', task: 'genre', labels: LABELS, rows, leftOut: [] };
}

function extracted(data: Dataset, skip: readonly number[] = []): void {
  const random = randomFrom(3);
  const extraction = new Extraction(folder, data, [ONE, TWO], WINDOWS, false);
  data.rows.forEach((row, index) => {
    const label = data.labels.indexOf(row.label);
    const vector = Float32Array.from({ length: 3 }, (_, at) => random() + (at === label % 3 ? 1 : 0));
    if (skip.includes(index)) return;
    extraction.store(index, [
      { representation: 'one', version: '1', vector },
      { representation: 'two:4', version: '2', vector: Float32Array.of(random() + label / 3) },
    ]);
  });
  extraction.close();
}

const request = (change: Partial<ExperimentRequest> = {}): ExperimentRequest => ({
  folder,
  representations: ['one'],
  grid: 'softmax',
  classWeights: 'none',
  seed: 1,
  id: 'toy',
  command: 'test',
  date: '2026-11-23',
  ...change,
});
const splitOf = (at: number) =>
  (at < 30 ? 'train' : at < 45 ? 'valid' : 'test') as 'train' | 'valid' | 'test';

describe('an extraction', () => {
  it('goes on where it was left, row by row', () => {
    const data = dataset();
    const first = new Extraction(folder, data, [ONE], WINDOWS, false);
    expect(first.state).toMatchObject({ rows: 60, pending: 60, failed: 0 });
    for (const { index } of first.next(10)) {
      first.store(index, [{ representation: 'one', version: '1', vector: Float32Array.of(1, 2, 3) }]);
    }
    first.fail(10, 'undecodable', 'it is\na\tpicture');
    first.close();
    const again = new Extraction(folder, data, [ONE, TWO], WINDOWS, false);
    expect(again.state).toMatchObject({ pending: 59, failed: 1 });
    expect(again.next(1)).toEqual([{ index: 0, path: '/m/0.flac', clip: null, representations: ['two:4'] }]);
    expect(again.next(100).find(({ index }) => index === 11)!.representations).toEqual(['one', 'two:4']);
    expect(again.next(100)).toEqual([]);
    again.close();
    const retried = new Extraction(folder, data, [ONE], WINDOWS, true);
    expect(retried.state).toMatchObject({ pending: 50, failed: 0 });
    retried.close();
  });

  it('follows its data set: new rows come after, rows that are gone are not used', () => {
    extracted(dataset());
    const { rows } = dataset();
    const changed = {
      ...dataset(),
      rows: [...rows.slice(5), { ...rows[0]!, id: 'new', path: '/m/new.flac' }],
    };
    const again = new Extraction(folder, changed, [ONE], WINDOWS, false);
    expect(again.next(100).map(({ index }) => index)).toEqual([60]);
    again.close();
    expect(loadFeatures(folder, ['two:4']).rows.map(({ id }) => id)).toEqual(
      rows.slice(5).map(({ id }) => id),
    );
  });

  it('refuses a folder of another data set, or of other windows', () => {
    extracted(dataset());
    const open = (change: Partial<Dataset>, windows = WINDOWS) =>
      new Extraction(folder, { ...dataset(), ...change }, [ONE], windows, false);
    expect(() => open({ name: 'other' })).toThrow(/another data set/);
    expect(() => open({}, { count: 3, seconds: 30 })).toThrow(/0 windows of 30 s/);
  });
});

describe('an experiment', () => {
  it('measures on the test rows of a split, and says which it got wrong', () => {
    extracted(
      dataset((row, at) => ({ ...row, split: splitOf(at) })),
      [2, 50],
    );
    const { probe, result } = runToEnd(experiment(request({ representations: ['one', 'two:4'] })));
    expect(result.dataset).toMatchObject({ train: 29, valid: 15, test: 14, missing: 2 });
    expect(result.measuredOn).toBe('test');
    expect(result.evaluation.n).toBe(14);
    expect(result.comparable).toBe(false);
    expect(result.score.value).toBeGreaterThan(0.6);
    expect(result.wrong).toHaveLength(Math.round(14 * (1 - result.score.value)));
    expect(probe.inputs.map(({ representation }) => representation)).toEqual(['one', 'two:4']);
    expect(probe.provenance.scores[0]).toMatchObject({ on: 'toy, test', n: 14 });
  });

  it('measures by folds where there is no split, groups kept together', () => {
    extracted(dataset((row, at) => ({ ...row, group: `artist ${Math.floor(at / 4)}` })));
    const { result } = runToEnd(experiment(request()));
    expect([result.measuredOn, result.evaluation.n]).toEqual(['folds', 60]);
    expect(result.evaluation.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(60);
  });

  it('answers keys by song, pooled as is best on held-out rows', () => {
    const keys = [KEY_LABELS[0]!, KEY_LABELS[7]!, KEY_LABELS[21]!];
    const data = dataset((row, at) => {
      const song = Math.floor(at / 4);
      return {
        ...row,
        label: keys[song % 3]!,
        song: `s${song}`,
        group: `s${song}`,
        split: splitOf(at - (at % 4)),
      };
    });
    extracted({ ...data, task: 'key', labels: KEY_LABELS });
    const { result, probe } = runToEnd(experiment(request()));
    expect(result.evaluation.n).toBe(12);
    expect(result.bySong!.n).toBe(3);
    expect(result.score).toEqual(result.bySong!.mirex);
    // C major and G major are a fifth apart: the score is not below the accuracy.
    expect(result.bySong!.mirex.value).toBeGreaterThanOrEqual(result.bySong!.accuracy.value);
    expect(probe.labels).toEqual(KEY_LABELS);
  });

  it('needs examples of every genre, and of two keys', () => {
    const oneKey = dataset((row) => ({ ...row, label: 'C major' }));
    extracted({ ...oneKey, task: 'key', labels: KEY_LABELS });
    expect(() => runToEnd(experiment(request()))).toThrow(/No training example is labelled Db major/);
  });

  it('leaves a probe and a result that are read back', () => {
    extracted(dataset());
    const { probe, result } = runToEnd(experiment(request()));
    const file = writeExperiment(folder, 'one', probe, result);
    expect(parseProbe(readFileSync(file, 'utf8'))).toEqual(probe);
    expect(readResults(folder)).toEqual([result]);
    writeFileSync(join(folder, 'results', 'bad.json'), JSON.stringify({ ...result, evaluation: {} }));
    expect(() => readResults(folder)).toThrow(/bad.json is not a result/);
  });
});

describe('a report', () => {
  it('trains what has no result yet, and says what is lacking', () => {
    extracted(dataset());
    const { folder: _, representations: __, id: ___, ...train } = request();
    const report = { folders: [folder], out: join(folder, 'report'), date: '2026-11-23' };
    expect(() => runToEnd(writeReport({ ...report, train: null }))).toThrow(/no result/);
    const summary = runToEnd(writeReport({ ...report, train }));
    expect(summary.experiments).toBe(2);
    expect(summary.gaps.genre).toHaveLength(7);
    const json = JSON.parse(readFileSync(summary.json, 'utf8')) as { results: unknown[] };
    expect(json.results).toHaveLength(2);
    expect(readFileSync(summary.page, 'utf8')).toContain('two:4');
    expect(existsSync(join(folder, 'probes', 'two+4.json'))).toBe(true);
  });
});

describe('evaluateProbeFile', () => {
  const trained = () => {
    extracted(dataset());
    const { probe, result } = runToEnd(experiment(request()));
    return { probe, file: writeExperiment(folder, 'one', probe, result) };
  };

  it('measures a probe on the rows whose label it knows', () => {
    const { file } = trained();
    const text = readFileSync(file, 'utf8').replace('"high"', '"higher"');
    writeFileSync(file, text);
    const evaluated = evaluateProbeFile(folder, file);
    expect(evaluated).toMatchObject({ measuredOn: 'all', unknownLabels: 20 });
    expect(evaluated.evaluation.n).toBe(40);
    expect(evaluated.evaluation.accuracy.value).toBeGreaterThan(0.6);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'of another version of the representation',
      (text) => text.replace('"version": "1",\n      "dim', '"version": "9",\n      "dim'),
      /needs one version 9/,
    ],
    [
      'of a representation that the folder lacks',
      (text) => text.replace('"one"', '"three"'),
      /no vectors of three/,
    ],
    ['for another task', (text) => text.replace('"task": "genre"', '"task": "key"'), /answers for key/],
    ['that is no probe', () => '{}', /not a Cratewise probe/],
    [
      'with labels of its own',
      (text) => text.replace(/"(low|mid|high)"/g, '"$1 x"'),
      /none of the data set's labels/,
    ],
  ])('refuses one %s', (_, change, message) => {
    const { file } = trained();
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    expect(() => evaluateProbeFile(folder, file)).toThrow(message);
  });
});

describe('loadFeatures', () => {
  it.each<[string, () => void, RegExp]>([
    ['a folder that is none', () => rmSync(join(folder, 'dataset.json')), /did not|is not a folder/],
    [
      'a manifest that points elsewhere',
      () => edit('dataset.json', '"one@1.npy"', '"../../etc/passwd"'),
      /is not a folder/,
    ],
    [
      'a manifest that lies about the dimension',
      () => edit('dataset.json', '"dimension": 3', '"dimension": 4'),
      /hold 4 numbers/,
    ],
    ['a missing file', () => rmSync(join(folder, 'vectors/one@1.npy')), /can't be read/],
    [
      'an array that is cut off',
      () =>
        writeFileSync(
          join(folder, 'vectors/one@1.npy'),
          readFileSync(join(folder, 'vectors/one@1.npy')).subarray(0, 200),
        ),
      /bytes/,
    ],
    ['fewer names than rows', () => edit('rows.tsv', 'r59\t/m/59.flac\t\thigh\t\t\t\n', ''), /for each row/],
  ])('refuses %s', (_, spoil, message) => {
    extracted(dataset());
    spoil();
    expect(() => loadFeatures(folder, ['one'])).toThrow(message);
  });

  function edit(name: string, from: string, to: string): void {
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  }
});
