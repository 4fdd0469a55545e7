import { expect, it } from 'vitest';
import { costliestTier, installedTier, isLargeTier, tierRank } from '../../src/shared/tier.ts';

it('knows large models by their ids, layers included', () => {
  expect(installedTier('musicgen-small')).toBe('musicgen-small');
  expect(installedTier('musicgen-small:7')).toBe('musicgen-small');
  expect(installedTier('choi')).toBe('standard');
  expect(isLargeTier('jukebox-5b')).toBe(true);
  expect(isLargeTier('standard')).toBe(false);
});

it('calls for the costliest of what is needed', () => {
  expect(costliestTier([])).toBe('built-in');
  expect(costliestTier(['built-in', 'musicgen-small', 'standard'])).toBe('musicgen-small');
});

it('believes own before large before standard before built-in before unknown', () => {
  const tiers = [undefined, 'built-in', 'own', 'standard', 'musicgen-large'];
  expect([...tiers].sort((a, b) => tierRank(a) - tierRank(b))).toEqual([
    'own',
    'musicgen-large',
    'standard',
    'built-in',
    undefined,
  ]);
});
