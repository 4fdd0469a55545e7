import { expect, it } from 'vitest';
import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import { Leases } from '../../../src/main/media/leases.ts';
import { PeakMaker } from '../../../src/main/media/peaks.ts';
import { PeaksCache } from '../../../src/main/media/peaks-cache.ts';
import type { Peaks } from '../../../src/shared/listening.ts';
import { CANCEL, type CallMessage, type WorkerMessage } from '../../../src/shared/worker/protocol.ts';
import { temporaryFolder } from '../catalogue/support.ts';

/** A decoder that ends what it was asked when a test says so. */
function scriptedDecoder() {
  const calls: CallMessage[] = [];
  let tell: (message: WorkerMessage) => void = () => undefined;
  const host: ProcessHost = {
    start: () => ({
      pid: undefined,
      onMessage: (listener) => {
        tell = listener;
      },
      onExit: () => undefined,
      post: (message) => void calls.push(message),
      kill: () => undefined,
    }),
  };
  return { host, calls, tell: (message: WorkerMessage) => tell(message) };
}

it('are made for who comes back before what was given up has ended', async () => {
  const { host, calls, tell } = scriptedDecoder();
  const leases = new Leases();
  const maker = new PeakMaker(host, new PeaksCache(temporaryFolder()), (path) => leases.take(path));
  const request = { audioHash: 'ab', path: '/music/a.flac', ahead: false };
  const left = new AbortController();
  const first = maker.of(request, left.signal);
  await expect.poll(() => calls.length).toBe(1);
  left.abort();
  expect(calls[1]).toMatchObject({ method: CANCEL, params: [calls[0]!.id] });

  const second = maker.of(request);
  // It has asked once it has its own right to read the file.
  await expect.poll(() => leases.count).toBe(2);
  tell({ id: calls[0]!.id, error: { code: 'closed', message: 'Cancelled.' } });
  await expect(first).rejects.toMatchObject({ code: 'closed' });
  await expect.poll(() => calls.length).toBe(3);
  const peaks: Peaks = { seconds: 1, buckets: 1, planes: Buffer.alloc(6), loudness: null, peak: 0 };
  tell({ id: calls[2]!.id, result: peaks });
  expect(await second).toMatchObject({ seconds: 1 });
  await expect.poll(() => leases.count).toBe(0);
  maker.close();
});
