import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RendererFiles } from '../../../../src/main/host/serve/renderer-files.ts';
import { serve } from '../../../../src/main/host/serve/server.ts';
import type { LibraryRouter } from '../../../../src/main/service/router.ts';
import { listening } from '../../media/support.ts';

async function started() {
  const here = listening();
  writeFileSync(join(here.folder, 'index.html'), '<!doctype html>');
  const server = await serve({
    router: {} as LibraryRouter,
    files: RendererFiles.open(here.folder),
    media: here.media,
  });
  onTestFinished(() => server.close());
  const { port } = server;
  return { ...here, port, token: new URL(server.url).hash.slice(1) };
}

/** A request, its path as it is: `fetch` would tidy it up. */
function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let body = '';
        response.setEncoding('latin1').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      });
      sent.on('error', reject).end();
    },
  );
}

describe('sound by HTTP', () => {
  it('is given to a player of our own page', async () => {
    const { port, media, add } = await started();
    const { url } = await media.open(add('a.mp3', '0123456789'));
    const headers = { Range: 'bytes=3-5', 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'audio' };
    const part = await ask(port, url, headers);
    expect([part.status, part.body]).toEqual([206, '345']);
    expect(part.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-range': 'bytes 3-5/10',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    const head = await ask(port, url, {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '10', '']);
  });

  it('is refused to every other page, frame and method, whatever it knows', async () => {
    const { port, media, add, token } = await started();
    const { url } = await media.open(add('a.mp3', 'SECRET'));
    for (const headers of [
      { Host: 'rebound.example' },
      { Host: `127.0.0.1:${port + 1}` },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: `http://127.0.0.1:${port + 1}` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Dest': 'document' },
      { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'iframe' },
      { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'document' },
      { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'script' },
    ] as Record<string, string>[]) {
      const answer = await ask(port, url, headers);
      expect([headers, answer.status, answer.body]).toEqual([headers, 403, '']);
    }
    expect((await ask(port, url, {}, 'POST')).status).toBe(405);
    expect((await ask(port, url, {}, 'DELETE')).status).toBe(405);
    // The token of the library opens no sound.
    expect((await ask(port, `/media/${token}`)).status).toBe(404);
    expect((await ask(port, `/media/1?token=${token}`)).status).toBe(404);
  });

  it.each([
    '/media',
    '/media/',
    '/media/../a.mp3',
    '/media/../../../../etc/passwd',
    '/media/%2e%2e/%2e%2e/etc/passwd',
    '/media/..%2f..%2fetc%2fpasswd',
    '/media/..%252f..%252fetc%252fpasswd',
    '/media/%c0%ae%c0%ae/etc/passwd',
    '/media/..\\..\\etc\\passwd',
    '/media/..%5c..%5cetc%5cpasswd',
    '/media//etc/passwd',
    '/media/file:///etc/passwd',
    '/media/C:%5CWindows%5Cwin.ini',
    '/media/%00',
    '/media/1',
    `/media/${'A'.repeat(43)}`,
    `/media/${'A'.repeat(8000)}`,
    '//media/x',
    'http://127.0.0.1/media/x',
  ])('has nothing at %.50s', async (path) => {
    const { port, add } = await started();
    add('a.mp3', 'SECRET');
    const answer = await ask(port, path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toMatch(/SECRET|root:/);
  });

  it('does not let another library’s ticket in', async () => {
    const { port } = await started();
    const other = listening();
    const { url } = await other.media.open(other.add('a.mp3', 'SECRET'));
    expect((await ask(port, url)).status).toBe(404);
  });

  it('bears huge and broken lists of ranges', async () => {
    const { port, media, add } = await started();
    const { url } = await media.open(add('a.mp3', Buffer.alloc(1000)));
    const many = `bytes=${Array.from({ length: 1000 }, (_, i) => `${i}-${i}`).join(',')}`;
    expect((await ask(port, url, { Range: many })).status).toBe(416);
    const overlapping = await ask(port, url, { Range: 'bytes=0-,0-,0-,0-' });
    expect([overlapping.status, overlapping.body.length]).toEqual([200, 1000]);
    expect((await ask(port, url, { Range: `bytes=${'9'.repeat(400)}-` })).status).toBe(416);
    expect((await ask(port, url, { Range: 'bytes=99999999999999999999-' })).status).toBe(416);
    expect((await ask(port, url, { Range: 'bytes=0-99999999999999999999' })).body).toHaveLength(1000);
  });

  it('closes the file when the client goes in the middle', async () => {
    const { port, media, add } = await started();
    const { url } = await media.open(add('a.mp3', Buffer.alloc(64 << 20)));
    const sockets = Array.from({ length: 5 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${url} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      return socket;
    });
    // Nobody reads on: each is held up with its file open.
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('readable', resolve))));
    await expect.poll(() => media.reading).toBe(5);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => media.reading).toBe(0);
  });

  it('breaks off when the file is to be written to', async () => {
    const { port, media, add, root } = await started();
    const { url } = await media.open(add('a.mp3', Buffer.alloc(64 << 20)));
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(`GET ${url} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    const release = await media.hold([`${root}/a.mp3`]);
    expect(media.reading).toBe(0);
    socket.resume();
    await closed;
    const waiting = await ask(port, url);
    expect([waiting.status, waiting.headers['retry-after']]).toEqual([503, '1']);
    release([]);
    expect((await ask(port, url, {}, 'HEAD')).status).toBe(200);
  });
});
