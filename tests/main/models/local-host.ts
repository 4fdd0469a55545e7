import type { ProcessHost, WorkerModule } from '../../../src/main/host/process-host.ts';
import { fromErrorShape, toErrorShape } from '../../../src/shared/errors.ts';
import { CANCEL, type CallContext, type WorkerMessage } from '../../../src/shared/worker/protocol.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a worker answers takes what parameters it likes.
type Methods = Readonly<Record<string, (...params: any[]) => Promise<unknown>>>;

/**
 * A process host without processes: what the workers do runs here, the messages are the same. For tests that have to
 * be quick; that real processes do the same is for the end-to-end tests.
 */
export function localHost(
  workers: Readonly<Partial<Record<WorkerModule, (args: readonly string[]) => Methods>>>,
): ProcessHost {
  return {
    start(module, args = []) {
      const methods = workers[module]?.(args) ?? {};
      const running = new Map<number, AbortController>();
      let tell: (message: WorkerMessage) => void = () => {};
      let gone: (reason: string) => void = () => {};
      let alive = true;
      const send = (message: WorkerMessage) => {
        if (alive) tell(structuredClone(message));
      };
      return {
        pid: undefined,
        onMessage: (listener) => {
          tell = listener;
        },
        onExit: (listener) => {
          gone = listener;
        },
        kill: () => {
          alive = false;
          for (const abort of running.values()) abort.abort();
          gone('killed');
        },
        post: ({ id, method, params }) => {
          if (method === CANCEL) {
            running.get(Number(params[0]))?.abort();
            return;
          }
          const abort = new AbortController();
          running.set(id, abort);
          const context: CallContext = {
            progress: (progress) => send({ id, progress }),
            signal: abort.signal,
          };
          const called = methods[method];
          Promise.resolve()
            .then(() => {
              if (!called) throw fromErrorShape({ code: 'unknown-method', message: method });
              return called(...structuredClone([...params]), context);
            })
            .then(
              (result) => send({ id, result }),
              (thrown: unknown) => send({ id, error: toErrorShape(thrown) }),
            )
            .finally(() => running.delete(id));
        },
      };
    },
  };
}
