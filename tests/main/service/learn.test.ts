import { createRouterClient } from '@orpc/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../catalogue/support.ts';
import { servedLibrary } from './library.ts';

beforeEach(() => {
  vi.stubEnv('XDG_DATA_HOME', temporaryFolder());
  return () => vi.unstubAllEnvs();
});

async function client() {
  const { router, ids } = await servedLibrary();
  return { library: createRouterClient(router, { context: {} }), ids };
}

describe('learning through the contract', () => {
  it('has nothing to tell before anything was learnt', async () => {
    const { library } = await client();
    expect(await library.learn.report({ task: 'genre' })).toBeNull();
    expect(await library.learn.suspicious({ task: 'genre' })).toEqual({ at: null, total: 0, tags: [] });
    expect(await library.learn.forget({ task: 'genre' })).toBe('nothing');
  });

  it('keeps what names count as', async () => {
    const { library } = await client();
    expect(await library.learn.map({ name: 'Deep House', label: 'House' })).toEqual({ deephouse: 'House' });
    expect(await library.learn.map({ name: 'Skit', label: null })).toEqual({
      deephouse: 'House',
      skit: null,
    });
    expect(await library.learn.map({ name: 'deep house' })).toEqual({ skit: null });
    expect(await library.learn.mapping()).toEqual({ skit: null });
    await expect(library.learn.map({ name: ' ', label: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(library.learn.map({ name: 'x', label: 'y'.repeat(81) })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });
});
