import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LearntStore } from '../../../src/main/learn/store.ts';
import type { LearnReport } from '../../../src/shared/learn.ts';
import { temporaryFolder } from '../catalogue/support.ts';

describe('what a library has taught', () => {
  it('is in use as soon as it is activated, and can be gone back on step by step', async () => {
    const store = new LearntStore(join(temporaryFolder(), 'made', 'when needed'));
    expect(store.active('genre')).toBeUndefined();
    expect(await store.forget('genre', 'tags')).toBe('nothing');
    for (const text of ['one', 'two', 'three']) await store.activate('genre', 'tags', text);
    const active = () => readFileSync(store.active('genre')!, 'utf8');
    expect(active()).toBe('three');
    expect(store.active('genre', 'predictions')).toBeUndefined();
    expect(await store.forget('genre', 'tags')).toBe('earlier');
    expect(active()).toBe('two');
    expect(await store.forget('genre', 'tags')).toBe('earlier');
    expect(await store.forget('genre', 'tags')).toBe('none');
    expect(store.active('genre')).toBeUndefined();
  });

  it('keeps five earlier probes and leaves no half-written file', async () => {
    const folder = temporaryFolder();
    const store = new LearntStore(folder);
    // What a killed process leaves is written over, and never taken for a probe.
    writeFileSync(join(folder, 'own-genre.json.new'), 'half');
    for (let n = 1; n <= 9; n++) await store.activate('genre', 'tags', String(n));
    expect(readdirSync(folder).sort()).toEqual(['earlier', 'own-genre.json']);
    const earlier = readdirSync(join(folder, 'earlier'));
    expect(earlier.map((file) => readFileSync(join(folder, 'earlier', file), 'utf8')).sort()).toEqual([
      '4',
      '5',
      '6',
      '7',
      '8',
    ]);
  });

  it('remembers its last report, and takes a damaged one for none', async () => {
    const folder = temporaryFolder();
    const store = new LearntStore(folder);
    expect(await store.report('genre')).toBeUndefined();
    const report: LearnReport = {
      task: 'genre',
      source: 'tags',
      at: 1,
      end: 'refused',
      words: ['No.'],
      tracks: { labelled: 0, unheard: 0, ours: 0, reviewed: 0, used: 0 },
      labels: [],
      leftOut: [],
      loose: [],
      groups: 0,
      tried: [],
      representations: [],
      own: null,
      calibrationError: null,
      shipped: null,
      majority: null,
      difference: null,
      suspicious: 0,
    };
    await store.keepReport({ report, suspicious: [] });
    expect(await store.report('genre')).toEqual({ report, suspicious: [] });
    writeFileSync(join(folder, 'reports', 'genre.json'), '{"report":{"task":"genre"}}');
    expect(await store.report('genre')).toBeUndefined();
  });
});
