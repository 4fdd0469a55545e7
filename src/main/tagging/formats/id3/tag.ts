import { id3Size, isId3Header } from '../../bytes/leading-id3.ts';
import { RefusedError } from '../../errors.ts';
import { type ExtendedHeader, readExtendedHeader } from './extended-header.ts';
import { type Id3Frame, type SizeRule, walkFrames } from './frames.ts';
import type { Id3Version } from './text.ts';
import { removeUnsync } from './unsync.ts';

/** One ID3v2 tag, understood down to its frames. Raw offsets are relative to the start of the tag. */
export interface Id3Tag {
  readonly version: Id3Version;
  readonly revision: number;
  readonly flags: number;
  /** v2.2 and v2.3 unsynchronise the whole tag; v2.4 does it frame by frame. */
  readonly unsynced: boolean;
  readonly extended: ExtendedHeader | null;
  readonly frames: readonly Id3Frame[];
  /** How frame sizes are coded; anything but `standard` only in v2.4. */
  readonly sizes: SizeRule;
  /** Body (after the ten header bytes, before a footer) without tag-level unsynchronisation. */
  readonly body: Buffer;
  /** End of the last frame in `body`. */
  readonly framesEnd: number;
  /** Raw end of the last frame: new frames go here. */
  readonly rawFramesEnd: number;
  /** Raw end of frames, padding and whatever else there is: where a footer stands. */
  readonly rawBodyEnd: number;
  /** Whether all that follows the frames is zero, so that it may be used and refilled. */
  readonly cleanPadding: boolean;
  readonly footer: boolean;
  /** All bytes of the tag. */
  readonly size: number;
}

/** Header flags that each version defines; others may change the meaning of everything behind them. */
const KNOWN_FLAGS: Readonly<Record<Id3Version, number>> = { 2: 0xc0, 3: 0xe0, 4: 0xf0 };

/**
 * Reads one ID3v2 tag.
 * @param bytes from the tag's first byte on; may reach beyond its end
 * @throws RefusedError when it can't be read in a way that makes an edit safe
 */
export function parseId3(bytes: Buffer): Id3Tag {
  if (!isId3Header(bytes)) throw new RefusedError('There is no ID3v2 tag where one was expected.');
  const version = bytes[3]!;
  const flags = bytes[5]!;
  if (version !== 2 && version !== 3 && version !== 4)
    throw new RefusedError(`ID3v2.${version} is not a version that exists; the tag is left as it is.`);
  if ((flags & ~KNOWN_FLAGS[version]) !== 0)
    throw new RefusedError(
      `The ID3v2.${version} header has unknown flags (0x${flags.toString(16)}); the tag is left as it is.`,
    );
  if (version === 2 && (flags & 0x40) !== 0)
    throw new RefusedError('The ID3v2.2 tag is compressed in a way that was never defined.');
  const size = id3Size(bytes);
  if (size > bytes.length)
    throw new RefusedError(`The ID3v2 tag claims ${size} bytes, more than there are: its size is wrong.`);
  const footer = version === 4 && (flags & 0x10) !== 0;
  const rawBodyEnd = size - (footer ? 10 : 0);
  if (footer && !isFooter(bytes, rawBodyEnd))
    throw new RefusedError('The footer that the ID3v2.4 header promises is not there.');
  const raw = bytes.subarray(10, rawBodyEnd);
  const unsynced = version !== 4 && (flags & 0x80) !== 0;
  const { bytes: body, rawOffset } = unsynced
    ? removeUnsync(raw)
    : { bytes: raw, rawOffset: (at: number) => at };
  const startsFrames = (at: number): boolean =>
    at === body.length || body[at] === 0 || /^[A-Z0-9]{3,4}/.test(body.toString('latin1', at, at + 4));
  const extended =
    version !== 2 && (flags & 0x40) !== 0 ? readExtendedHeader(body, version, startsFrames) : null;
  const walk = walkFrames(body, extended?.length ?? 0, version, version === 4 && (flags & 0x80) !== 0);
  return {
    version,
    revision: bytes[4]!,
    flags,
    unsynced,
    extended,
    frames: walk.frames.map((frame) => ({
      ...frame,
      start: 10 + rawOffset(frame.start),
      end: 10 + rawOffset(frame.end),
    })),
    sizes: walk.sizes,
    body,
    framesEnd: walk.end,
    rawFramesEnd: 10 + rawOffset(walk.end),
    rawBodyEnd,
    cleanPadding: walk.clean,
    footer,
    size,
  };
}

function isFooter(bytes: Buffer, at: number): boolean {
  return bytes.toString('latin1', at, at + 3) === '3DI' && bytes.compare(bytes, 3, 10, at + 3, at + 10) === 0;
}
