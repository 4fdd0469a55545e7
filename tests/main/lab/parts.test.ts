import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../../src/main/lab/bootstrap.ts';
import { batches } from '../../../src/main/lab/candidates.ts';
import { exampleWeights } from '../../../src/main/lab/class-weights.ts';
import { evaluate } from '../../../src/main/lab/evaluate.ts';
import { protocolGrid, softmaxGrid } from '../../../src/main/lab/grid.ts';
import { matrix, row } from '../../../src/main/lab/matrix.ts';
import { poolSongs } from '../../../src/main/lab/pool-songs.ts';
import { productOfProbes } from '../../../src/main/lab/product.ts';
import { fitProbe, type ProbeDescription } from '../../../src/main/lab/train-probe.ts';
import { applyProbe, probeLogits, softmax } from '../../../src/shared/probe.ts';

describe('exampleWeights', () => {
  it('balances as scikit-learn does', () => {
    expect(exampleWeights([0, 0, 0, 1], 2, 'balanced')).toEqual([2 / 3, 2 / 3, 2 / 3, 2]);
    expect(exampleWeights([0, 1], 2, 'none')).toBeUndefined();
    expect(exampleWeights([0, 1, 1], 2, [3, 1])).toEqual([3, 1, 1]);
    expect(() => exampleWeights([0, 1], 2, [1])).toThrow(RangeError);
    expect(() => exampleWeights([0, 1], 2, [1, Number.NaN])).toThrow(RangeError);
  });
});

describe('poolSongs', () => {
  // Two clips shout for 0 or mumble for 1; the third mumbles for 1.
  const logits = matrix(4, 2, [9, 0, 0, 1, 0, 1, 5, 5.5]);
  const songs = ['s', 's', 's', 't'];
  const answers = (pooling: Parameters<typeof poolSongs>[3]) => {
    const pooled = poolSongs(logits, [0, 0, 0, 1], songs, pooling);
    expect(pooled.songs).toEqual(['s', 't']);
    expect(pooled.y).toEqual([0, 1]);
    return [0, 1].map((at) => softmax(row(pooled.scores, at)));
  };

  it('pools as the protocol names it', () => {
    expect(answers('vote')[0]![1]).toBeCloseTo(2 / 3, 6);
    const [a, b] = [softmax([9, 0]), softmax([0, 1])];
    expect(answers('mean-probability')[0]![0]).toBeCloseTo((a[0]! + 2 * b[0]!) / 3, 9);
    expect(answers('mean-logit')[0]).toEqual(softmax([3, 2 / 3]));
    expect(answers('max-logit')[0]).toEqual(softmax([9, 1]));
  });

  it('refuses clips of one song with different labels', () => {
    expect(() => poolSongs(logits, [0, 1, 0, 1], songs, 'vote')).toThrow(/clips of s/);
  });
});

describe('productOfProbes', () => {
  const description = (inputs: ProbeDescription['inputs']): ProbeDescription => {
    return { id: 'p', version: '1', task: 'genre', labels: ['a', 'b'], inputs, clip: 3 };
  };
  const [one, two] = ['one', 'two'].map((representation) => ({ representation, version: '1', dimension: 2 }));
  const y = [0, 1, 0, 1];
  const first = fitProbe(description([one!]), { x: matrix(4, 2, [0, 5, 1, 4, 0.2, 6, 0.9, 5]), y }, 1);
  const second = fitProbe(description([two!]), { x: matrix(4, 2, [3, 1, 2, 2, 3, 1.5, 2, 2.5]), y }, 1);

  it('multiplies distributions', () => {
    const product = productOfProbes([first, second], description([one!, two!]));
    const vectors = new Map([
      ['one', [0.3, 5.5]],
      ['two', [2.2, 1.1]],
    ]);
    const factors = [applyProbe(first, vectors), applyProbe(second, vectors)];
    const both = factors[0]!.map((p, at) => p * factors[1]![at]!);
    const sum = both[0]! + both[1]!;
    applyProbe(product, vectors).forEach((p, at) => {
      expect(p).toBeCloseTo(both[at]! / sum, 6);
    });
    expect(probeLogits(product, [0, 0, 1e9, 0])).toEqual(probeLogits(product, [0, 0, 1e6, 0]));
  });

  it('refuses what can not be multiplied', () => {
    const other = { ...second, labels: ['x', 'y'] };
    expect(() => productOfProbes([first, other], description([one!, two!]))).toThrow(/labels of its own/);
    const deep = { ...second, layers: [...second.layers, ...second.layers] };
    expect(() => productOfProbes([first, deep], description([one!, two!]))).toThrow(/linear/);
    const wide = { ...second, standardisation: { ...second.standardisation!, clip: 9 } };
    expect(() => productOfProbes([first, wide], description([one!, two!]))).toThrow(/elsewhere/);
  });
});

describe('evaluate', () => {
  it('counts, bins and measures', () => {
    const logits = matrix(4, 2, [3, 0, 0, 3, 3, 0, 0, 0.1]);
    const evaluation = evaluate('genre', logits, [0, 1, 1, 1], 1);
    expect(evaluation).toMatchObject({
      n: 4,
      mirex: null,
      confusion: [
        [1, 0],
        [1, 2],
      ],
    });
    expect(evaluation.accuracy.value).toBe(0.75);
    expect(evaluation.bins.map(({ n }) => n)).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 3]);
    expect(evaluation.bins[9]!.accuracy).toBeCloseTo(2 / 3);
    expect(evaluation.bins[9]!.confidence).toBeCloseTo(softmax([3, 0])[0]!);
  });

  it('scores keys by MIREX', () => {
    // Over 24 keys: right, a fifth above, relative.
    const row = (answer: number) => Array.from({ length: 24 }, (_, key) => (key === answer ? 5 : 0));
    const logits = matrix(3, 24, [...row(0), ...row(7), ...row(21)]);
    expect(evaluate('key', logits, [0, 0, 0], 1).mirex!.value).toBeCloseTo((1 + 0.5 + 0.3) / 3);
  });
});

describe('bootstrapInterval', () => {
  it('holds the mean, is the same each time, and nearly normal for many values', () => {
    const values = Array.from({ length: 400 }, (_, at) => (at % 4 === 0 ? 0 : 1));
    const interval = bootstrapInterval(values);
    expect(bootstrapInterval(values)).toEqual(interval);
    expect(interval.value).toBe(0.75);
    const half = 1.96 * Math.sqrt((0.75 * 0.25) / 400);
    expect(interval.low).toBeCloseTo(0.75 - half, 2);
    expect(interval.high).toBeCloseTo(0.75 + half, 2);
    expect(() => bootstrapInterval([])).toThrow(RangeError);
  });
});

describe('batches', () => {
  it('tries neighbouring softmax regressions together, in the order given', () => {
    const [mlp] = protocolGrid();
    const [a, b, c] = softmaxGrid([1, 2, 3]);
    expect(batches([a!, b!, mlp!, c!])).toEqual([[a, b], [mlp], [c]]);
  });
});
