import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { RateLimit } from '../../../../src/main/host/serve/rate-limit.ts';
import { RendererFiles } from '../../../../src/main/host/serve/renderer-files.ts';
import { serve } from '../../../../src/main/host/serve/server.ts';
import type { Contract } from '../../../../src/shared/contract/index.ts';
import { servedLibrary } from '../../service/library.ts';

/** A built renderer in small, beside a file that must not be had. */
function rendererFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-serve-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'a.js'), 'export {};');
  writeFileSync(join(folder, 'renderer', 'assets', '.env'), 'SECRET');
  writeFileSync(join(folder, 'secret.js'), 'SECRET');
  return join(folder, 'renderer');
}

async function started() {
  const { router } = await servedLibrary();
  const server = await serve({ router, files: RendererFiles.open(rendererFolder()) });
  onTestFinished(() => server.close());
  const url = new URL(server.url);
  return { port: server.port, host: url.host, token: url.hash.slice(1) };
}

/** A plain request, its path as it is: `fetch` would tidy it up. */
function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
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

/** Opens a WebSocket; its HTTP status where it is refused. */
function open(port: number, protocols: string[], headers: Record<string, string>, path = '/library') {
  return new Promise<WebSocket | number>((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
    onTestFinished(() => socket.terminate());
  });
}

describe('serve', () => {
  it('gives out the page with a strict policy, to our own host only', async () => {
    const { port } = await started();
    const page = await get(port, '/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>page');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers['x-frame-options']).toBe('DENY');
    expect((await get(port, '/assets/a.js?v=1')).status).toBe(200);
    expect((await get(port, '/', { Host: 'evil.example' })).status).toBe(403);
    expect((await get(port, '/', { Host: `127.0.0.1:${port + 1}` })).status).toBe(403);
    expect((await get(port, '/', { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await get(port, '/', {}, 'POST')).status).toBe(405);
  });

  it.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..\\secret.js',
    '//secret.js',
    '/assets/.env',
    '/assets',
    '/__proto__',
  ])('has nothing at %s', async (path) => {
    const { port } = await started();
    const answer = await get(port, path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('SECRET');
  });

  it('answers the contract to a page that knows the token', async () => {
    const { port, host, token } = await started();
    const socket = await open(port, ['cratewise.v1', `token.${token}`], { Origin: `http://${host}` });
    if (typeof socket === 'number') throw new Error(`refused: ${socket}`);
    expect(socket.protocol).toBe('cratewise.v1');
    const websocket = socket as unknown as globalThis.WebSocket;
    const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ websocket }));
    expect((await client.tracks.search({ query: { text: 'two' } })).rows).toMatchObject([{ title: 'Two' }]);
    await expect(client.tracks.search({ query: { keys: [99] } })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    for await (const state of await client.work.watch()) {
      expect(state).toMatchObject({ running: null, last: null, revision: 0, edits: 0 });
      break;
    }
  });

  it('turns every other WebSocket away', async () => {
    const { port, host, token } = await started();
    const origin = { Origin: `http://${host}` };
    const protocols = ['cratewise.v1', `token.${token}`];
    expect(await open(port, ['cratewise.v1'], origin)).toBe(401);
    expect(await open(port, ['cratewise.v1', 'token.guess'], origin)).toBe(401);
    expect(await open(port, protocols, {})).toBe(403);
    expect(await open(port, protocols, { Origin: 'http://evil.example' })).toBe(403);
    expect(await open(port, protocols, { Origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
    expect(await open(port, protocols, { ...origin, Host: `rebound.example:${port}` })).toBe(403);
    expect(await open(port, protocols, origin, '/else')).toBe(404);
  });

  it('ends a connection that sends too much at once', async () => {
    const { port, host, token } = await started();
    const socket = await open(port, ['cratewise.v1', `token.${token}`], { Origin: `http://${host}` });
    if (typeof socket === 'number') throw new Error(`refused: ${socket}`);
    const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
    socket.send('x'.repeat(2 << 20));
    expect([1006, 1009]).toContain(await closed);
  });

  it('says how to build a renderer that is not there', () => {
    expect(() => RendererFiles.open('/there/is/none')).toThrow(/npm run build/);
  });
});

describe('RateLimit', () => {
  it('allows a burst, then so many a second', () => {
    let now = 0;
    const limit = new RateLimit(3, 10, () => now);
    expect([1, 2, 3, 4].map(() => limit.take())).toEqual([true, true, true, false]);
    now += 100;
    expect([limit.take(), limit.take()]).toEqual([true, false]);
    now += 60_000;
    expect([1, 2, 3, 4].map(() => limit.take())).toEqual([true, true, true, false]);
  });
});
