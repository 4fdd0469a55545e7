/** What must agree between neighbouring frames of one stream. */
export interface StreamFrame {
  /** Bytes, header included. */
  readonly length: number;
  /** Version, layer and sampling rate: the same throughout a stream. */
  readonly kind: string;
}

/** kbit/s by the header's bitrate index 1-14 (ISO 11172-3 §2.4.2.3, ISO 13818-3 §2.4.2.3). */
const BITRATES: Readonly<Record<'V1L1' | 'V1L2' | 'V1L3' | 'V2L1' | 'V2L23', readonly number[]>> = {
  V1L1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  V1L2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  V1L3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  V2L1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  V2L23: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

const RATES = [44100, 48000, 32000] as const;

/** An MPEG-1, -2 or -2.5 audio frame at `at`; `null` where there is none. Free-format frames are not known. */
export function mpegFrame(bytes: Buffer, at: number): StreamFrame | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3;
  const layer = 4 - ((bytes[at + 1]! >> 1) & 3);
  const rate = RATES[(bytes[at + 2]! >> 2) & 3];
  const first = version === 3;
  const table = first
    ? BITRATES[layer === 1 ? 'V1L1' : layer === 2 ? 'V1L2' : 'V1L3']
    : BITRATES[layer === 1 ? 'V2L1' : 'V2L23'];
  const bitrate = table[(bytes[at + 2]! >> 4) - 1];
  // Emphasis 2 is reserved.
  if (version === 1 || layer === 4 || rate === undefined || !bitrate || (bytes[at + 3]! & 3) === 2)
    return null;
  const sampleRate = rate / (first ? 1 : version === 2 ? 2 : 4);
  const padding = (bytes[at + 2]! >> 1) & 1;
  const length =
    layer === 1
      ? (Math.floor((12_000 * bitrate) / sampleRate) + padding) * 4
      : Math.floor(((layer === 3 && !first ? 72_000 : 144_000) * bitrate) / sampleRate) + padding;
  return { length, kind: `mpeg${version}/${layer}/${sampleRate}` };
}

/** An ADTS frame (ISO 14496-3 §1.A.2.2) at `at`; `null` where there is none. */
export function adtsFrame(bytes: Buffer, at: number): StreamFrame | null {
  if (at + 7 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return null;
  const rateIndex = (bytes[at + 2]! >> 2) & 15;
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  if (rateIndex > 12 || length < 7) return null;
  return { length, kind: `adts/${bytes[at + 2]! >> 6}/${rateIndex}` };
}
