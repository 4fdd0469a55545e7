import { expect, it } from 'vitest';
import { type Matrix, row } from '../../../src/main/lab/matrix.ts';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { fitProbe, logitsOf } from '../../../src/main/lab/train-probe.ts';
import { joinSources, type Source } from '../../../src/main/learn/choose.ts';
import { derivedSources, foldDerived } from '../../../src/main/learn/derived.ts';
import { applyProbe, type Probe, parseProbe, serialiseProbe } from '../../../src/shared/probe.ts';

const random = randomFrom(5);
const N = 60;
const source = (representation: string, dimension: number): Source => ({
  input: { representation, version: '1', dimension },
  vectors: {
    rows: N,
    columns: dimension,
    data: Float64Array.from({ length: N * dimension }, () => random() * 4 - 1),
  },
});
const a = source('a', 3);
const b = source('b', 2);
const floats = (length: number) => Float32Array.from({ length }, () => random() * 2 - 0.5);

const shipped: Probe = {
  id: 'shipped',
  version: '7',
  task: 'genre',
  labels: ['x', 'y', 'z'],
  inputs: [b.input, a.input],
  standardisation: { mean: floats(5), scale: floats(5).map((value) => value ** 2 + 1.5), clip: null },
  layers: [{ inputs: 5, outputs: 3, weights: floats(15), bias: floats(3), activation: 'linear' }],
  temperature: 2,
  provenance: { data: '', split: '', protocol: '', command: '', date: '2026-01-01', scores: [] },
};

it.each([[['shipped']], [['a', 'shipped']], [['shipped', 'a', 'b']], [['a', 'b']]])(
  'a probe learnt on %j reads representations alone, and says the same',
  (ids) => {
    const all = [a, b, ...derivedSources([shipped], [a, b], 'genre')];
    const members = ids.map((id) => all.find(({ input }) => input.representation === id)!);
    const y = Array.from({ length: N }, (_, at) => (a.vectors.data[at * 3]! > 1 ? 1 : 0));
    const base = { id: 'own', version: '1', task: 'genre' as const, labels: ['m', 'n'], clip: 50 };
    const inputs = members.map(({ input }) => input);
    const x: Matrix = joinSources(members);
    const fitted = fitProbe({ ...base, inputs }, { x, y }, 1);
    const folded = parseProbe(serialiseProbe(foldDerived(fitted, members)));
    expect(folded.inputs.map(({ representation }) => representation).sort()).toEqual(['a', 'b']);
    const expected = logitsOf(fitted, x);
    for (let at = 0; at < N; at++) {
      const vectors = new Map([a, b].map((each) => [each.input.representation, row(each.vectors, at)]));
      const [p] = applyProbe({ ...folded, temperature: 1 }, vectors);
      const [m, n] = row(expected, at);
      expect(p).toBeCloseTo(1 / (1 + Math.exp(n! - m!)), 4);
    }
  },
);

it('makes no source of a probe that is no linear one or reads what is not there', () => {
  expect(derivedSources([shipped], [a], 'genre')).toEqual([]);
  expect(derivedSources([shipped], [a, b], 'key')).toEqual([]);
  const deep = { ...shipped, layers: [...shipped.layers, ...shipped.layers] };
  expect(derivedSources([deep], [a, b], 'genre')).toEqual([]);
});
