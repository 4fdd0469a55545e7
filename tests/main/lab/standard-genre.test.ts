import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFeatures } from '../../../scripts/train-standard-genre/recipe.ts';
import { examplesOf } from '../../../src/main/lab/gtzan.ts';
import { accuracy } from '../../../src/main/lab/metrics.ts';
import { logitsOf } from '../../../src/main/lab/train-probe.ts';
import { GTZAN_GENRES } from '../../../src/shared/music/genre.ts';
import { parseProbe } from '../../../src/shared/probe.ts';

const root = resolve(import.meta.dirname, '../../..');
const shared = resolve(root, '../shared');
const probeOf = (name: string) => parseProbe(readFileSync(resolve(root, `models/${name}.json`), 'utf8'));

describe('the genre probes of the standard tier', () => {
  it.each([
    ['choi-genre', ['choi@1 160']],
    ['musicnn-genre', ['musicnn-tags@1 50']],
    ['standard-genre', ['choi@1 160', 'musicnn-tags@1 50']],
  ])('%s names ten genres and what it reads', (name, inputs) => {
    const probe = probeOf(name);
    expect(probe.labels).toEqual(GTZAN_GENRES);
    expect(probe.inputs.map((each) => `${each.representation}@${each.version} ${each.dimension}`)).toEqual(
      inputs,
    );
    expect(probe.provenance.command).toBe('npm run train:standard-genre');
  });

  it.skipIf(!existsSync(shared))(
    'are right on the share of test clips that they claim (skipped without ../shared)',
    () => {
      const { clips, choi, tags } = readFeatures(shared);
      const least = { 'choi-genre': 0.8, 'musicnn-genre': 0.82, 'standard-genre': 0.82 };
      const parts = { 'choi-genre': [choi], 'musicnn-genre': [tags], 'standard-genre': [choi, tags] };
      for (const name of ['choi-genre', 'musicnn-genre', 'standard-genre'] as const) {
        const probe = probeOf(name);
        const { x, y } = examplesOf(clips, ['test'], parts[name]);
        expect(y).toHaveLength(290);
        const share = accuracy(logitsOf(probe, x), y);
        const claim = probe.provenance.scores.filter(({ metric }) => metric === 'accuracy').at(-1)!;
        expect(share).toBeCloseTo(claim.value, 4);
        expect(share).toBeGreaterThanOrEqual(least[name]);
      }
    },
  );
});
