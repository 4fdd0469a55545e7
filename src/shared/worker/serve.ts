import { toErrorShape } from '../errors.ts';
import { CANCEL, type CallContext, type CallMessage, type Calls, type WorkerMessage } from './protocol.ts';

/** The end of a channel to the parent, as a Node child process and an Electron utility process both have it. */
interface ParentPort {
  send(message: WorkerMessage): void;
  onMessage(listener: (message: CallMessage) => void): void;
}

/** The little of `process` that differs between the two kinds of child. */
interface ChildProcess {
  send?: (message: unknown) => boolean;
  on(event: 'message', listener: (message: unknown) => void): void;
  on(event: 'disconnect' | 'SIGINT', listener: () => void): void;
  exit(code: number): never;
  parentPort?: {
    postMessage(message: unknown): void;
    on(event: 'message', listener: (event: { data: unknown }) => void): void;
  };
}

function parentPort(): ParentPort {
  const child = (globalThis as unknown as { process: ChildProcess }).process;
  // A terminal sends Ctrl-C to all processes at once. How to stop is for the parent to decide, which then tells us.
  child.on('SIGINT', () => undefined);
  const { parentPort: electronPort } = child;
  if (electronPort) {
    return {
      send: (message) => electronPort.postMessage(message),
      onMessage: (listener) => electronPort.on('message', (event) => listener(event.data as CallMessage)),
    };
  }
  if (!child.send) throw new Error('A worker must be started by the process host.');
  // The parent is gone: nothing we hold can be delivered any more.
  child.on('disconnect', () => child.exit(0));
  return {
    send: (message) => void child.send?.(message),
    onMessage: (listener) => child.on('message', (message) => listener(message as CallMessage)),
  };
}

/**
 * Answers the parent's calls for the life of this process. Calls run as they come; a worker that must do one
 * thing at a time gets one call at a time from the host. Each method gets a `CallContext` after its parameters.
 */
export function serveCalls<T extends Calls<T>>(calls: T): void {
  const port = parentPort();
  const running = new Map<number, AbortController>();
  port.onMessage((message) => {
    if (message.method === CANCEL) {
      running.get(Number(message.params[0]))?.abort();
      return;
    }
    const abort = new AbortController();
    running.set(message.id, abort);
    const context: CallContext = {
      progress: (value) => port.send({ id: message.id, progress: value }),
      signal: abort.signal,
    };
    const method = calls[message.method as keyof T];
    Promise.resolve()
      .then(() => method.apply(calls, [...message.params, context]))
      .then(
        (result) => port.send({ id: message.id, result }),
        (thrown: unknown) => port.send({ id: message.id, error: toErrorShape(thrown) }),
      )
      .finally(() => running.delete(message.id));
  });
  port.send({ ready: true });
}
