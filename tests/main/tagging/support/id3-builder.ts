import { addUnsync } from '../../../../src/main/tagging/formats/id3/unsync.ts';

/** Builds ID3v2 tags byte by byte, independently of what is tested (but for unsynchronisation). */
export interface FrameSpec {
  readonly id: string;
  readonly body: Buffer;
  readonly flags?: number;
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A text frame in Latin-1. */
export const text = (id: string, value: string): FrameSpec => ({ id, body: latin1(`\0${value}`) });

export function syncsafe(value: number): Buffer {
  return Buffer.from([value >> 21, value >> 14, value >> 7, value].map((byte) => byte & 0x7f));
}

function frame(version: number, { id, body, flags = 0 }: FrameSpec, plainSizes: boolean): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  if (version === 2) return Buffer.concat([latin1(id), size.subarray(1), body]);
  const coded = version === 4 && !plainSizes ? syncsafe(body.length) : size;
  return Buffer.concat([latin1(id), coded, Buffer.from([flags >> 8, flags & 0xff]), body]);
}

export interface TagSpec {
  readonly version: 2 | 3 | 4;
  readonly frames: readonly FrameSpec[];
  readonly padding?: number;
  readonly unsync?: boolean;
  readonly footer?: boolean;
  /** v2.4 with sizes as old iTunes wrote them. */
  readonly plainSizes?: boolean;
  /** Extended header, ready-made. */
  readonly extended?: Buffer;
  /** Instead of zeros behind the frames. */
  readonly tail?: Buffer;
}

export function id3Tag(spec: TagSpec): Buffer {
  const { version, frames, padding = 0, unsync = false, footer = false } = spec;
  const decoded = Buffer.concat([
    spec.extended ?? Buffer.alloc(0),
    ...frames.map((one) => frame(version, one, spec.plainSizes ?? false)),
  ]);
  const rest = spec.tail ?? Buffer.alloc(padding);
  const body = Buffer.concat([unsync && version < 4 ? addUnsync(decoded) : decoded, rest]);
  const flags = (unsync ? 0x80 : 0) | (spec.extended ? 0x40 : 0) | (footer ? 0x10 : 0);
  const header = Buffer.concat([Buffer.from([version, 0, flags]), syncsafe(body.length)]);
  return Buffer.concat([latin1('ID3'), header, body, ...(footer ? [latin1('3DI'), header] : [])]);
}

/** Silent MPEG-1 layer III frames, 128 kbit/s at 44.1 kHz: 417 bytes each. */
export function mpegFrames(count: number): Buffer {
  const one = Buffer.alloc(417);
  one.writeUInt32BE(0xfffb9064);
  one.fill(0x5a, 36);
  return Buffer.concat(Array.from({ length: count }, () => one));
}
