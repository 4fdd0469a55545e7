import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { SOCKET_PATH, SOCKET_PROTOCOL } from '../../../shared/contract/socket.ts';
import { MEDIA_PREFIX } from '../../media/media.ts';
import type { LibraryRouter } from '../../service/router.ts';
import { Admission } from './admission.ts';
import { securityHeaders } from './headers.ts';
import { type AnswersMedia, sendMedia } from './media.ts';
import { RateLimit } from './rate-limit.ts';
import type { RendererFiles } from './renderer-files.ts';

/** Bytes of one message from a page: the largest call, a hundred paths, is far below. */
const MAX_MESSAGE = 1 << 20;
/** Pages that may be open at once. */
const MAX_CLIENTS = 32;
/** Calls a second: fast scrolling needs some twenty. */
const CALLS_BURST = 400;
const CALLS_PER_SECOND = 100;

export interface ServeOptions {
  readonly router: LibraryRouter;
  readonly files: RendererFiles;
  /** What can be heard; nothing where it is left out. */
  readonly media?: AnswersMedia;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** What went wrong in a call and is no fault of the caller's. */
  readonly onError?: (error: unknown) => void;
}

export interface Served {
  readonly port: number;
  /** The address to open, with the token in its fragment, which a browser never sends. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the user interface and the contract on 127.0.0.1. */
export async function serve(options: ServeOptions): Promise<Served> {
  const server = createServer();
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const token = randomBytes(32).toString('base64url');
  const admission = new Admission(port, token);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    // Only ours is chosen; the one that carries the token is never echoed.
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });
  const handler = new RPCHandler(options.router);

  server.on('request', (request, response) => {
    const { media } = options;
    if (media && request.url?.startsWith(MEDIA_PREFIX)) sendMedia(media, request, response, admission);
    else answer(request, response, admission, options.files);
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal =
      request.url !== SOCKET_PATH
        ? { status: 404, reason: 'nothing here' }
        : sockets.clients.size >= MAX_CLIENTS
          ? { status: 503, reason: 'too many pages are open' }
          : admission.socket(request);
    if (refusal) turnAway(socket, refusal.status, refusal.reason);
    else sockets.handleUpgrade(request, socket, head, (client) => connect(client));
  });

  const connect = (client: WebSocket) => {
    const limit = new RateLimit(CALLS_BURST, CALLS_PER_SECOND);
    client.on('error', () => client.terminate());
    client.on('message', () => {
      if (limit.take()) return;
      client.removeAllListeners('message');
      client.close(1008, 'too many calls');
    });
    handler.upgrade(client, { context: {} }).catch((error: unknown) => options.onError?.(error));
  };

  return {
    port,
    url: `http://127.0.0.1:${port}/#${token}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
  files: RendererFiles,
): void {
  const end = (status: number, text: string) => {
    response.writeHead(status, {
      ...securityHeaders([]),
      'Content-Type': 'text/plain; charset=utf-8',
    });
    response.end(`${text}\n`);
  };
  const refusal = admission.file(request);
  const file = files.get((request.url ?? '/').replace(/[?#].*$/s, ''));
  if (refusal) end(refusal.status, refusal.reason);
  else if (request.method !== 'GET' && request.method !== 'HEAD') end(405, 'only GET');
  else if (!file) end(404, 'nothing here');
  else {
    response.writeHead(200, {
      ...securityHeaders(admission.connect),
      'Content-Type': file.type,
      'Content-Length': file.bytes.length,
    });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  }
}

function turnAway(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
