/** What the page posts to its own window, with a MessagePort, to be connected to the library (Electron only). */
export const CONNECT_MESSAGE = 'cratewise:connect';

/** The IPC channel on which the preload hands that port to the main process. */
export const CONNECT_CHANNEL = 'cratewise:connect';
