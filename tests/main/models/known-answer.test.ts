import { describe, expect, it } from 'vitest';
import { judgeAnswers, judgeRepeated, knownAnswerOf } from '../../../src/main/models/known-answer.ts';
import type { ModelCheck } from '../../../src/shared/analysis.ts';
import { numbers } from './tiny-model.ts';

const says = (vector: Float32Array, representation = 'net'): ModelCheck => ({
  answers: [{ representation, vector }],
  seconds: 0,
});
const vector = numbers('answer', 200);
const nudged = (by: number) => vector.map((x, i) => (i % 7 === 0 ? x + by : x));
const known = knownAnswerOf('net', '1', says(vector));
const judge = (check: ModelCheck) => judgeAnswers('net', check, known);

describe('the known answer of a model', () => {
  it('has few numbers of it', () => {
    const answer = known.answers.net;
    expect(answer?.dimension).toBe(200);
    expect(answer?.values).toHaveLength(16);
    expect(answer?.values[1]).toBeCloseTo(vector[12] ?? Number.NaN, 5);
  });

  it('is passed by the same answer, and by one that differs as processors do', () => {
    expect(() => judge(says(vector))).not.toThrow();
    expect(() => judge(says(nudged(1e-4)))).not.toThrow();
  });

  it.each<[string, ModelCheck, RegExp]>([
    ['another answer', says(nudged(0.05)), /not what it has to be/],
    ['another sign', says(vector.map((x) => -x)), /not what it has to be/],
    ['an answer of another size', says(vector.map((x) => 1.05 * x)), /not what it has to be/],
    ['another dimension', says(vector.subarray(1)), /199 dimensions/],
    ['another representation', says(vector, 'other'), /no net/],
    ['infinity', says(nudged(Number.POSITIVE_INFINITY)), /not finite/],
  ])('is not passed by %s', (_, check, message) => {
    expect(() => judge(check)).toThrow(message);
  });
});

describe('a model of which no answer is known', () => {
  const repeat = (again: ModelCheck) => () => judgeRepeated('net', says(vector), again);

  it('has to say the same twice', () => {
    expect(repeat(says(nudged(1e-6)))).not.toThrow();
    expect(repeat(says(nudged(0.01)))).toThrow(/another at each run/);
    expect(repeat(says(vector.map(() => Number.NaN)))).toThrow(/another at each run/);
    expect(repeat({ answers: [], seconds: 0 })).toThrow(/another at each run/);
  });
});
