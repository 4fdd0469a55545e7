import type { ByteSource } from '../tagging/format.ts';
import { endOf, payloadOf, readAtoms } from '../tagging/formats/mp4/atoms.ts';
import type { Mp4Layout } from '../tagging/formats/mp4/layout.ts';

/** What a container says of the sound in it. */
export interface Properties {
  readonly durationSeconds?: number | undefined;
  /** Hz. */
  readonly sampleRate?: number | undefined;
  readonly channels?: number | undefined;
}

/** FLAC's STREAMINFO block (RFC 9639 §8.2). @param at where the block's body begins */
export function flacProperties(source: ByteSource, at: number): Properties {
  const info = source.read(at, 18);
  if (info.length < 18) return {};
  const sampleRate = info.readUIntBE(10, 3) >> 4;
  const channels = ((info[12]! >> 1) & 7) + 1;
  const samples = (info[13]! & 15) * 2 ** 32 + info.readUInt32BE(14);
  return {
    sampleRate,
    channels,
    ...(samples > 0 && sampleRate > 0 ? { durationSeconds: samples / sampleRate } : {}),
  };
}

/** WavPack's block header: rate and channels by code, samples of the whole file in the first one. */
export function wavpackProperties(source: ByteSource, at: number): Properties {
  const head = source.read(at, 32);
  if (head.length < 32) return {};
  const rates = [
    6000, 8000, 9600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
    192_000,
  ];
  const flags = head.readUInt32LE(24);
  const sampleRate = rates[(flags >>> 23) & 15];
  const low = head.readUInt32LE(12);
  // DSD, rates without a code, more than two channels and unknown lengths stand in sub-blocks.
  const isFinal = (flags & 0x1000) !== 0;
  if (sampleRate === undefined || low === 0xffff_ffff || (flags & 0x8000_0000) !== 0 || !isFinal) return {};
  const samples = low + head[11]! * 0xffff_ffff;
  return { sampleRate, channels: flags & 4 ? 1 : 2, durationSeconds: samples / sampleRate };
}

/** The first sound track of an MP4 file: `mdhd` for its length, the sample entry for the rest. */
export function mp4Properties({ source, moov }: Mp4Layout): Properties {
  for (const trak of moov.atoms.filter(({ type }) => type === 'trak')) {
    const inside = (parent: { offset: number; size: number; header: number }, type: string) =>
      readAtoms(source, parent.offset + parent.header, parent.offset + parent.size, type).atoms;
    const mdia = inside(trak, 'trak').find(({ type }) => type === 'mdia');
    if (!mdia) continue;
    const media = inside(mdia, 'mdia');
    const hdlr = media.find(({ type }) => type === 'hdlr');
    if (!hdlr || source.read(payloadOf(hdlr) + 8, 4).toString('latin1') !== 'soun') continue;
    const mdhd = media.find(({ type }) => type === 'mdhd');
    const minf = media.find(({ type }) => type === 'minf');
    const stbl = minf && inside(minf, 'minf').find(({ type }) => type === 'stbl');
    const stsd = stbl && inside(stbl, 'stbl').find(({ type }) => type === 'stsd');
    return {
      ...(mdhd ? mediaDuration(source.read(payloadOf(mdhd), 36)) : {}),
      ...(stsd
        ? soundEntry(source.read(payloadOf(stsd), Math.min(MAX_ENTRY, endOf(stsd) - payloadOf(stsd))))
        : {}),
    };
  }
  return {};
}

/** Enough of `stsd` for the first entry with its decoder's configuration. */
const MAX_ENTRY = 512;

/** ISO/IEC 14496-12 §8.4.2. */
function mediaDuration(mdhd: Buffer): Properties {
  const wide = mdhd[0] === 1;
  if (mdhd.length < (wide ? 32 : 20)) return {};
  const scale = mdhd.readUInt32BE(wide ? 20 : 12);
  const duration = wide ? Number(mdhd.readBigUInt64BE(24)) : mdhd.readUInt32BE(16);
  // All ones: unknown. Zero: fragmented, the length is elsewhere.
  const known = scale > 0 && duration > 0 && (wide || duration !== 0xffff_ffff);
  return known ? { durationSeconds: duration / scale } : {};
}

/** The first AudioSampleEntry of `stsd` (§12.2.3): 8 bytes of its own head, 8 of the entry's, then the fields. */
function soundEntry(stsd: Buffer): Properties {
  if (stsd.length < 44) return {};
  const sampleRate = stsd.readUInt32BE(40) / 65_536;
  const channels = aacChannels(stsd) ?? stsd.readUInt16BE(32);
  return { channels, ...(sampleRate >= 1 ? { sampleRate } : {}) };
}

/**
 * Channels from the AudioSpecificConfig in `esds` (ISO/IEC 14496-1 §7.2.6, 14496-3 §1.6.2.1): many writers put 2 in
 * the sample entry whatever the sound is. undefined where it does not say (0: inside the payload).
 */
function aacChannels(stsd: Buffer): number | undefined {
  let at = stsd.indexOf('esds', 44, 'latin1') + 8;
  if (at < 8) return undefined;
  // Descriptors: tag, length in up to four bytes, then their own fields before the next one inside.
  for (const [tag, fields] of [
    [3, 3],
    [4, 13],
    [5, 0],
  ] as const) {
    if (stsd[at] !== tag) return undefined;
    at += 1;
    for (let i = 0; i < 3 && (stsd[at] ?? 0) & 0x80; i++) at += 1;
    at += 1 + fields;
  }
  if (at + 6 > stsd.length) return undefined;
  const bits = stsd.readUIntBE(at, 6).toString(2).padStart(48, '0');
  const rateIndex = Number.parseInt(bits.slice(5, 9), 2);
  const from = rateIndex === 15 ? 33 : 9;
  const configuration = Number.parseInt(bits.slice(from, from + 4), 2);
  return configuration >= 1 && configuration <= 6 ? configuration : configuration === 7 ? 8 : undefined;
}
