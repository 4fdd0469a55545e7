import type { ProcessHost, WorkerHandle } from '../../../../src/main/host/process-host.ts';
import { answers } from '../../../../src/main/tagging/answers.ts';
import { toErrorShape } from '../../../../src/shared/errors.ts';
import type { CallMessage, WorkerMessage } from '../../../../src/shared/worker/protocol.ts';

/**
 * A process host whose "process" is this one: the writer without the start of a process, and with deaths on demand.
 * @param dies called before (`after` false) and after each call; true: the process dies there, without an answer
 */
export function inProcessHost(
  dies: (method: string, params: readonly unknown[], after: boolean) => boolean,
): ProcessHost {
  return {
    start(): WorkerHandle {
      let tell: (message: WorkerMessage) => void = () => undefined;
      let exit: (reason: string) => void = () => undefined;
      let alive = true;
      const die = (): void => {
        alive = false;
        exit('died as asked');
      };
      queueMicrotask(() => tell({ ready: true }));
      return {
        pid: undefined,
        post: async ({ id, method, params }: CallMessage) => {
          if (dies(method, params, false)) return die();
          try {
            const run = answers[method as keyof typeof answers] as (
              ...list: readonly unknown[]
            ) => Promise<unknown>;
            const result = await run(...params);
            if (dies(method, params, true)) return die();
            if (alive) tell({ id, result });
          } catch (error) {
            if (alive) tell({ id, error: toErrorShape(error) });
          }
        },
        onMessage: (listener) => {
          tell = listener;
        },
        onExit: (listener) => {
          exit = listener;
        },
        kill: () => {
          alive = false;
        },
      };
    },
  };
}
