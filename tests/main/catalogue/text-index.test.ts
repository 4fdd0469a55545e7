import { describe, expect, it, onTestFinished } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/index.ts';
import { scanned } from './support.ts';

/** A library whose words came in many portions, so that their index has many segments. */
function portioned(portions: number) {
  const catalogue = openCatalogue(':memory:');
  onTestFinished(() => catalogue.close());
  const root = catalogue.roots.add('/music').id;
  const ids: number[] = [];
  for (let portion = 0; portion < portions; portion++) {
    const files = Array.from({ length: 5 }, (_, i) =>
      scanned(`/music/${portion}-${i}.mp3`, root, { title: [`word${portion} common`], artist: [`a${i}`] }),
    );
    ids.push(...catalogue.files.upsert(files, 1));
  }
  return { catalogue, ids };
}

/** Calls until nothing is left to do; returns how many calls that took. */
function merged(catalogue: ReturnType<typeof portioned>['catalogue']): number {
  let calls = 1;
  while (catalogue.edits.mergeText(1)) calls++;
  return calls;
}

describe('merging the index of words', () => {
  it('finds the same before, between and after, and has nothing to do a second time', () => {
    const { catalogue } = portioned(60);
    const found = () =>
      ['common', 'word7', 'a3', 'wo', 'nothing'].map((text) => catalogue.ids({ text }).length);
    const before = found();
    expect(before).toEqual([300, 5, 60, 300, 0]);
    expect(catalogue.edits.mergeText(1)).toBe(true);
    expect(found()).toEqual(before);
    expect(merged(catalogue)).toBeGreaterThan(1);
    expect(found()).toEqual(before);
    expect(catalogue.edits.mergeText(1)).toBe(false);
  });

  it('merges again after many changes, not after few', () => {
    const { catalogue, ids } = portioned(60);
    merged(catalogue);
    const retitle = (files: readonly number[], title: string) => {
      const step = catalogue.edits.begin('set', 'title');
      catalogue.edits.add(
        step,
        files.map((fileId) => ({ fileId, field: 'title' as const, values: [title] })),
      );
      catalogue.edits.finish(step);
      while (catalogue.edits.indexText(10) > 0);
    };
    retitle(ids.slice(0, 3), 'single');
    expect(catalogue.edits.mergeText(1)).toBe(false);
    retitle(ids.slice(0, 200), 'renamed');
    expect(merged(catalogue)).toBeGreaterThan(1);
    expect(catalogue.ids({ text: 'renamed' })).toHaveLength(200);
    expect(catalogue.ids({ text: 'single' })).toHaveLength(0);
    expect(catalogue.ids({ text: 'common' })).toHaveLength(100);
  });

  it('goes on while files come and go', () => {
    const { catalogue, ids } = portioned(60);
    const root = catalogue.roots.list()[0]!.id;
    for (let i = 0; catalogue.edits.mergeText(1); i++) {
      catalogue.files.upsert([scanned(`/music/late-${i}.mp3`, root, { title: ['late'] })], 2);
      catalogue.files.markMissing([ids[i]!]);
      if (i > 40) break;
    }
    const late = catalogue.ids({ text: 'late' }).length;
    expect(late).toBeGreaterThan(0);
    expect(catalogue.ids({ text: 'common' })).toHaveLength(300 - late);
  });
});
