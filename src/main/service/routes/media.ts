import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for listening. */
export function mediaRoutes({ library: { media } }: Service) {
  return os.media.router({
    open: os.media.open.handler(({ input: { id, decoded } }) => media.open(id, decoded)),
    peaks: os.media.peaks.handler(async ({ input: { id, ahead = false }, signal }) => {
      const { planes, ...peaks } = await media.peaks(id, ahead, signal);
      return { ...peaks, planes: Buffer.from(planes).toString('base64') };
    }),
    watch: os.media.watch.handler(({ signal }) => mutable(media.watch(signal))),
  });
}

/** The contract's lists are not read-only. */
async function* mutable<T>(lists: AsyncIterable<readonly T[]>): AsyncGenerator<T[], void, void> {
  for await (const list of lists) yield [...list];
}
