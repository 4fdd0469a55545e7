import { contextBridge, ipcRenderer } from 'electron';
import { CONNECT_CHANNEL, CONNECT_MESSAGE } from '../shared/contract/port.ts';

// All that the page gets is one port to the library's contract. The bridge can't carry a port, a window message can;
// it is taken only from this very page, and the main process looks at the sender once more.
window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== location.origin || event.data !== CONNECT_MESSAGE) return;
  const [port] = event.ports;
  if (port) ipcRenderer.postMessage(CONNECT_CHANNEL, null, [port]);
});

contextBridge.exposeInMainWorld('cratewise', { shell: 'electron' });
