import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SOCKET_PROTOCOL, TOKEN_PROTOCOL_PREFIX } from '../../../shared/contract/socket.ts';

/** Why a request is turned away; undefined when it is let in. */
export type Refusal = { readonly status: 401 | 403; readonly reason: string } | undefined;

/** What browsers call the places where sound is played, or read by a script of the page. */
const PLAYERS: ReadonlySet<string> = new Set(['audio', 'video', 'empty']);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Who may talk to the server: pages that the server itself delivered, and for the library only those that know the
 * token. Host is checked because a foreign page can make its own name point to 127.0.0.1 (DNS rebinding), Origin
 * because any page may open a WebSocket to anywhere.
 */
export class Admission {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #token: Buffer;

  constructor(port: number, token: string) {
    const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`);
    this.#hosts = new Set(hosts);
    this.#origins = new Set(hosts.map((host) => `http://${host}`));
    this.#token = digest(token);
  }

  /** Where a delivered page may connect to, for its content security policy. */
  get connect(): readonly string[] {
    return [...this.#hosts].map((host) => `ws://${host}`);
  }

  /** Whether a file of the renderer may be given out. */
  file({ headers }: IncomingMessage): Refusal {
    if (!this.#hosts.has(headers.host ?? '')) return { status: 403, reason: 'unknown host' };
    if (headers.origin !== undefined && !this.#origins.has(headers.origin))
      return { status: 403, reason: 'foreign origin' };
    return undefined;
  }

  /**
   * Whether sound may be asked for: by a player in our own page, as browsers say of themselves. The address itself
   * holds the secret.
   */
  media(request: IncomingMessage): Refusal {
    const refusal = this.file(request);
    if (refusal) return refusal;
    const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = request.headers;
    if (site !== undefined && site !== 'same-origin') return { status: 403, reason: 'foreign site' };
    if (destination !== undefined && !PLAYERS.has(String(destination)))
      return { status: 403, reason: 'no player' };
    return undefined;
  }

  /** Whether a WebSocket may be opened: our own page, with the token among its subprotocols. */
  socket(request: IncomingMessage): Refusal {
    const refusal = this.file(request);
    if (refusal) return refusal;
    if (request.headers.origin === undefined) return { status: 403, reason: 'no origin' };
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const token = offered
      .find((name) => name.startsWith(TOKEN_PROTOCOL_PREFIX))
      ?.slice(TOKEN_PROTOCOL_PREFIX.length);
    if (!offered.includes(SOCKET_PROTOCOL) || token === undefined) return { status: 401, reason: 'no token' };
    // Digests have one length, and comparing them takes one time, whatever the guess.
    return timingSafeEqual(digest(token), this.#token) ? undefined : { status: 401, reason: 'wrong token' };
  }
}
