import { join } from 'node:path';
import type { WorkerMessage } from '../../shared/worker/protocol.ts';
import { sourceRoot } from '../host/places.ts';
import type { ProcessHost } from '../host/process-host.ts';
import type { UtilityForker } from './api.ts';

/**
 * The process host of the app: each worker is a utility process of Electron's. It runs the built modules, for Electron
 * runs no TypeScript.
 */
export function electronHost(utilityProcess: UtilityForker): ProcessHost {
  return {
    start(module, args = []) {
      const child = utilityProcess.fork(join(sourceRoot, `${module}.js`), [...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        serviceName: `Cratewise ${module}`,
      });
      let stderrTail = '';
      child.stderr?.on('data', (data: Buffer) => {
        stderrTail = (stderrTail + data.toString('utf8')).slice(-2000);
      });
      let ended: string | undefined;
      return {
        get pid() {
          return child.pid;
        },
        post: (message) => {
          if (ended === undefined) child.postMessage(message);
        },
        onMessage: (listener) => {
          child.on('message', (message: WorkerMessage) => listener(message));
        },
        onExit: (listener) => {
          child.once('exit', (code) => {
            const tail = stderrTail.trim();
            ended = `exit code ${code}`;
            listener(tail === '' ? ended : `${ended}: ${tail.split('\n').slice(-3).join(' · ')}`);
          });
        },
        kill: () => void child.kill(),
      };
    },
  };
}
