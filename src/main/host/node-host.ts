import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { WorkerMessage } from '../../shared/worker/protocol.ts';
import { sourceRoot } from './places.ts';
import type { ProcessHost, WorkerModule } from './process-host.ts';

/**
 * What a worker's environment has beside ours. While ONNX Runtime opens a large net it holds each matrix twice for a
 * moment. Taken from the heap, as glibc soon does, these leave holes of 400 MB; pages of their own go back to the
 * system. Other systems do not look at it.
 */
export const workerEnvironment = (module: WorkerModule): NodeJS.ProcessEnv =>
  module === 'analyser/worker' ? { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) } : {};

/**
 * A process host whose workers are child processes of Node's.
 * @param program Node, where this process itself runs in something else
 */
export const nodeHostOf = (program?: string): ProcessHost => ({
  start(module, args = []) {
    const typescript = join(sourceRoot, `${module}.ts`);
    const file = existsSync(typescript) ? typescript : join(sourceRoot, `${module}.js`);
    const child = fork(file, [...args], {
      ...(program === undefined ? {} : { execPath: program }),
      serialization: 'advanced',
      env: { ...process.env, ...workerEnvironment(module) },
      // What a worker or a library in it prints must not mix with our own stdout, which may be JSON lines.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: extname(file) === '.ts' ? ['--disable-warning=ExperimentalWarning'] : [],
    });
    let stderrTail = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderrTail = (stderrTail + text).slice(-2000);
    });
    return {
      pid: child.pid,
      post: (message) => {
        // A closed channel is reported by `exit`; the callback only keeps it from being thrown twice.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => {
        child.on('message', (message) => listener(message as WorkerMessage));
      },
      onExit: (listener) => {
        let told = false;
        const tell = (reason: string) => {
          if (!told) listener(reason);
          told = true;
        };
        child.on('error', (error) => tell(error.message));
        child.on('close', (code, signal) => {
          const how = signal ? `killed by ${signal}` : `exit code ${code}`;
          tell(
            stderrTail.trim() === '' ? how : `${how}: ${stderrTail.trim().split('\n').slice(-3).join(' · ')}`,
          );
        });
      },
      kill: () => void child.kill('SIGKILL'),
    };
  },
});

/** The process host of the command line, `serve` and the tests. */
export const nodeHost: ProcessHost = nodeHostOf();
