import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue } from '../../../src/main/catalogue/index.ts';
import { type ScanOptions, type ScanSummary, scanLibrary } from '../../../src/main/scan/scan.ts';
import { scratch, wave } from './fixtures.ts';
import { inProcessHost } from './in-process-host.ts';

let catalogue: Catalogue;
let root: string;
let host: ReturnType<typeof inProcessHost>;

beforeEach(() => {
  catalogue = openCatalogue(':memory:');
  root = scratch();
  host = inProcessHost();
});
afterEach(() => catalogue.close());

const put = (name: string, content: string | Buffer): string => {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const scan = (folders: readonly string[] = [root], options: ScanOptions = {}): Promise<ScanSummary> => {
  host.read.length = 0;
  return scanLibrary(catalogue, folders, { ...options, host });
};
const counts = ({ failed, offline, cancelled, ...rest }: ScanSummary) =>
  Object.fromEntries(Object.entries(rest).filter(([, count]) => count > 0));
const trackOf = (path: string) => catalogue.files.byPath(path)?.trackId;
const idOf = (path: string) => catalogue.files.byPath(path)?.id;

describe('scanLibrary', () => {
  it('reads what is new, and nothing on the second scan', async () => {
    const path = put('a/one.wav', wave(1, { INAM: 'One', IGNR: 'Dub' }));
    put('two.wav', wave(2));
    put('cover.jpg', 'no audio');
    expect(counts(await scan())).toEqual({ seen: 2, new: 2 });
    const details = catalogue.files.details(path);
    expect(details).toMatchObject({ container: 'wav', state: 'present', problem: null });
    expect(details?.tags).toEqual({ title: ['One'], genre: ['Dub'] });
    expect(details?.track).toMatchObject({ durationSeconds: 0.5, sampleRate: 8000, channels: 1 });
    expect(counts(await scan())).toEqual({ seen: 2, unchanged: 2 });
    expect(host.read).toEqual([]);
  });

  it('knows a retagged file by its audio', async () => {
    const path = put('a.wav', wave(1, { INAM: 'Old' }));
    await scan();
    const track = trackOf(path);
    writeFileSync(path, wave(1, { INAM: 'A new and longer title', IGNR: 'Techno' }));
    expect(counts(await scan())).toEqual({ seen: 1, changed: 1 });
    expect(trackOf(path)).toBe(track);
    expect(catalogue.files.details(path)?.tags).toEqual({
      title: ['A new and longer title'],
      genre: ['Techno'],
    });
  });

  it('takes other audio under the same name for another track', async () => {
    const path = put('a.wav', wave(1));
    await scan();
    const track = trackOf(path);
    writeFileSync(path, wave(2, {}, 5000));
    expect(counts(await scan())).toEqual({ seen: 1, changed: 1 });
    expect(trackOf(path)).not.toBe(track);
    expect(catalogue.tracks.get(track!)).toBeDefined();
  });

  it('follows a renamed folder without reading a file', async () => {
    for (let i = 0; i < 5; i++) put(`old/${i}.wav`, wave(i));
    await scan();
    const ids = [0, 1, 2, 3, 4].map((i) => idOf(join(root, `old/${i}.wav`)));
    renameSync(join(root, 'old'), join(root, 'new'));
    expect(counts(await scan())).toEqual({ seen: 5, moved: 5 });
    expect(host.read).toEqual([]);
    expect([0, 1, 2, 3, 4].map((i) => idOf(join(root, `new/${i}.wav`)))).toEqual(ids);
    expect(catalogue.files.counts()).toMatchObject({ present: 5, missing: 0 });
  });

  it('follows a file that was retagged and moved as a copy', async () => {
    const from = put('a.wav', wave(1, { INAM: 'Old' }));
    await scan();
    const id = idOf(from);
    rmSync(from);
    const to = put('elsewhere/b.wav', wave(1, { INAM: 'New' }));
    expect(counts(await scan())).toEqual({ seen: 1, moved: 1 });
    expect(idOf(to)).toBe(id);
    expect(catalogue.files.details(to)?.tags).toEqual({ title: ['New'] });
  });

  it('does not take a copy for a move', async () => {
    const from = put('a.wav', wave(1));
    await scan();
    copyFileSync(from, join(root, 'b.wav'));
    expect(counts(await scan())).toEqual({ seen: 2, unchanged: 1, new: 1 });
    expect(trackOf(from)).toBe(trackOf(join(root, 'b.wav')));
    expect(catalogue.tracks.count()).toBe(1);
  });

  it('lets one of two copies move, and only one', async () => {
    const from = put('a.wav', wave(1));
    await scan();
    rmSync(from);
    put('b.wav', wave(1));
    put('c.wav', wave(1));
    expect(counts(await scan())).toEqual({ seen: 2, moved: 1, new: 1 });
    expect(catalogue.files.counts()).toMatchObject({ present: 2, missing: 0 });
  });

  it('marks deleted files missing, keeps them, and knows them when they are back', async () => {
    const path = put('a.wav', wave(1));
    put('b.wav', wave(2));
    await scan();
    const bytes = readFileSync(path);
    const { atime, mtime } = statSync(path);
    const id = idOf(path);
    rmSync(path);
    expect(counts(await scan())).toEqual({ seen: 1, unchanged: 1, missing: 1 });
    expect(catalogue.files.get(id!)?.state).toBe('missing');
    expect(counts(await scan())).toEqual({ seen: 1, unchanged: 1 });
    writeFileSync(path, bytes);
    utimesSync(path, atime, mtime);
    const summary = await scan();
    expect(summary.missing).toBe(0);
    expect(summary.returned + summary.changed).toBe(1);
    expect(catalogue.files.get(id!)).toMatchObject({ state: 'present', path });
  });

  it('takes a root that is gone, or empty all at once, for offline', async () => {
    put('a.wav', wave(1));
    await scan();
    const away = `${root}-away`;
    renameSync(root, away);
    try {
      let summary = await scan();
      expect(summary.offline).toMatchObject([{ path: root, code: 'unreachable-root' }]);
      expect(catalogue.files.counts()).toMatchObject({ present: 0, offline: 1, missing: 0 });
      mkdirSync(root);
      summary = await scan();
      expect(summary.offline).toMatchObject([{ path: root, code: 'empty-root' }]);
      expect(catalogue.files.counts()).toMatchObject({ offline: 1, missing: 0 });
      rmSync(root, { recursive: true });
    } finally {
      renameSync(away, root);
    }
    expect(counts(await scan())).toEqual({ seen: 1, unchanged: 1 });
    expect(catalogue.files.counts()).toMatchObject({ present: 1, offline: 0 });
  });

  it('does not take files on a disk that is not mounted for deleted', async () => {
    const path = put('disk/a.wav', wave(1));
    put('b.wav', wave(2));
    await scan();
    // As if `disk` had been a mount of its own: the file was on a device that is nowhere now.
    const known = catalogue.files.byPath(path)!;
    const { size, mtime, inode } = known;
    const { tags } = catalogue.files.details(path)!;
    catalogue.files.update(known.id, { size, mtime, inode, device: '987654321', tags });
    rmSync(path);
    const summary = await scan();
    expect(summary.missing).toBe(0);
    expect(summary.offline).toMatchObject([{ code: 'unmounted' }]);
    expect(catalogue.files.get(known.id)?.state).toBe('present');
  });

  it('records why a file can not be read, and reads it again only when it changed', async () => {
    const empty = put('empty.mp3', '');
    const text = put('text.mp3', 'This is a text and no music at all.\n'.repeat(100));
    put('noise.flac', Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * i * 31 + i * 7) % 251)));
    const first = await scan();
    expect(counts(first)).toEqual({ seen: 3 });
    expect(first.failed.map(({ path, code }) => [basename(path), code]).sort()).toEqual([
      ['empty.mp3', 'empty-file'],
      ['noise.flac', 'not-audio'],
      ['text.mp3', 'not-audio'],
    ]);
    expect(catalogue.files.details(text)).toMatchObject({ track: null, problem: { code: 'not-audio' } });
    const second = await scan();
    expect(host.read).toEqual([]);
    expect(second.failed.map(({ path }) => path).sort()).toEqual(first.failed.map(({ path }) => path).sort());
    writeFileSync(empty, wave(1));
    const third = await scan();
    expect(third.failed).toHaveLength(2);
    expect(host.read).toEqual([empty]);
    expect(catalogue.files.details(empty)).toMatchObject({ problem: null, container: 'wav' });
    await scan([root], { retryFailed: true });
    expect(host.read).toHaveLength(2);
  });

  it('marks the file that kills a reader, and no other of its batch', async () => {
    for (let i = 0; i < 6; i++) put(`${i}.wav`, wave(i));
    const killer = put('killer.wav', wave(9));
    const summary = await scan();
    expect(summary.new).toBe(6);
    expect(summary.failed).toMatchObject([{ path: killer, code: 'worker-died' }]);
    expect(catalogue.files.counts().present).toBe(7);
    expect((await scan()).failed).toHaveLength(1);
    expect(host.read).toEqual([]);
  });

  it('leaves what is in a folder that it may not look into as it is', async () => {
    if (process.platform === 'win32') return;
    const shut = put('shut/a.wav', wave(1));
    put('open/b.wav', wave(2));
    chmodSync(root, 0o755);
    await scan();
    chmodSync(join(root, 'shut'), 0);
    const asNobody = process.getuid?.() === 0;
    if (asNobody) process.seteuid!(65_534);
    try {
      const summary = await scan();
      expect(counts(summary)).toEqual({ seen: 1, unchanged: 1 });
      expect(summary.failed).toMatchObject([{ path: join(root, 'shut'), code: 'EACCES' }]);
    } finally {
      if (asNobody) process.seteuid!(0);
      chmodSync(join(root, 'shut'), 0o755);
    }
    expect(catalogue.files.byPath(shut)?.state).toBe('present');
  });

  it('goes on where it was stopped', async () => {
    for (let i = 0; i < 200; i++) put(`${i}.wav`, wave(i, {}, 50));
    const abort = new AbortController();
    const stopped = await scan([root], {
      signal: abort.signal,
      onProgress: ({ read }) => {
        if (read > 0) abort.abort();
      },
    });
    // All may be done before the first progress report of a fast machine; then there was nothing to stop.
    expect(stopped.cancelled).toBe(abort.signal.aborted);
    expect(stopped.missing).toBe(0);
    const before = catalogue.files.counts().present;
    const summary = await scan();
    expect(summary.unchanged).toBe(before);
    expect(summary.new).toBe(200 - before);
    expect(host.read).toHaveLength(200 - before);
    expect(catalogue.files.counts()).toMatchObject({ present: 200, missing: 0 });
  });

  it('scans a folder inside a root, or one file, without judging the rest', async () => {
    const a = put('a/a.wav', wave(1));
    const b = put('b/b.wav', wave(2));
    await scan();
    rmSync(a);
    rmSync(b);
    put('b/c.wav', wave(3));
    expect(counts(await scan([join(root, 'b')]))).toEqual({ seen: 1, new: 1, missing: 1 });
    expect(catalogue.files.byPath(a)?.state).toBe('present');
    expect(catalogue.roots.list()).toHaveLength(1);
    expect(counts(await scan([join(root, 'a')]))).toEqual({ missing: 1 });
    const single = put('d.wav', wave(4));
    put('e.wav', wave(5));
    expect(counts(await scan([single]))).toEqual({ seen: 1, new: 1 });
  });

  it('keeps a root inside another apart', async () => {
    put('inner/a.wav', wave(1));
    put('b.wav', wave(2));
    await scan([join(root, 'inner')]);
    expect(counts(await scan([root]))).toEqual({ seen: 2, unchanged: 1, new: 1 });
    expect(catalogue.roots.list()).toHaveLength(2);
    expect(counts(await scan([root, join(root, 'inner')]))).toEqual({ seen: 2, unchanged: 2 });
  });

  it('refuses a folder that is not there and was never known', async () => {
    await expect(scan([join(root, 'nowhere')])).rejects.toMatchObject({ code: 'no-such-folder' });
    expect(catalogue.roots.list()).toEqual([]);
  });

  it('keeps what is not looked at any more, as long as it is there', async () => {
    const hidden = put('.stash/a.wav', wave(1));
    put('b.wav', wave(2));
    await scan([root], { includeHidden: true });
    expect((await scan()).missing).toBe(0);
    rmSync(hidden);
    expect((await scan()).missing).toBe(1);
  });

  it('stops asking for inodes where the file system has none that last', async () => {
    for (let i = 0; i < 120; i++) put(`${i}.wav`, wave(i, {}, 20));
    await scan();
    for (const name of readdirSync(root)) {
      const path = join(root, name);
      const { atimeNs, mtimeNs } = statSync(path, { bigint: true });
      const bytes = readFileSync(path);
      // A second file takes the name, so that the inode is another for certain.
      writeFileSync(`${path}.new`, bytes);
      renameSync(`${path}.new`, path);
      // Microseconds are what utimes keeps; the catalogue is told the same.
      utimesSync(path, Number(atimeNs) / 1e9, Number(mtimeNs / 1_000_000n) / 1e3);
      const known = catalogue.files.byPath(path)!;
      const { inode, device, size } = known;
      const mtime = String(statSync(path, { bigint: true }).mtimeNs);
      catalogue.files.update(known.id, { inode, device, size, mtime, tags: {} });
    }
    expect(counts(await scan())).toEqual({ seen: 120, unchanged: 120 });
    expect(host.read).toHaveLength(32);
  });
});
