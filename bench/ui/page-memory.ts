import { readFileSync } from 'node:fs';
import type { CDPSession } from '@playwright/test';
import { rss } from './server.ts';

/** What a page holds, after its garbage is collected. */
export interface PageMemory {
  /** Megabytes of JavaScript's heap. */
  readonly heap: number;
  /** Megabytes of the process that draws it; 0 where there is no /proc. */
  readonly rss: number;
  readonly nodes: number;
}

export async function pageMemory(cdp: CDPSession): Promise<PageMemory> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { heap: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), rss: rendererRss() };
}

/** Megabytes of the largest renderer process of ours. */
function rendererRss(): number {
  try {
    const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    let largest = 0;
    while (pids.length > 0) {
      const pid = pids.pop()!;
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer'))
        largest = Math.max(largest, rss(pid));
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      if (children !== '') pids.push(...children.split(' ').map(Number));
    }
    return largest;
  } catch {
    return 0;
  }
}
