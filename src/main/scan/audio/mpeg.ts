import type { ByteReader } from '../reader.ts';
import { samplePlan } from './identity.ts';
import type { AudioPayload } from './payload.ts';

/** What the frame headers of an MPEG audio or ADTS stream say. */
export interface MpegStream {
  readonly container: 'mp3' | 'aac';
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Exact where a Xing, Info or VBRI header counts the frames, else from the mean length of sampled frames. */
  readonly durationSeconds: number;
}

interface Frame {
  readonly container: 'mp3' | 'aac';
  readonly version: number;
  readonly layer: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly samples: number;
  readonly length: number;
}

// ISO/IEC 11172-3 §2.4.2.3 and 13818-3 §2.4.2.3, kbit/s by [version][layer]; index 0 is "free", 15 forbidden.
const BITRATES: Readonly<Record<string, readonly number[]>> = {
  '1.1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1.2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1.3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2.1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2.2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2.3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const MPEG_RATES = [44_100, 48_000, 32_000];
// ISO/IEC 14496-3 §1.6.3.4.
const AAC_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
/** Frames in a row that must agree before bytes count as audio: random data pass one header in about 2,000. */
const AGREEING = 3;
/** How far behind the tags the first frame is looked for: junk before it exists, audio without it does not. */
const SEARCH = 128 * 1024;
const FIRST_LOOK = 16 * 1024;

/** The frame header at `at`; undefined where there is none. */
export function frameAt(bytes: Buffer, at: number): Frame | undefined {
  if (at + 7 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined;
  const second = bytes[at + 1]!;
  return (second & 0xf6) === 0xf0 ? adtsFrame(bytes, at) : mpegFrame(bytes, at);
}

function mpegFrame(bytes: Buffer, at: number): Frame | undefined {
  const [second, third, fourth] = [bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  const versionBits = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  if (versionBits === 1 || layer === 4) return undefined;
  const version = versionBits === 3 ? 1 : versionBits === 2 ? 2 : 2.5;
  const base = MPEG_RATES[(third >> 2) & 3];
  const kilobits = BITRATES[`${Math.floor(version)}.${layer}`]?.[third >> 4];
  if (base === undefined || !kilobits) return undefined;
  const sampleRate = version === 1 ? base : version === 2 ? base / 2 : base / 4;
  const samples = layer === 1 ? 384 : layer === 2 || version === 1 ? 1152 : 576;
  const slot = layer === 1 ? 4 : 1;
  const length = Math.floor((samples / 8 / slot) * ((kilobits * 1000) / sampleRate)) * slot;
  const padding = (third & 2) !== 0 ? slot : 0;
  const channels = fourth >> 6 === 3 ? 1 : 2;
  return { container: 'mp3', version, layer, sampleRate, channels, samples, length: length + padding };
}

function adtsFrame(bytes: Buffer, at: number): Frame | undefined {
  const third = bytes[at + 2]!;
  const sampleRate = AAC_RATES[(third >> 2) & 15];
  const configuration = ((third & 1) << 2) | (bytes[at + 3]! >> 6);
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  const blocks = (bytes[at + 6]! & 3) + 1;
  if (sampleRate === undefined || length < 8) return undefined;
  // Configuration 7 is 7.1; 0 leaves it to the payload, which nearly always is stereo.
  const channels = configuration === 7 ? 8 : configuration === 0 ? 2 : configuration;
  return { container: 'aac', version: 4, layer: 0, sampleRate, channels, samples: 1024 * blocks, length };
}

const agree = (a: Frame, b: Frame): boolean =>
  a.container === b.container &&
  a.version === b.version &&
  a.layer === b.layer &&
  a.sampleRate === b.sampleRate;

/**
 * The first offset in `bytes`, at or after `from`, where `count` frames follow each other and agree. Frames that
 * would stand behind the end of `bytes` are taken on trust when `trustEnd`.
 */
function findFrames(bytes: Buffer, from: number, count: number, trustEnd: boolean, like?: Frame): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const first = frameAt(bytes, at);
    if (!first || (like && !agree(first, like))) continue;
    let next = at + first.length;
    let seen = 1;
    while (seen < count) {
      const frame = frameAt(bytes, next);
      if (!frame || !agree(first, frame)) break;
      next += frame.length;
      seen += 1;
    }
    if (seen >= count || (trustEnd && next + 7 > bytes.length && next <= bytes.length + 2)) return at;
  }
  return -1;
}

/**
 * Reads what MPEG audio (layers I to III) or ADTS AAC says of itself.
 * @returns undefined where no such frames are near the start of the payload: then it is no such stream
 */
export async function mpegStream(reader: ByteReader, payload: AudioPayload): Promise<MpegStream | undefined> {
  const range = payload.ranges[0];
  if (!range) return undefined;
  const total = range.end - range.start;
  let head = await reader.read(range.start, Math.min(FIRST_LOOK, total));
  // A clip of a second may have too few frames to agree; then all there are must.
  let at = findFrames(head, 0, AGREEING, head.length === total);
  if (at < 0 && head.length < total) {
    head = await reader.read(range.start, Math.min(SEARCH, total));
    at = findFrames(head, 0, AGREEING, head.length === total);
  }
  if (at < 0) return undefined;
  const first = frameAt(head, at)!;
  const counted = countedFrames(head, at, first);
  const frames = counted ?? (total - at) / (await meanLength(reader, range.start, total, first));
  return {
    container: first.container,
    sampleRate: first.sampleRate,
    channels: first.channels,
    durationSeconds: (frames * first.samples) / first.sampleRate,
  };
}

/**
 * Frames as counted by the encoder: `Xing`/`Info` behind the side information (flag 1: a frame count follows), or
 * Fraunhofer's `VBRI` 32 bytes behind the header. (gabriel.mp3-tech.org/mp3infotag.html)
 */
function countedFrames(head: Buffer, at: number, frame: Frame): number | undefined {
  if (frame.container !== 'mp3' || frame.layer !== 3) return undefined;
  const mono = frame.channels === 1;
  const side = frame.version === 1 ? (mono ? 17 : 32) : mono ? 9 : 17;
  const xing = at + 4 + side;
  const name = head.toString('latin1', xing, xing + 4);
  if ((name === 'Xing' || name === 'Info') && xing + 12 <= head.length && head.readUInt32BE(xing + 4) & 1)
    return head.readUInt32BE(xing + 8) || undefined;
  const vbri = at + 36;
  if (head.toString('latin1', vbri, vbri + 4) === 'VBRI' && vbri + 18 <= head.length)
    return head.readUInt32BE(vbri + 14) || undefined;
  return undefined;
}

/** Mean length of a frame in bytes over the pieces that the identity reads anyway. */
async function meanLength(reader: ByteReader, start: number, total: number, like: Frame): Promise<number> {
  let bytes = 0;
  let frames = 0;
  for (const [offset, length] of samplePlan(total)) {
    const piece = await reader.read(start + offset, length, false);
    for (let at = findFrames(piece, 0, 2, false, like); at >= 0; ) {
      const frame = frameAt(piece, at);
      if (!frame || !agree(frame, like)) {
        at = findFrames(piece, at + 1, 2, false, like);
        continue;
      }
      bytes += frame.length;
      frames += 1;
      at += frame.length;
    }
  }
  return frames === 0 ? like.length : bytes / frames;
}
