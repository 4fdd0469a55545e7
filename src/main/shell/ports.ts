import type { IpcMain, IpcMainEvent, MessagePortMain } from 'electron';
import { CONNECT_CHANNEL } from '../../shared/contract/port.ts';
import { isOurs } from './origin.ts';

/** Whether an IPC message is from the main frame of one of our own pages. */
export function isTrustedSender(event: Pick<IpcMainEvent, 'senderFrame'>): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOurs(frame.url);
}

/**
 * Takes the ports that pages send and hands each on, to be connected and started; what comes from anywhere else is
 * dropped and its ports closed.
 */
export function connectPorts(ipcMain: Pick<IpcMain, 'on'>, connect: (port: MessagePortMain) => void): void {
  ipcMain.on(CONNECT_CHANNEL, (event) => {
    const [port, ...more] = event.ports;
    for (const extra of more) extra.close();
    if (!port) return;
    if (isTrustedSender(event)) connect(port);
    else port.close();
  });
}
