import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server was asked for. */
export interface Asked {
  readonly path: string;
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
  readonly ranged: boolean;
}

/** How it is bad. */
export interface Manners {
  /** Answers to all requests with 200 and everything. */
  noRanges?: boolean;
  /** Sends no ETag. */
  noTag?: boolean;
  /** Sends no Content-Length, and no size in Content-Range. */
  noLength?: boolean;
  /** Breaks connections after so many bytes of a body, the first so many times. */
  cut?: { after: number; times: number };
  /** Stops sending after so many bytes, keeps the connection, the first so many times. */
  stall?: { after: number; times: number };
  /** Bytes per second. */
  rate?: number;
  /** Says this instead, the first so many times. */
  status?: { code: number; times: number; retryAfter?: string };
  /** Redirects everything to another address. */
  redirect?: (path: string) => string;
  /** Tells a tag like Hugging Face's on the way. */
  linkedTag?: string;
  /** Sends this body's bytes from another file. */
  swapped?: Buffer;
  /** Called before each answer. */
  onAsked?: (asked: Asked) => void;
}

/** An HTTP server with a few files, for tests: with ranges, ETags and, if wanted, bad manners. */
export class ModelServer {
  readonly files = new Map<string, Buffer>();
  readonly asked: Asked[] = [];
  /** Bytes of bodies that were sent. */
  sent = 0;
  manners: Manners = {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ModelServer> {
    const server = createServer((request, response) => {
      self.#answer(request, response).catch(() => response.destroy());
    });
    const self = new ModelServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Forgets what was asked and sent. */
  reset(manners: Manners = {}): void {
    this.asked.length = 0;
    this.sent = 0;
    this.manners = manners;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { manners } = this;
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1));
    const file = this.files.get(path);
    if (manners.linkedTag) response.setHeader('x-linked-etag', manners.linkedTag);
    if (manners.redirect) {
      response.writeHead(302, { location: manners.redirect(path) }).end();
      return;
    }
    if (!file) {
      response.writeHead(404).end('not here');
      return;
    }
    if (manners.status && manners.status.times-- > 0) {
      const { code, retryAfter } = manners.status;
      response.writeHead(code, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('no');
      return;
    }
    const tag = `"${createHash('md5').update(file).digest('hex')}"`;
    if (!manners.noTag) response.setHeader('etag', tag);
    const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const changed = request.headers['if-range'] !== undefined && request.headers['if-range'] !== tag;
    const ranged = match !== null && !manners.noRanges && !changed;
    const from = ranged ? Number(match[1]) : 0;
    const to = ranged && match[2] ? Math.min(file.length, Number(match[2]) + 1) : file.length;
    const asked = { path, from, to, ranged };
    this.asked.push(asked);
    manners.onAsked?.(asked);
    if (from >= file.length && file.length > 0) {
      response.writeHead(416).end();
      return;
    }
    if (ranged) {
      response.setHeader('content-range', `bytes ${from}-${to - 1}/${manners.noLength ? '*' : file.length}`);
    }
    if (!manners.noLength) response.setHeader('content-length', to - from);
    response.writeHead(ranged ? 206 : 200);
    await this.#send((manners.swapped ?? file).subarray(from, to), response);
  }

  async #send(body: Buffer, response: ServerResponse): Promise<void> {
    const { cut, stall, rate } = this.manners;
    const step = rate ? Math.max(1, Math.round(rate / 50)) : 16 * 1024;
    for (let at = 0; at < body.length; ) {
      let piece = body.subarray(at, at + step);
      const limit = cut && cut.times > 0 ? cut : stall && stall.times > 0 ? stall : undefined;
      if (limit && at + piece.length >= limit.after) {
        piece = body.subarray(at, limit.after);
        limit.times--;
        response.write(piece);
        this.sent += piece.length;
        // What was written must have gone out before the end of the connection does.
        await sleep(20);
        if (limit === cut) response.destroy();
        return;
      }
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
      this.sent += piece.length;
      at += piece.length;
      if (rate) await sleep(20);
    }
    response.end();
  }
}

/** Resolves when a response can take more, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      response.off('drain', goOn).off('close', goOn);
      resolve();
    };
    response.once('drain', goOn).once('close', goOn);
  });
}
