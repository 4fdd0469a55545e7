import { describe, expect, it } from 'vitest';
import { planPasses } from '../../../src/main/analysis/plan.ts';
import type { AnalyserDescription, PredictorInfo } from '../../../src/shared/analysis.ts';

const representation = (id: string, tier: string) => ({ id, version: '1', dimension: 2, tier });
const predictor = (id: string, tier: string, needs: string, ...representations: string[]): PredictorInfo => ({
  id,
  version: '1',
  task: 'genre',
  tier,
  needs,
  representations,
});

const builtIn: AnalyserDescription = {
  predictors: [
    predictor('builtin-genre', 'built-in', 'built-in', 'mfcc-12k'),
    predictor('k', 'built-in', 'built-in'),
  ],
  representations: ['chroma', 'mfcc', 'mfcc-12k'].map((id) => representation(id, 'built-in')),
  problems: [],
};
const everything: AnalyserDescription = {
  predictors: [
    ...builtIn.predictors,
    predictor('standard-genre', 'standard', 'standard', 'choi'),
    predictor('own-genre', 'own', 'musicgen-small', 'musicgen-small'),
  ],
  representations: [
    ...builtIn.representations,
    representation('choi', 'standard'),
    representation('musicgen-small', 'musicgen-small'),
    representation('musicgen-small:3', 'musicgen-small'),
  ],
  problems: [],
};
const shown = (passes: ReturnType<typeof planPasses>) =>
  passes.map(({ kind, predictors, representations }) => [
    kind,
    predictors.map(({ id }) => id).join(),
    representations.map(({ id }) => id).join(),
  ]);

describe('the plan of an analysis', () => {
  it('computes only what predictors read', () => {
    expect(shown(planPasses(builtIn, {}))).toEqual([['analyse', 'builtin-genre,k', 'mfcc-12k']]);
  });

  it('takes the small nets where they are, and a large model only when asked', () => {
    expect(shown(planPasses(everything, {}))).toEqual([
      ['analyse', 'builtin-genre,k,standard-genre', 'mfcc-12k,choi'],
    ]);
    expect(shown(planPasses(everything, { tier: 'built-in' }))).toEqual([
      ['analyse', 'builtin-genre,k', 'mfcc-12k'],
    ]);
    expect(shown(planPasses(everything, { tier: 'musicgen-small' }))).toEqual([
      ['analyse', 'builtin-genre,k,standard-genre', 'mfcc-12k,choi'],
      ['analyse:musicgen-small', 'own-genre', 'musicgen-small'],
    ]);
  });

  it('keeps what the user wants kept, large models’ layers too', () => {
    expect(shown(planPasses(everything, { keep: ['chroma', 'musicgen-small:3'] }))).toEqual([
      ['analyse', 'builtin-genre,k,standard-genre', 'chroma,mfcc-12k,choi'],
      ['analyse:musicgen-small', 'own-genre', 'musicgen-small,musicgen-small:3'],
    ]);
  });

  it('leaves out who hears a part of what another of its tier hears, unless asked for by name', () => {
    const more = predictor('both-genre', 'standard', 'standard', 'choi', 'mfcc-12k');
    const description = { ...everything, predictors: [...everything.predictors, more] };
    expect(shown(planPasses(description, {}))[0]![1]).toBe('builtin-genre,k,both-genre');
    expect(shown(planPasses(description, { predictors: ['standard-genre'] }))[0]![1]).toBe('standard-genre');
  });

  it('says how to install what is asked for and not there', () => {
    expect(() => planPasses(builtIn, { tier: 'standard' })).toThrow('cratewise models install standard');
    expect(() => planPasses(builtIn, { tier: 'musicgen-small' })).toThrow(
      'cratewise models install musicgen-small',
    );
    expect(() => planPasses(builtIn, { keep: ['choi'] })).toThrow('There is no representation choi');
  });
});
