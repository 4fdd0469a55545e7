import { RefusedError } from '../../errors.ts';
import type { Id3Tag } from './tag.ts';
import { decodeTextFrame } from './text.ts';
import type { WorkingFrame } from './working-frames.ts';

/** ID3v2.4 §3.2: most frames and most bytes in a tag, by the two top bits of the restrictions byte. */
const MOST_FRAMES = [128, 64, 32, 32] as const;
const MOST_BYTES = [1 << 20, 128 << 10, 40 << 10, 4 << 10] as const;
/** Most characters in a string, by bits 4-3. */
const MOST_CHARACTERS = [Number.POSITIVE_INFINITY, 1024, 128, 30] as const;

/**
 * A v2.4 tag may promise limits in its extended header. (Its limit on text encodings, Latin-1 or UTF-8 only, is
 * one that we keep anyway.)
 * @throws RefusedError when the edited tag would break the promise
 */
export function checkRestrictions(tag: Id3Tag, changed: readonly WorkingFrame[], sizeAfter: number): void {
  const restrictions = tag.extended?.restrictions;
  if (!restrictions) return;
  const limit = restrictions >> 6;
  const added = changed.filter(({ origin }) => origin === null).length;
  const removed = changed.filter((frame) => frame.removed).length;
  const longest = MOST_CHARACTERS[(restrictions >> 3) & 3] ?? Number.POSITIVE_INFINITY;
  const breaks =
    tag.frames.length + added - removed > MOST_FRAMES[limit]! ||
    sizeAfter > MOST_BYTES[limit]! ||
    changed.some(
      ({ body, removed: gone }) =>
        body && !gone && decodeTextFrame(body).some((text) => [...text].length > longest),
    );
  if (breaks)
    throw new RefusedError('The ID3v2.4 tag restricts its size, and the edit would go beyond the limit.');
}
