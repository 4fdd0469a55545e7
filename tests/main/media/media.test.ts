import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listening, read } from './support.ts';

const onPosix = process.platform !== 'win32';

/** Files below a folder that this process has open (Linux). */
function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', fd));
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

describe('Media', () => {
  it('gives out a file under an address that tells nothing of it', async () => {
    const { media, add, get } = listening();
    const { url, decoded, writes } = await media.open(add('a.mp3', '0123456789'));
    expect(url).toMatch(/^\/media\/[A-Za-z0-9_-]{43}$/);
    expect([decoded, writes]).toEqual([false, 0]);
    const whole = await get(url);
    expect(whole.headers).toMatchObject({
      'Content-Type': 'audio/mpeg',
      'Content-Length': '10',
      'Accept-Ranges': 'bytes',
    });
    expect(await read(whole)).toEqual([200, '0123456789']);
    expect(media.reading).toBe(0);
  });

  it('answers ranges, HEAD and If-Range as RFC 9110 has them', async () => {
    const { media, add, get } = listening();
    const { url } = await media.open(add('a.flac', '0123456789', { container: 'flac' }));
    const part = await get(url, { range: 'bytes=2-4' });
    expect(part.headers).toMatchObject({ 'Content-Range': 'bytes 2-4/10', 'Content-Length': '3' });
    expect(await read(part)).toEqual([206, '234']);
    expect(await read(await get(url, { range: 'bytes=-3' }))).toEqual([206, '789']);
    const beyond = await get(url, { range: 'bytes=10-' });
    expect(beyond.headers).toMatchObject({ 'Content-Range': 'bytes */10' });
    expect(await read(beyond)).toEqual([416, '']);
    expect(await read(await get(url, { range: 'bytes=0-1,4-5' }))).toEqual([200, '0123456789']);
    const head = await get(url, { range: 'bytes=2-4' }, 'HEAD');
    expect(head.headers).toMatchObject({ 'Content-Length': '10', 'Content-Type': 'audio/flac' });
    expect(await read(head)).toEqual([200, '']);
    const range = 'bytes=2-4';
    expect(await read(await get(url, { range, ifRange: part.headers.ETag! }))).toEqual([206, '234']);
    expect(await read(await get(url, { range, ifRange: '"other"' }))).toEqual([200, '0123456789']);
    expect((await get(url, {}, 'POST')).status).toBe(405);
    expect(media.reading).toBe(0);
  });

  it('knows no other address', async () => {
    const { media, add, get, root } = listening();
    const { url } = await media.open(add('a.mp3', 'SECRET'));
    for (const path of [
      '/media/',
      '/media/1',
      '/media/a.mp3',
      `/media/${'A'.repeat(43)}`,
      `${url}/`,
      `${url}?x`,
      `${url}/../../etc/passwd`,
      `${url}%00`,
      `${url.toLowerCase()}`,
      `/media/../${root}/a.mp3`,
      `/media/${encodeURIComponent(`${root}/a.mp3`)}`,
      '/media/..%2f..%2fetc%2fpasswd',
      '/media/%2e%2e/%2e%2e/etc/passwd',
      '/media/..\\..\\a.mp3',
      `//media/${url.slice(7)}`,
    ]) {
      const [status, body] = await read(await get(path));
      expect([path, status]).toEqual([path, 404]);
      expect(body).toBe('');
    }
  });

  it('lets nobody guess for free', async () => {
    const { get, clock } = listening();
    const statuses = new Set<number>();
    for (let i = 0; i < 40; i++) statuses.add((await get(`/media/${String(i).padStart(43, 'A')}`)).status);
    expect([...statuses]).toEqual([404, 429]);
    clock.now += 60_000;
    expect((await get(`/media/${'B'.repeat(43)}`)).status).toBe(404);
  });

  it('lets tickets go when they are not used, and in any case after half a day', async () => {
    const { media, add, get, clock } = listening();
    const id = add('a.mp3', 'abc');
    const { url } = await media.open(id);
    let minutes = 0;
    while ((await get(url, {}, 'HEAD')).status === 200 && minutes < 2000) {
      clock.now += 9 * 60_000;
      minutes += 9;
    }
    expect(minutes).toBeGreaterThanOrEqual(12 * 60);
    expect(minutes).toBeLessThan(13 * 60);
    const { url: idle } = await media.open(id);
    clock.now += 11 * 60_000;
    expect((await get(idle)).status).toBe(404);
  });

  it('keeps a bounded number of tickets, the newest', async () => {
    const { media, add, get } = listening();
    const id = add('a.mp3', 'abc');
    const { url: first } = await media.open(id);
    for (let i = 0; i < 256; i++) await media.open(id);
    const { url: last } = await media.open(id);
    expect((await get(first)).status).toBe(404);
    expect((await get(last, {}, 'HEAD')).status).toBe(200);
  });

  it('says why a file can’t be heard', async () => {
    const { media, add, root, rootId, catalogue } = listening();
    await expect(media.open(999)).rejects.toMatchObject({ code: 'unknown-file' });
    const id = add('a.mp3', 'abc');
    unlinkSync(join(root, 'a.mp3'));
    await expect(media.open(id)).rejects.toMatchObject({ code: 'missing' });
    catalogue.roots.setOffline(rootId, true);
    await expect(media.open(id)).rejects.toMatchObject({ code: 'offline' });
  });

  it('has nothing of what was gone on with as another file', async () => {
    const { media, add, get, root } = listening();
    const { url } = await media.open(add('a.mp3', '0123456789'));
    expect(await read(await get(url, { range: 'bytes=0-3' }))).toEqual([206, '0123']);
    writeFileSync(join(root, 'new'), 'abcdefghijkl');
    renameSync(join(root, 'new'), join(root, 'a.mp3'));
    expect(await read(await get(url, { range: 'bytes=4-' }))).toEqual([404, '']);
  });

  describe.runIf(onPosix)('refuses what was put in a file’s place', () => {
    it('a link out of the library', async () => {
      const { media, add, get, root, folder } = listening();
      const { url } = await media.open(add('a.mp3', 'music'));
      writeFileSync(join(folder, 'secret'), 'SECRET');
      rmSync(join(root, 'a.mp3'));
      symlinkSync(join(folder, 'secret'), join(root, 'a.mp3'));
      expect(await read(await get(url))).toEqual([404, '']);
    });

    it('a link to another file of the library', async () => {
      const { media, add, get, root } = listening();
      const { url } = await media.open(add('a.mp3', 'music'));
      writeFileSync(join(root, 'notes.txt'), 'SECRET');
      rmSync(join(root, 'a.mp3'));
      symlinkSync('notes.txt', join(root, 'a.mp3'));
      expect(await read(await get(url))).toEqual([404, '']);
    });

    it('a folder of the way that became a link', async () => {
      const { media, know, get, root, folder } = listening();
      mkdirSync(join(root, 'album'));
      writeFileSync(join(root, 'album', 'a.mp3'), 'music');
      const { url } = await media.open(know(join(root, 'album', 'a.mp3')));
      mkdirSync(join(folder, 'elsewhere'));
      writeFileSync(join(folder, 'elsewhere', 'a.mp3'), 'SECRET');
      rmSync(join(root, 'album'), { recursive: true });
      symlinkSync(join(folder, 'elsewhere'), join(root, 'album'));
      expect(await read(await get(url))).toEqual([404, '']);
    });

    it('a pipe, which must not be waited for, and a folder', async () => {
      const { media, add, get, root } = listening();
      const { url } = await media.open(add('a.mp3', 'music'));
      rmSync(join(root, 'a.mp3'));
      execFileSync('mkfifo', [join(root, 'a.mp3')]);
      expect(await read(await get(url))).toEqual([404, '']);
      rmSync(join(root, 'a.mp3'));
      mkdirSync(join(root, 'a.mp3'));
      expect(await read(await get(url))).toEqual([404, '']);
      expect(media.reading).toBe(0);
    });

    it('but not what the scan itself found behind a link', async () => {
      const { media, know, get, root, folder } = listening();
      writeFileSync(join(folder, 'elsewhere.mp3'), 'music');
      symlinkSync(join(folder, 'elsewhere.mp3'), join(root, 'a.mp3'));
      const { url } = await media.open(know(join(root, 'a.mp3')));
      expect(await read(await get(url))).toEqual([200, 'music']);
      writeFileSync(join(folder, 'other.mp3'), 'SECRET');
      rmSync(join(root, 'a.mp3'));
      symlinkSync(join(folder, 'other.mp3'), join(root, 'a.mp3'));
      expect(await read(await get(url))).toEqual([404, '']);
    });
  });

  it('reads a bounded number of files at once, and closes them when nobody listens', async () => {
    const { media, add, get, root } = listening();
    const { url } = await media.open(add('a.mp3', Buffer.alloc(4 << 20)));
    const answers = [];
    for (let i = 0; i < 24; i++) answers.push(await get(url));
    expect((await get(url)).status).toBe(429);
    if (process.platform === 'linux') expect(openBelow(root)).toHaveLength(24);
    for (const { body } of answers) body!.destroy();
    await expect.poll(() => media.reading).toBe(0);
    if (process.platform === 'linux') await expect.poll(() => openBelow(root)).toEqual([]);
    expect((await get(url, {}, 'HEAD')).status).toBe(200);
  });

  it('lets go of a file that is to be written to, and tells who listens', async () => {
    const { media, add, get, root } = listening();
    const id = add('a.mp3', Buffer.alloc(4 << 20));
    const path = join(root, 'a.mp3');
    const { url } = await media.open(id);
    const stop = new AbortController();
    const told: unknown[] = [];
    const watching = (async () => {
      for await (const files of media.watch(stop.signal)) told.push(files);
    })();
    const { body } = await get(url);
    const broken = new Promise((resolve) => body!.once('error', resolve));
    body!.resume();
    body!.pause();
    const release = await media.hold([path]);
    await broken;
    if (process.platform === 'linux') expect(openBelow(root)).toEqual([]);
    expect(media.reading).toBe(0);
    expect(await read(await get(url))).toEqual([503, '']);
    await expect.poll(() => told.at(-1)).toEqual([{ id, held: true, writes: 0 }]);
    writeFileSync(join(root, 'new'), 'written');
    renameSync(join(root, 'new'), path);
    release([path]);
    await expect.poll(() => told.at(-1)).toEqual([{ id, held: false, writes: 1 }]);
    const again = await media.open(id);
    expect(again.writes).toBe(1);
    expect(await read(await get(again.url))).toEqual([200, 'written']);
    // The old address would mix the bytes of two files.
    expect((await get(url)).status).toBe(404);
    stop.abort();
    await watching;
  });
});
