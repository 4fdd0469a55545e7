import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { KEY_LABELS } from '../../../src/shared/music/key.ts';
import { analyse, analysis, scanned } from '../catalogue/support.ts';
import { servedLibrary } from './library.ts';

async function client() {
  const served = await servedLibrary();
  const client = createRouterClient(served.router, { context: {} });
  const titles = async () => (await client.tracks.search({ query: {} })).rows.map((row) => row.title);
  return { ...served, client, titles };
}

describe('editing through the contract', () => {
  it('sets a field of what was chosen, and undoes it', async () => {
    const { client: library, ids, titles } = await client();
    const { step, status } = await library.edits.set({
      selection: { ids: [ids[1]!] },
      field: 'title',
      values: ['New\0'],
    });
    expect(step).toMatchObject({ kind: 'set', field: 'title', files: 1 });
    expect(status).toMatchObject({ files: 1, fields: 1, failed: 0, redo: null });
    expect((await titles())[1]).toBe('New');
    const undone = await library.edits.undo();
    expect(undone.status).toMatchObject({ files: 0, undo: null, redo: { id: step!.id, undone: true } });
    expect((await titles())[1]).toBe('Two');
    expect((await library.edits.redo()).status.files).toBe(1);
  });

  it('keeps everything chosen chosen, whatever an edit makes of it', async () => {
    const { client: library, ids } = await client();
    const chosen = await library.selection.all({ missing: ['key'] });
    expect(chosen.count).toBe(1);
    const selection = { snapshot: chosen.snapshot, except: [] };
    await library.edits.set({ selection, field: 'key', values: ['1A'] });
    const { step } = await library.edits.set({ selection, field: 'bpm', values: ['120'] });
    expect(step?.files).toBe(1);
    const none = { snapshot: chosen.snapshot, except: [ids[1]!] };
    expect((await library.edits.set({ selection: none, field: 'bpm', values: ['1'] })).step).toBeNull();
    await expect(
      library.edits.set({ selection: { snapshot: 'gone', except: [] }, field: 'bpm', values: ['1'] }),
    ).rejects.toMatchObject({ code: 'REFUSED', data: { code: 'selection-gone' } });
  });

  it('gives the ids of a run of rows in their order', async () => {
    const { client: library, ids } = await client();
    const run = { query: {}, sort: 'title', descending: true, offset: 0, limit: 2 } as const;
    expect(await library.selection.range(run)).toEqual([ids[1], ids[0]]);
  });

  it('says what several files have in common', async () => {
    const { client: library, ids } = await client();
    const selection = { ids: [...ids] };
    await library.edits.set({ selection, field: 'album', values: ['Same'] });
    const common = await library.tracks.common({ selection });
    expect(common.files).toBe(2);
    expect(common.fields).toContainEqual({ field: 'album', values: ['Same'], edited: true });
    expect(common.fields).toContainEqual({ field: 'title', values: null, edited: false });
    // One has it, the other has not: that is a difference too.
    expect(common.fields).toContainEqual({ field: 'key', values: null, edited: false });
  });

  it('fills from one file, reverts a field, and replaces text', async () => {
    const { client: library, ids, titles } = await client();
    const selection = { ids: [...ids] };
    await library.edits.fill({ selection, field: 'genre', from: ids[1]! });
    expect((await library.tracks.search({ query: { genres: ['house'] } })).total).toBe(2);
    const replacement = {
      selection,
      fields: ['title' as const, 'genre' as const],
      find: 'o',
      replace: '0',
      matchCase: true,
      wholeWord: false,
    };
    const preview = await library.edits.previewReplace(replacement);
    expect(preview).toMatchObject({ files: 2, fields: 4 });
    expect(preview.examples[0]).toMatchObject({ field: 'title', after: ['<img src=x 0nerr0r=alert(1)>'] });
    expect((await library.edits.replace(replacement)).step).toMatchObject({ kind: 'replace', files: 2 });
    expect(await titles()).toEqual(['<img src=x 0nerr0r=alert(1)>', 'Tw0']);
    const reverted = await library.edits.revert({ fields: ['title'] });
    expect(reverted.step).toMatchObject({ kind: 'revert', field: 'title', files: 2 });
    expect((await titles())[1]).toBe('Two');
    expect((await library.edits.revert({})).status).toMatchObject({ files: 0, fields: 0 });
  });

  it('tells those who watch', async () => {
    const { client: library, ids, work } = await client();
    const before = work.state.edits;
    await library.edits.set({ selection: { ids: [...ids] }, field: 'album', values: ['X'] });
    expect(work.state.edits).toBeGreaterThan(before);
  });

  it('refuses what can’t be', async () => {
    const { client: library } = await client();
    const set = (change: object) =>
      library.edits.set({ selection: { ids: [1] }, field: 'title', values: ['x'], ...change } as never);
    const bad = [{ field: 'custom:' }, { field: 'nonsense' }, { values: 'x' }, { selection: { ids: [-1] } }];
    for (const change of bad) await expect(set(change)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(library.write.start({ options: WRITE })).rejects.toMatchObject({
      data: { code: 'nothing-to-write' },
    });
  });
});

const WRITE = {
  onlyEmpty: false,
  keyNotation: 'standard',
  multiValue: 'joined',
  keepModifiedTime: false,
} as const;

describe('reviewing through the contract', () => {
  async function heard() {
    const made = await client();
    const { catalogue } = made.library;
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['C major', 0.9], genre: ['techno', 0.4] }));
    analyse(catalogue, '/music/b.mp3', analysis({ key: ['G major', 0.6], genre: ['house', 0.8] }));
    return { ...made, catalogue };
  }
  const unreviewed = (task: 'key' | 'genre') => ({
    query: { terms: [{ kind: 'is' as const, state: 'unreviewed' as const, task }] },
    sort: 'keyConfidence' as const,
    descending: true,
  });

  it('takes a prediction for right: a review, and an edit where the tag says otherwise', async () => {
    const { client: library, ids, catalogue } = await heard();
    expect((await library.tracks.search(unreviewed('key'))).rows.map((row) => row.id)).toEqual(ids);
    const { step, status } = await library.review.decide({
      ids: [ids[0]!],
      task: 'key',
      decision: { kind: 'accept' },
    });
    expect(step).toMatchObject({ kind: 'review', field: 'key' });
    expect(status).toMatchObject({ files: 1, fields: 1 });
    const details = await library.tracks.details({ id: ids[0]! });
    expect(details).toMatchObject({
      edits: { key: ['C'] },
      reviews: [{ state: 'accepted', value: 'C major' }],
    });
    expect((await library.tracks.search(unreviewed('key'))).total).toBe(1);
    // The tag says House already: nothing to write.
    await library.review.decide({ ids: [ids[1]!], task: 'genre', decision: { kind: 'accept' } });
    expect(catalogue.edits.counts().fields).toBe(1);
    await library.edits.undo();
    await library.edits.undo();
    expect((await library.tracks.search(unreviewed('key'))).total).toBe(2);
    expect(catalogue.edits.counts().fields).toBe(0);
  });

  it('changes and rejects', async () => {
    const { client: library, ids } = await heard();
    await library.review.decide({ ids: [ids[1]!], task: 'key', decision: { kind: 'change', value: '4A' } });
    await library.review.decide({ ids: [ids[1]!], task: 'genre', decision: { kind: 'reject' } });
    expect(await library.tracks.details({ id: ids[1]! })).toMatchObject({
      edits: { key: ['Fm'] },
      reviews: [
        { task: 'genre', state: 'rejected', value: null },
        { task: 'key', state: 'changed', value: 'F minor' },
      ],
    });
    expect(KEY_LABELS).toContain('F minor');
  });

  it('accepts all above a threshold, as one step', async () => {
    const { client: library, catalogue } = await heard();
    const { step } = await library.review.acceptAll({ query: {}, task: 'key', min: 0.7 });
    expect(step?.files).toBe(1);
    expect(catalogue.edits.counts().fields).toBe(1);
    expect((await library.tracks.search(unreviewed('key'))).total).toBe(1);
    await library.edits.undo();
    expect((await library.tracks.search(unreviewed('key'))).total).toBe(2);
  });

  it('holds for every copy of a track', async () => {
    const { client: library, catalogue, ids } = await heard();
    const copy = { ...scanned('/music/copy.mp3', 1), audio: scanned('/music/b.mp3', 1).audio };
    catalogue.files.upsert([copy], catalogue.files.beginScan());
    await library.review.decide({ ids: [ids[1]!], task: 'key', decision: { kind: 'accept' } });
    expect(catalogue.edits.counts()).toMatchObject({ files: 2, fields: 2 });
  });
});
