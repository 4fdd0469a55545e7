import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import { readFiles } from '../../../src/main/scan/read-files.ts';
import type { WorkerMessage } from '../../../src/shared/worker/protocol.ts';

/**
 * Readers that run in this process, for speed; `read` tells which files were read. A file whose name holds `killer`
 * ends its "process", as a crash in a parser would; one with `hanger` is never answered.
 */
export function inProcessHost(): ProcessHost & { read: string[]; started: number } {
  const host = {
    read: [] as string[],
    started: 0,
    start(): ReturnType<ProcessHost['start']> {
      host.started += 1;
      let tell: (message: WorkerMessage) => void = () => undefined;
      let exit: (reason: string) => void = () => undefined;
      let alive = true;
      queueMicrotask(() => tell({ ready: true }));
      return {
        pid: undefined,
        onMessage: (listener) => {
          tell = listener;
        },
        onExit: (listener) => {
          exit = listener;
        },
        kill: () => {
          if (alive) queueMicrotask(() => exit('killed by SIGKILL'));
          alive = false;
        },
        post: async ({ id, params }) => {
          const paths = params[0] as readonly string[];
          if (paths.some((path) => path.includes('killer'))) {
            alive = false;
            queueMicrotask(() => exit('killed by SIGSEGV'));
            return;
          }
          if (paths.some((path) => path.includes('hanger'))) return;
          const result = await readFiles(paths);
          if (!alive) return;
          host.read.push(...paths);
          tell({ id, result });
        },
      };
    },
  };
  return host;
}
