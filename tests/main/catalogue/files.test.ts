import { describe, expect, it } from 'vitest';
import type { KnownFile } from '../../../src/main/catalogue/index.ts';
import { analyse, analysis, audioHash, memoryLibrary, scanned } from './support.ts';

const stamp = { size: 1000, mtime: '1700000000123456789', inode: '42', device: '7' };
const paths = (files: Iterable<KnownFile>) => Array.from(files, (file) => file.path);

describe('roots', () => {
  it('are added once', () => {
    const { catalogue, rootId } = memoryLibrary();
    expect(catalogue.roots.add('/music').id).toBe(rootId);
    expect(catalogue.roots.list()).toMatchObject([{ path: '/music', offline: false, scannedAt: null }]);
    expect(catalogue.roots.byPath('/nowhere')).toBeUndefined();
  });

  it('go offline and come back with everything below them', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    add('/music/a.mp3', { title: ['Aa'] });
    catalogue.roots.setOffline(rootId, true);
    expect(catalogue.files.counts()).toMatchObject({ present: 0, offline: 1, missing: 0 });
    expect(catalogue.search({ text: 'aa' }).rows).toEqual([]);
    expect(catalogue.search({ text: 'aa', states: ['offline'] }).rows).toMatchObject([{ state: 'offline' }]);
    expect(catalogue.files.details('/music/a.mp3')).toMatchObject({ state: 'offline' });
    expect(catalogue.files.byPath('/music/a.mp3')).toMatchObject({ state: 'present' });
    catalogue.roots.setOffline(rootId, false);
    expect(catalogue.search({ text: 'aa' }).rows).toMatchObject([{ state: 'present' }]);
  });

  it('take their files with them but leave tracks and predictions', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    add('/music/a.mp3', { genre: ['Rock'] });
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['A minor', 0.9] }));
    catalogue.roots.remove(rootId);
    expect(catalogue.roots.list()).toEqual([]);
    expect(catalogue.count({})).toBe(0);
    expect(catalogue.count({ text: 'a' })).toBe(0);
    const track = catalogue.tracks.byAudioHash(audioHash('/music/a.mp3'));
    expect(catalogue.predictions.ofTrack(track!.id)).toMatchObject([{ label: 'A minor' }]);
  });
});

describe('files', () => {
  it('keep the whole of what was found, to the last bit', () => {
    const { catalogue, rootId } = memoryLibrary();
    const odd = scanned(
      '/music/caf\uefe9\n "x".mp3',
      rootId,
      { title: ['one', 'two'], 'custom:ENERGY': ['7'], artist: ['\u0000\ud83c\udfb5'] },
      { mtime: '-5', inode: '18446744073709551615', device: '9223372036854775808', size: 2 ** 40 },
    );
    catalogue.files.upsert([odd], 1);
    expect(catalogue.files.details(odd.path)).toMatchObject({
      path: odd.path,
      size: 2 ** 40,
      mtime: '-5',
      inode: '18446744073709551615',
      device: '9223372036854775808',
      container: 'mp3',
      state: 'present',
      problem: null,
      tags: odd.tags,
      track: { audioHash: odd.audio!.hash, durationSeconds: 100, sampleRate: 44100, channels: 2 },
    });
    expect(catalogue.files.byStamp(odd)).toMatchObject([{ path: odd.path }]);
  });

  it('are replaced by path, keeping id and date of entry', () => {
    const { catalogue, add, clock } = memoryLibrary();
    const id = add('/music/a.mp3', { title: ['Old'], genre: ['Rock'] });
    clock.now += 1000;
    expect(add('/music/a.mp3', { title: ['New'] }, { size: 2000 })).toBe(id);
    expect(catalogue.search({ text: 'old' }).rows).toEqual([]);
    expect(catalogue.search({ genres: ['rock'] }).rows).toEqual([]);
    expect(catalogue.search({ text: 'new' }).rows).toMatchObject([{ id, addedAt: 1_000_000 }]);
    expect(catalogue.files.get(id)).toMatchObject({ size: 2000 });
  });

  it('share a track when their audio is the same, and its predictions', () => {
    const { catalogue, add } = memoryLibrary();
    const audio = { hash: audioHash('one'), durationSeconds: 10, sampleRate: 48000, channels: 1 };
    add('/music/a.mp3', {}, { audio });
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['A minor', 0.75], genre: ['rock', 0.6] }));
    add('/music/copy.mp3', { genre: ['Jazz'] }, { audio });
    const [a, copy] = catalogue.search({}).rows;
    expect(copy!.trackId).toBe(a!.trackId);
    for (const row of [a, copy])
      expect(row).toMatchObject({ predictedKey: 21, predictedKeyConfidence: 0.75, predictedGenre: 'rock' });
    expect(catalogue.count({ differs: ['genre'] })).toBe(1);
    expect(paths(catalogue.files.ofTrack(a!.trackId!))).toEqual(['/music/a.mp3', '/music/copy.mp3']);
    expect(catalogue.tracks.count()).toBe(1);
  });

  it('get another track when their audio changes', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['A minor', 0.75] }));
    add('/music/a.mp3', {}, { audio: { ...scanned('/x', 1).audio!, hash: audioHash('other') } });
    expect(catalogue.search({}).rows).toMatchObject([{ predictedKey: null }]);
    // And the old prediction is back with the old audio.
    add('/music/a.mp3');
    expect(catalogue.search({}).rows).toMatchObject([{ predictedKey: 21 }]);
  });

  it('are listed with their problem when they could not be read', () => {
    const { catalogue, add } = memoryLibrary();
    const problem = { code: 'empty', message: 'The file is empty.' };
    const id = add('/music/bad.mp3', {}, { audio: null, container: null, problem });
    expect(catalogue.files.get(id)).toMatchObject({ trackId: null, problemCode: 'empty' });
    expect(catalogue.files.details('/music/bad.mp3')).toMatchObject({
      problem: { ...problem, at: 1_000_000 },
    });
    expect(catalogue.files.counts()).toMatchObject({ present: 1, withProblem: 1 });
    catalogue.files.setProblem(id, null);
    expect(catalogue.files.counts()).toMatchObject({ withProblem: 0 });
  });

  it('refuse an audio hash that is none', () => {
    const { add, catalogue } = memoryLibrary();
    expect(() => add('/music/a.mp3', {}, { audio: { ...scanned('/x', 1).audio!, hash: 'xyz' } })).toThrow(
      TypeError,
    );
    expect(catalogue.count({})).toBe(0);
  });
});

describe('a rescan', () => {
  it('tells seen from missing, and finds what comes back', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    const [a, b] = [add('/music/a.mp3'), add('/music/b.mp3')];
    const second = catalogue.files.beginScan();
    catalogue.files.markSeen([a], second);
    expect(catalogue.files.finishScan(rootId, second)).toBe(1);
    expect(catalogue.files.get(b)).toMatchObject({ state: 'missing' });
    expect(catalogue.count({})).toBe(1);
    expect(catalogue.search({ states: ['missing'] }).rows).toMatchObject([{ id: b, state: 'missing' }]);
    expect(catalogue.roots.get(rootId)).toMatchObject({ scannedAt: 1_000_000 });
    const third = catalogue.files.beginScan();
    expect(third).toBeGreaterThan(second);
    catalogue.files.markSeen([a, b], third);
    expect(catalogue.files.finishScan(rootId, third)).toBe(0);
    expect(catalogue.count({})).toBe(2);
  });

  it('spares what it could not reach', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    for (const path of [
      '/music/gone.mp3',
      '/music/locked/x.mp3',
      '/music/locked.mp3',
      '/music/locked 2/y.mp3',
    ])
      add(path);
    const scan = catalogue.files.beginScan();
    expect(catalogue.files.finishScan(rootId, scan, { except: ['/music/locked'] })).toBe(3);
    expect(catalogue.search({}).rows).toMatchObject([{ path: '/music/locked/x.mp3' }]);
  });

  it('of a part leaves the rest alone', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    for (const path of ['/music/a/1.mp3', '/music/ab/2.mp3', '/music/a.mp3']) add(path);
    const scan = catalogue.files.beginScan();
    expect(catalogue.files.finishScan(rootId, scan, { below: '/music/a' })).toBe(1);
    expect(catalogue.search({}).rows.map((row) => row.path)).toEqual(['/music/a.mp3', '/music/ab/2.mp3']);
    expect(catalogue.roots.get(rootId)).toMatchObject({ scannedAt: null });
  });

  it('moves a file with its tags and history, over what stood there', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    const id = add('/music/old/a.mp3', { title: ['Aa'], genre: ['Rock'] });
    add('/music/new/a.mp3', { title: ['Zz'] });
    catalogue.files.move(id, { ...stamp, path: '/music/new/a.mp3', rootId, size: 5 }, 1);
    expect(catalogue.search({}).rows).toMatchObject([{ id, path: '/music/new/a.mp3', title: 'Aa' }]);
    expect(catalogue.count({ text: 'old' })).toBe(0);
    expect(catalogue.count({ text: 'zz' })).toBe(0);
    expect(catalogue.count({ text: 'new aa', genres: ['rock'] })).toBe(1);
    expect(catalogue.files.get(id)).toMatchObject({ size: 5 });
    expect(() => catalogue.files.move(99, { ...stamp, path: '/x', rootId }, 1)).toThrow(RangeError);
  });

  it('takes over what a write changed', () => {
    const { catalogue, add } = memoryLibrary();
    const id = add('/music/a.mp3', { key: ['Am'] });
    catalogue.files.update(id, { ...stamp, size: 1010, tags: { key: ['8B'], genre: ['Jazz'] } });
    expect(catalogue.search({ keys: [0], genres: ['jazz'] }).rows).toMatchObject([{ id, keyText: '8B' }]);
    expect(catalogue.search({ keys: [21] }).rows).toEqual([]);
    expect(catalogue.files.byPath('/music/a.mp3')).toMatchObject({ size: 1010 });
  });
});

describe('known files', () => {
  it('come in byte order of their paths, root by root, in pages of any size', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    const other = catalogue.roots.add('/music2').id;
    catalogue.files.upsert([scanned('/music2/x.mp3', other)], 1);
    const names = ['/music/b', '/music/a/z', '/music/a b', '/music/\u{1f3b5}', '/music/\uffee', '/music/é'];
    for (const name of names) add(name);
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const pageSize of [1, 2, 3, 100])
      expect(paths(catalogue.files.known(rootId, { pageSize }))).toEqual(sorted);
    expect(paths(catalogue.files.known(rootId, { below: '/music/a' }))).toEqual(['/music/a/z']);
    expect(paths(catalogue.files.known(rootId, { below: '/music/b' }))).toEqual(['/music/b']);
    expect(paths(catalogue.files.known(99))).toEqual([]);
  });

  it('can be written to while they are read', () => {
    const { catalogue, rootId, add } = memoryLibrary();
    for (let i = 0; i < 10; i++) add(`/music/${i}.mp3`);
    let count = 0;
    for (const file of catalogue.files.known(rootId, { pageSize: 3 })) {
      catalogue.files.markSeen([file.id], 5);
      count++;
    }
    expect(count).toBe(10);
  });

  it('are found below the root of the file system, and below a drive', () => {
    const { catalogue } = memoryLibrary();
    const slash = catalogue.roots.add('/');
    const drive = catalogue.roots.add('D:\\');
    catalogue.files.upsert([scanned('/any/a.mp3', slash.id), scanned('D:\\m\\b.mp3', drive.id)], 1);
    expect(paths(catalogue.files.known(slash.id))).toEqual(['/any/a.mp3']);
    expect(paths(catalogue.files.known(drive.id))).toEqual(['D:\\m\\b.mp3']);
    expect(catalogue.count({ below: ['D:\\m'] })).toBe(1);
    expect(catalogue.count({ below: ['/'] })).toBe(1);
  });
});

describe('transaction', () => {
  it('undoes all of several calls', () => {
    const { catalogue, add } = memoryLibrary();
    expect(() =>
      catalogue.transaction(() => {
        add('/music/a.mp3');
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(catalogue.count({})).toBe(0);
    expect(catalogue.count({ text: 'a' })).toBe(0);
  });
});
