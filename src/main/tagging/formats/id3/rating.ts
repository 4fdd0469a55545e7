import { RefusedError } from '../../errors.ts';
import { readString } from './text.ts';
import type { WorkingFrames } from './working-frames.ts';

/**
 * Half stars → POPM byte, as Windows (whole stars: 1, 64, 128, 196, 255) and MediaMonkey, MusicBee, Mp3tag (halves)
 * write it. 0 means "not rated".
 */
const BYTE_OF_HALF_STARS = [0, 13, 1, 54, 64, 118, 128, 186, 196, 242, 255] as const;

/** Upper bound of the bytes that are read as 0, ½, 1, 1½ … 5 stars, as the same software does. */
function halfStars(byte: number): number {
  if (byte === 0) return 0;
  if (byte === 1) return 2;
  if (byte <= 22) return 1;
  if (byte <= 31) return 2;
  const bounds = [63, 95, 127, 159, 191, 223, 254, 255];
  const first = bounds.findIndex((bound) => byte <= bound);
  // 32-63 are 1½ stars (54), 64-95 two, 96-127 2½ (118), 128-159 three, 160-191 3½, 192-223 four, then 4½, five.
  return 3 + first;
}

const idOf = (frames: WorkingFrames): string => (frames.version === 2 ? 'POP' : 'POPM');

/** Stars of the first POPM frame, whoever's it is; nothing when it says "not rated". */
export function readRating(frames: WorkingFrames): string[] {
  const body = frames.withId(idOf(frames))[0]?.body;
  if (!body) return [];
  const byte = body[readString(body, 0, 0).next] ?? 0;
  return byte === 0 ? [] : [String(halfStars(byte) / 2)];
}

/**
 * Sets the rating byte of the first POPM frame (its e-mail and play counter stay), or adds one. Clearing sets
 * "not rated" where there is a play counter to keep.
 * @throws RefusedError when the value is not a number of stars
 */
export function writeRating(frames: WorkingFrames, values: readonly string[]): void {
  const [value = '0', ...more] = values;
  const halves = Number(value) * 2;
  const byte = BYTE_OF_HALF_STARS[halves];
  if (more.length > 0 || byte === undefined || value.trim() === '')
    throw new RefusedError(
      `A rating is a number of stars from 0 to 5 in halves, not “${values.join(', ')}”.`,
    );
  const id = idOf(frames);
  const first = frames.withId(id)[0];
  if (!first) {
    if (byte > 0) frames.replace([], id, Buffer.from(`no@email\0${String.fromCharCode(byte)}`, 'latin1'));
    return;
  }
  if (!first.body)
    throw new RefusedError(`The frame ${id} is encrypted or damaged; it can't be edited safely.`);
  const at = readString(first.body, 0, 0).next;
  const counter = first.body.subarray(at + 1);
  const played = counter.some((b) => b !== 0);
  const body = Buffer.concat([first.body.subarray(0, at), Buffer.from([byte]), counter]);
  frames.replace([first], id, byte === 0 && !played ? null : body);
}
