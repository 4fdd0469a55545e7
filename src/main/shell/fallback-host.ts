import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { nodeHostOf } from '../host/node-host.ts';
import { packageRoot } from '../host/places.ts';
import type { ProcessHost, WorkerModule } from '../host/process-host.ts';
import type { Log } from '../log/log.ts';

/** So many workers of a kind in a row that ended before they had answered anything. */
const TOO_MANY = 3;

/**
 * Starts workers by one host, and by another from then on where workers of a kind do not stand: a native module that
 * traps in Electron's utility processes (electron#44291) runs in plain Node. Each kind has its own fate.
 * @param second undefined where there is none here
 */
export function fallbackHost(first: ProcessHost, second: ProcessHost | undefined, log: Log): ProcessHost {
  const fruitless = new Map<WorkerModule, number>();
  return {
    start(module, args) {
      const ended = fruitless.get(module) ?? 0;
      if (second && ended >= TOO_MANY) return second.start(module, args);
      const worker = first.start(module, args);
      let proven = false;
      worker.onMessage((message) => {
        if (proven || !('id' in message)) return;
        proven = true;
        fruitless.delete(module);
      });
      worker.onExit((reason) => {
        if (proven) return;
        const count = (fruitless.get(module) ?? 0) + 1;
        fruitless.set(module, count);
        log.warn('workers', `${module} ended before it had answered (${count} in a row): ${reason}`);
        if (count === TOO_MANY)
          log.error(
            'workers',
            second
              ? `${module} runs in plain Node from now on`
              : `there is no plain Node to run ${module} in`,
          );
      });
      return {
        get pid() {
          return worker.pid;
        },
        post: (message) => worker.post(message),
        onMessage: (listener) => worker.onMessage(listener),
        onExit: (listener) => worker.onExit(listener),
        kill: () => {
          // What we end ourselves says nothing of the host.
          proven = true;
          worker.kill();
        },
      };
    },
  };
}

/**
 * Plain Node, where there is one: `npm start` names the one it runs in. Inside an archive there is none, for Node can
 * read no archive of Electron's.
 */
export function plainNodeHost(
  environment: NodeJS.ProcessEnv = process.env,
  root = packageRoot,
): ProcessHost | undefined {
  const program = environment.CRATEWISE_NODE;
  if (!program || !isAbsolute(program) || !existsSync(program) || root.endsWith('.asar')) return undefined;
  return nodeHostOf(program);
}
