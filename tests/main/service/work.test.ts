import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WorkState } from '../../../src/shared/contract/index.ts';
import { pathFromBytes } from '../../../src/shared/path.ts';
import { servedLibrary } from './library.ts';

async function until(states: AsyncGenerator<WorkState>, done: (state: WorkState) => boolean) {
  const seen: WorkState[] = [];
  for await (const state of states) {
    seen.push(state);
    if (done(state)) return seen;
  }
  return seen;
}

describe('Work', () => {
  it('runs a scan, one at a time, and tells how it ended', async () => {
    const { work, library } = await servedLibrary();
    const folder = mkdtempSync(join(tmpdir(), 'cratewise-work-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'not really.mp3'), 'no music');
    work.scan([pathFromBytes(Buffer.from(folder))]);
    const watching = until(work.watch(), (state) => state.last !== null);
    expect(() => work.learn('key', 'tags')).toThrow(expect.objectContaining({ code: 'busy' }));
    const seen = await watching;
    expect(seen[0]).toMatchObject({ running: { kind: 'scan' }, last: null });
    expect(seen.at(-1)).toMatchObject({
      running: null,
      last: { kind: 'scan', outcome: 'finished', done: 1, failed: 1 },
    });
    expect(seen.at(-1)!.revision).toBeGreaterThan(0);
    expect(library.catalogue.files.counts().withProblem).toBe(1);
  });

  it('tells of a scan that could not begin', async () => {
    const { work } = await servedLibrary();
    work.scan(['/there/is/no/such/folder']);
    const seen = await until(work.watch(), (state) => state.last !== null);
    expect(seen.at(-1)!.last).toMatchObject({ outcome: 'failed' });
    expect(seen.at(-1)!.last!.problem!.message).not.toBe('');
    // Another one that ends in the same way is another one.
    const { number, ...how } = seen.at(-1)!.last!;
    work.scan(['/there/is/no/such/folder']);
    const again = await until(work.watch(), ({ last }) => last!.number !== number);
    expect(again.at(-1)!.last).toEqual({ number: number + 1, ...how });
  });

  it('stops watching when the client goes', async () => {
    const { work } = await servedLibrary();
    const gone = new AbortController();
    const watching = until(work.watch(gone.signal), () => false);
    gone.abort();
    expect((await watching).length).toBeLessThanOrEqual(1);
  });
});
