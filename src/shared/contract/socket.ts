/** Path of the WebSocket that `cratewise serve` answers the contract on. */
export const SOCKET_PATH = '/library';

/** Subprotocol that both ends agree on; it changes when the contract breaks. */
export const SOCKET_PROTOCOL = 'cratewise.v1';

/**
 * A second subprotocol that the page offers carries the token: a browser lets a page set no header on a WebSocket,
 * and a URL ends up in logs.
 */
export const TOKEN_PROTOCOL_PREFIX = 'token.';
