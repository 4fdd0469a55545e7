import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../../src/main/models/fetch/byte-source.ts';
import { connectionProblem, retryAfter } from '../../../../src/main/models/fetch/http-problems.ts';
import { HttpSource } from '../../../../src/main/models/fetch/http-source.ts';
import { authorsAddress, mirrorPaths, sourceOf } from '../../../../src/main/models/fetch/sources.ts';
import { ModelServer } from '../model-server.ts';
import { MANIFEST } from '../tiny-model.ts';
import { selfSigned } from './self-signed.ts';

const never = new AbortController().signal;
const ALL = { from: 0, to: null };

async function read(source: HttpSource, path = 'file'): Promise<string> {
  const { body } = await source.open(path, ALL, null, never);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const at = (base: string) =>
  new HttpSource(new URL(base), (path) => [new URL(path, base)], { stallMs: 2000 });

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

describe('a server behind a proxy', () => {
  let server: ModelServer;
  let proxy: Server;
  let proxyUrl: string;
  const seen: string[] = [];
  beforeAll(async () => {
    server = await ModelServer.start();
    server.files.set('file', Buffer.from('hello'));
    proxy = createServer(async (request, response) => {
      // A proxy gets the whole address on the first line.
      seen.push(`${request.method} ${request.url}`);
      const answer = await fetch(request.url ?? '');
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    proxy.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 503 Not today\r\n\r\n');
    });
    proxyUrl = `http://127.0.0.1:${await listening(proxy)}`;
  });
  afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.close();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    seen.length = 0;
  });

  it('is reached through it', async () => {
    vi.stubEnv('HTTP_PROXY', proxyUrl);
    vi.stubEnv('NO_PROXY', '');
    expect(await read(at(server.url))).toBe('hello');
    expect(seen).toEqual([`GET ${server.url}file`]);
  });

  it('is reached directly where NO_PROXY says so', async () => {
    vi.stubEnv('HTTP_PROXY', proxyUrl);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    expect(await read(at(server.url))).toBe('hello');
    expect(seen).toEqual([]);
  });

  it('is reached by a tunnel where it is secure', async () => {
    vi.stubEnv('HTTPS_PROXY', proxyUrl);
    vi.stubEnv('NO_PROXY', '');
    await expect(read(at('https://weights.example/'))).rejects.toBeInstanceOf(SourceError);
    expect(seen).toEqual(['CONNECT weights.example:443']);
  });
});

describe('a server', () => {
  it.skipIf(!selfSigned)('whose certificate does not hold is not used (needs openssl)', async () => {
    const server = createTlsServer(selfSigned ?? {}, (_request, response) => response.end('hello'));
    const port = await listening(server as unknown as Server);
    try {
      const error: unknown = await read(at(`https://127.0.0.1:${port}/`)).catch((e) => e);
      expect(error).toMatchObject({ problem: 'refused', message: expect.stringContaining('self-signed') });
    } finally {
      server.close();
    }
  });

  it('that compresses is not used: offsets would mean nothing', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('hello');
    });
    const port = await listening(server);
    await expect(read(at(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({ problem: 'refused' });
    server.closeAllConnections();
    server.close();
  });

  it('that sends another range than the one asked for is not used', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-4/5' }).end('hello');
    });
    const port = await listening(server);
    const source = at(`http://127.0.0.1:${port}/`);
    await expect(source.open('x', { from: 2, to: 4 }, null, never)).rejects.toThrow(/other bytes/);
    server.closeAllConnections();
    server.close();
  });

  it('that is not there is told as what may come back', async () => {
    await expect(read(at('http://127.0.0.1:1/'))).rejects.toMatchObject({ problem: 'temporary' });
  });

  it('without TLS is used on this computer and where it was named so, nowhere else', async () => {
    await expect(read(at('http://192.0.2.1/'))).rejects.toThrow(/has to be https/);
    const mirror = sourceOf(MANIFEST, 'http://192.0.2.1/', { stallMs: 50 });
    await expect(mirror.open('x', ALL, null, never)).rejects.toMatchObject({ problem: 'temporary' });
  });

  it('is named without its password', () => {
    expect(sourceOf(MANIFEST, 'https://me:secret@mirror.example/models').name).toBe(
      'https://mirror.example/models/',
    );
  });
});

describe('where files are', () => {
  it('is the authors’ place at the pinned commit', () => {
    const { source } = MANIFEST;
    expect(authorsAddress(MANIFEST, 'model.safetensors').href).toBe(
      `https://huggingface.co/no/body/resolve/${source.revision}/model.safetensors`,
    );
    const github = { ...MANIFEST, source: { ...source, host: 'github' as const } };
    expect(authorsAddress(github, 'a/.b').href).toBe(
      `https://raw.githubusercontent.com/no/body/${source.revision}/a/.b`,
    );
  });

  it('may be another than its path', () => {
    const openai = {
      ...MANIFEST,
      source: { host: 'openai' as const, repository: 'jukebox/models', revision: null },
      files: [{ path: 'vqvae.pth.tar', at: '5b/vqvae.pth.tar', size: null, unpinned: true as const }],
    };
    expect(authorsAddress(openai, 'vqvae.pth.tar').href).toBe(
      'https://openaipublic.azureedge.net/jukebox/models/5b/vqvae.pth.tar',
    );
    expect(mirrorPaths(openai, 'vqvae.pth.tar')).toEqual([
      'tiny/vqvae.pth.tar',
      '5b/vqvae.pth.tar',
      'vqvae.pth.tar',
    ]);
  });

  it('is one of a few places in a mirror', () => {
    expect(mirrorPaths({ ...MANIFEST, source: { ...MANIFEST.source, host: 'github' } }, 'a/b.bin')).toEqual([
      'tiny/a/b.bin',
      'tiny/b.bin',
      'a/b.bin',
      'b.bin',
    ]);
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7000],
    ['100000', 120_000],
    [new Date(5000).toUTCString(), 4000],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('of %s is %s ms', (value, ms) => {
    expect(retryAfter(value, 1000)).toBe(ms);
  });
});

describe('a connection that fails', () => {
  it.each([
    ['ENOTFOUND', 'temporary', 'a.example can’t be found: is there a network?'],
    ['ECONNRESET', 'temporary', 'a.example can’t be read: broken.'],
    ['CERT_HAS_EXPIRED', 'refused', 'a.example can’t be used: broken.'],
  ])('with %s is said in a sentence', (code, problem, message) => {
    const thrown = Object.assign(new Error('broken'), { code });
    expect(connectionProblem(thrown, new URL('https://a.example/x'))).toMatchObject({ problem, message });
  });
});
