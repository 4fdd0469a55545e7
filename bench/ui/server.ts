import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { served } from '../../tests/ui/support.ts';
import type { Noted } from './probe.ts';

/** Megabytes of resident memory: the main process, and the processes that it started. */
export interface Memory {
  readonly main: number;
  readonly workers: number;
}

/** `cratewise serve` under the probe. */
export interface Probed {
  readonly url: string;
  /** What the main process noted since the last call. */
  noted(): Promise<Noted>;
  /** Null where the system tells nothing of processes (no /proc). */
  memory(): Memory | null;
  close(): Promise<void>;
}

/** Serves a library as the user would, and watches the process that does. */
export async function probed(library: string): Promise<Probed> {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-probe-'));
  const file = join(folder, 'noted.json');
  const { url, process: server } = await served(library, {
    CRATEWISE_PROBE: file,
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'probe.ts'))}`,
  });
  return {
    url,
    async noted() {
      rmSync(file, { force: true });
      server.kill('SIGUSR2');
      while (!existsSync(file)) await wait(5);
      return JSON.parse(readFileSync(file, 'utf8')) as Noted;
    },
    memory() {
      try {
        const [main, ...workers] = [server.pid!, ...children(server.pid!)].map(rss);
        return { main: main!, workers: workers.reduce((sum, one) => sum + one, 0) };
      } catch {
        return null;
      }
    },
    async close() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function children(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

/** Megabytes. */
export const rss = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
