import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** The other end of a `Contender`: warms up once, then runs once for each line, and tells the peak at the end. */
export async function serveRuns(
  run: () => Promise<Readonly<Record<string, number>> | undefined>,
  vector: () => readonly number[] | undefined = () => undefined,
): Promise<void> {
  await run();
  console.log('{}');
  for await (const _ of createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    const began = performance.now();
    const parts = await run();
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, parts }));
  }
  console.log(JSON.stringify({ peakBytes: peakBytes(), vector: vector() }));
}

function peakBytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
