import { describe, expect, it } from 'vitest';
import type { Catalogue, PendingChange } from '../../../src/main/catalogue/index.ts';
import type { FieldName } from '../../../src/shared/tags.ts';
import { analyse, analysis, memoryLibrary, scanned } from './support.ts';

function library() {
  const made = memoryLibrary();
  const a = made.add('/music/a.mp3', { title: ['Alpha'], genre: ['House'], key: ['8A'] });
  const b = made.add('/music/b.mp3', { title: ['Beta'] });
  return { ...made, a, b };
}

function step(catalogue: Catalogue, changes: readonly PendingChange[], field: FieldName | null = null) {
  const id = catalogue.edits.begin('set', field);
  catalogue.edits.add(id, changes);
  return catalogue.edits.finish(id);
}

function turn(catalogue: Catalogue, direction: 'undo' | 'redo', portion = 1000): void {
  const next = catalogue.edits.next(direction)!;
  let cursor = catalogue.edits.turn(next.id, direction, null, portion);
  while (cursor) cursor = catalogue.edits.turn(next.id, direction, cursor, portion);
}

const paths = (catalogue: Catalogue, query: Parameters<Catalogue['search']>[0]) =>
  catalogue.search(query).rows.map((row) => row.path);

describe('edits', () => {
  it('are seen by lists, filters, counts and, once indexed, by text', () => {
    const { catalogue, a, b } = library();
    step(catalogue, [
      { fileId: b, field: 'genre', values: ['Dub', 'Techno'] },
      { fileId: b, field: 'key', values: ['1A'] },
      { fileId: b, field: 'title', values: ['Omega'] },
      { fileId: b, field: 'date', values: ['1999-01-02'] },
      { fileId: b, field: 'composer', values: ['Someone'] },
    ]);
    const row = catalogue.search({ terms: [{ kind: 'is', state: 'edited' }] }, { fields: ['composer'] }).rows;
    expect(row).toHaveLength(1);
    expect(row[0]).toMatchObject({ id: b, title: 'Omega', genre: 'Dub; Techno', year: 1999, keyText: '1A' });
    expect(row[0]!.values).toEqual({ composer: ['Someone'] });
    expect([...row[0]!.edited].sort()).toEqual(['composer', 'date', 'genre', 'key', 'title']);
    expect(paths(catalogue, { genres: ['techno'] })).toEqual(['/music/b.mp3']);
    expect(paths(catalogue, { missing: ['key'] })).toEqual([]);
    expect(catalogue.keyCounts({})).toEqual(
      Array.from({ length: 24 }, (_, key) => catalogue.count({ keys: [key] })),
    );
    expect(paths(catalogue, { text: 'omega' })).toEqual([]);
    expect(catalogue.edits.indexText(10)).toBe(1);
    expect(catalogue.edits.indexText(10)).toBe(0);
    expect(paths(catalogue, { text: 'omega' })).toEqual(['/music/b.mp3']);
    expect(paths(catalogue, { text: 'beta' })).toEqual([]);
    // What the file says is not lost.
    expect(catalogue.files.details('/music/b.mp3')).toMatchObject({
      tags: { title: ['Beta'] },
      edits: { title: ['Omega'], composer: ['Someone'] },
    });
    expect(catalogue.edits.counts()).toEqual({ files: 1, fields: 5, failed: 0 });
    expect(a).not.toBe(b);
  });

  it('are none where the file says so already', () => {
    const { catalogue, a } = library();
    expect(step(catalogue, [{ fileId: a, field: 'title', values: ['Alpha'] }])).toBeNull();
    step(catalogue, [{ fileId: a, field: 'title', values: ['New'] }]);
    step(catalogue, [{ fileId: a, field: 'title', values: ['Alpha'] }]);
    expect(catalogue.edits.counts().fields).toBe(0);
    expect(catalogue.search({}).rows[0]!.title).toBe('Alpha');
    expect(step(catalogue, [{ fileId: a, field: 'comment', values: [] }])).toBeNull();
  });

  it('clear a field', () => {
    const { catalogue, a } = library();
    step(catalogue, [{ fileId: a, field: 'key', values: [] }]);
    expect(paths(catalogue, { missing: ['key'] })).toContain('/music/a.mp3');
    turn(catalogue, 'undo');
    expect(catalogue.search({}).rows[0]!.keyText).toBe('8A');
  });

  it.each([1, 2, 1000])('go back and forth through the history, %i at a time', (portion) => {
    const { catalogue, a, b } = library();
    const titles = () => catalogue.search({}).rows.map((row) => row.title);
    step(catalogue, [
      { fileId: a, field: 'title', values: ['One'] },
      { fileId: b, field: 'title', values: ['One'] },
      { fileId: b, field: 'album', values: ['Two'] },
    ]);
    step(catalogue, [{ fileId: a, field: 'title', values: ['Three'] }], 'title');
    expect(titles()).toEqual(['Three', 'One']);
    turn(catalogue, 'undo', portion);
    expect(titles()).toEqual(['One', 'One']);
    turn(catalogue, 'undo', portion);
    expect(titles()).toEqual(['Alpha', 'Beta']);
    expect(catalogue.edits.next('undo')).toBeNull();
    turn(catalogue, 'redo', portion);
    turn(catalogue, 'redo', portion);
    expect(titles()).toEqual(['Three', 'One']);
    expect(catalogue.search({}).rows[1]!.album).toBe('Two');
    turn(catalogue, 'undo', portion);
    // Something new: what was undone is gone.
    step(catalogue, [{ fileId: b, field: 'title', values: ['Four'] }]);
    expect(catalogue.edits.next('redo')).toBeNull();
    expect(titles()).toEqual(['One', 'Four']);
  });

  it('stay when a scan reads the file anew, and go with the file', () => {
    const { catalogue, rootId, a } = library();
    step(catalogue, [
      { fileId: a, field: 'title', values: ['Mine'] },
      { fileId: a, field: 'genre', values: ['Dub'] },
    ]);
    const scan = catalogue.files.beginScan();
    catalogue.files.upsert([scanned('/music/a.mp3', rootId, { title: ['Theirs'], album: ['X'] })], scan);
    expect(catalogue.search({}).rows[0]).toMatchObject({ title: 'Mine', genre: 'Dub', album: 'X' });
    catalogue.roots.remove(rootId);
    expect(catalogue.edits.counts()).toEqual({ files: 0, fields: 0, failed: 0 });
    turn(catalogue, 'undo');
  });

  it('keep a prediction’s difference up to date', () => {
    const { catalogue, a } = library();
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['A minor', 0.9], genre: ['jazz', 0.9] }));
    expect(paths(catalogue, { differs: ['genre'] })).toEqual(['/music/a.mp3']);
    step(catalogue, [{ fileId: a, field: 'genre', values: ['Jazz'] }]);
    expect(paths(catalogue, { differs: ['genre'] })).toEqual([]);
  });

  it('forget a problem with the edit that had it', () => {
    const { catalogue, a } = library();
    step(catalogue, [{ fileId: a, field: 'title', values: ['X'] }]);
    catalogue.edits.setProblem(a, { code: 'changed', message: 'It was changed.' });
    expect(paths(catalogue, { terms: [{ kind: 'is', state: 'failed' }] })).toEqual(['/music/a.mp3']);
    expect(catalogue.search({}).rows[0]!.editProblem).toBe('It was changed.');
    turn(catalogue, 'undo');
    expect(catalogue.edits.counts()).toEqual({ files: 0, fields: 0, failed: 0 });
  });

  it('take reviews along in the history', () => {
    const { catalogue, a } = library();
    const trackId = catalogue.files.get(a)!.trackId!;
    const id = catalogue.edits.begin('review', 'key');
    catalogue.edits.addReviews(id, [
      { trackId, task: 'key', review: { state: 'accepted', value: 'A minor' } },
    ]);
    expect(catalogue.edits.finish(id)).toMatchObject({ kind: 'review', files: 1 });
    expect(catalogue.predictions.reviewsOfTrack(trackId)).toMatchObject([{ state: 'accepted' }]);
    turn(catalogue, 'undo');
    expect(catalogue.predictions.reviewsOfTrack(trackId)).toEqual([]);
    turn(catalogue, 'redo');
    expect(catalogue.predictions.reviewsOfTrack(trackId)).toMatchObject([{ value: 'A minor' }]);
  });
});
