/**
 * Loaded into `cratewise serve` by --import: notes how late its main thread's timers are and how long that thread
 * computes without a pause. Each SIGUSR2 writes what was noted since the one before, as JSON, to the file that
 * CRATEWISE_PROBE names. Children of the process load it too and do nothing.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What the main process noted over a while; milliseconds. */
export interface Noted {
  /** By how much its timers were late. It holds what the operating system adds on a busy machine. */
  readonly lag: { readonly p99: number; readonly max: number };
  /** Processor time of the main thread between two of its turns, at most: so much of the lag is of our making. */
  readonly busiest: number;
}

const RESOLUTION_MS = 5;
const file = process.env.CRATEWISE_PROBE;
if (file !== undefined && process.send === undefined) note(file);

function note(path: string): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = used();
  let busiest = 0;
  setInterval(() => {
    const now = used();
    busiest = Math.max(busiest, now - last);
    last = now;
  }, RESOLUTION_MS).unref();
  delay.enable();
  process.on('SIGUSR2', () => {
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    const noted: Noted = { lag: { p99: late(delay.percentile(99)), max: late(delay.max) }, busiest };
    writeFileSync(`${path}.new`, JSON.stringify(noted));
    renameSync(`${path}.new`, path);
    delay.reset();
    busiest = 0;
  });
}
