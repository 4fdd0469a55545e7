import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';
import { CONNECT_MESSAGE } from '../../shared/contract/port.ts';
import { SOCKET_PATH, SOCKET_PROTOCOL, TOKEN_PROTOCOL_PREFIX } from '../../shared/contract/socket.ts';

/** The library, as the page calls it. */
export type Client = ContractRouterClient<Contract>;

export interface Connection {
  readonly client: Client;
  /** Resolves when the other side is gone. */
  readonly closed: Promise<void>;
}

/** The page was opened without the secret that `cratewise serve` put behind the `#`. */
export class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
}

const TOKEN_STORE = 'cratewise-token';

/** Connects to the library: by a MessagePort where Electron's preload is there, else by WebSocket. */
export function connect(): Promise<Connection> {
  return 'cratewise' in globalThis ? connectPort() : connectSocket();
}

async function connectPort(): Promise<Connection> {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(CONNECT_MESSAGE, location.origin, [port2]);
  const link = new PortLink({ port: port1 });
  const closed = new Promise<void>((resolve) => {
    port1.addEventListener('close', () => resolve());
  });
  port1.start();
  return { client: createORPCClient(link), closed };
}

async function connectSocket(): Promise<Connection> {
  const socket = new WebSocket(`ws://${location.host}${SOCKET_PATH}`, [
    SOCKET_PROTOCOL,
    `${TOKEN_PROTOCOL_PREFIX}${takeToken()}`,
  ]);
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('close', () => reject(new Error('The server did not answer.')));
  });
  return { client: createORPCClient(new SocketLink({ websocket: socket })), closed };
}

/**
 * The token, out of the address at the first visit and then kept for this tab, so that it stands in no history and a
 * reload works.
 */
function takeToken(): string {
  const given = location.hash.slice(1);
  if (given !== '') {
    sessionStorage.setItem(TOKEN_STORE, given);
    history.replaceState(null, '', location.pathname);
  }
  const token = sessionStorage.getItem(TOKEN_STORE);
  if (token === null) throw new NoTokenError();
  return token;
}
