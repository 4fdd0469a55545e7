import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CONNECT_CHANNEL, CONNECT_MESSAGE } from '../shared/contract/port.ts';
import { isShellCommand, SHELL_CHANNELS, type ShellBridge } from '../shared/shell.ts';

// The page gets a port to the library's contract. The bridge can't carry a port, a window message can; it is taken
// only from this very page, and the main process looks at the sender once more.
window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== location.origin || event.data !== CONNECT_MESSAGE) return;
  const [port] = event.ports;
  if (port) ipcRenderer.postMessage(CONNECT_CHANNEL, null, [port]);
});

// And the few things of a desktop that a page has not. Each is a function of its own: no channel can be named, and
// nothing of Electron's goes over.
const bridge: ShellBridge = {
  shell: 'electron',
  onCommand: (listener) => {
    const heard = (_event: unknown, command: unknown) => {
      if (isShellCommand(command)) listener(command);
    };
    ipcRenderer.on(SHELL_CHANNELS.command, heard);
    return () => {
      ipcRenderer.off(SHELL_CHANNELS.command, heard);
    };
  },
  chooseFolders: () => ipcRenderer.invoke(SHELL_CHANNELS.chooseFolders) as Promise<string[]>,
  pathOf: (file) => webUtils.getPathForFile(file),
  settings: () => ipcRenderer.invoke(SHELL_CHANNELS.settings) as ReturnType<ShellBridge['settings']>,
  setSettings: ({ notify, keepAwake, reopen }) =>
    ipcRenderer.invoke(SHELL_CHANNELS.setSettings, { notify, keepAwake, reopen }) as ReturnType<
      ShellBridge['setSettings']
    >,
  setLook: async ({ language, theme }) => {
    await ipcRenderer.invoke(SHELL_CHANNELS.setLook, { language, theme });
  },
};

contextBridge.exposeInMainWorld('cratewise', bridge);
