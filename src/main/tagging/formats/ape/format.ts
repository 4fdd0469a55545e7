import { digestOfRange } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, TagFormat } from '../../format.ts';
import { apeUnits, apeValues, planApeIn } from './edit.ts';
import { type ApeLayout, findLeading, readApeLayout } from './layout.ts';

/** A codec whose files carry an APE tag behind the audio and nothing that counts the file's bytes. */
interface Codec {
  readonly id: string;
  /** Whether the first bytes of the audio (up to 32) are of this codec. */
  readonly starts: (bytes: Buffer) => boolean;
}

const HEAD = 32;
const magic = (text: string) => (bytes: Buffer) => bytes.toString('latin1', 0, text.length) === text;

/** A WavPack block header: sizes and version are checked too, as `wvpk` alone is little. */
function isWavPack(bytes: Buffer): boolean {
  if (bytes.length < HEAD || !magic('wvpk')(bytes)) return false;
  const version = bytes.readUInt16LE(8);
  return bytes.readUInt32LE(4) >= 24 && version >= 0x402 && version <= 0x410;
}

/** Musepack stream version 7: `MP+` and the version in the low half of the next byte. */
const isMusepack7 = (bytes: Buffer): boolean => magic('MP+')(bytes) && ((bytes[3] ?? 0) & 0x0f) === 7;

const CODECS: readonly Codec[] = [
  { id: 'ape', starts: (bytes) => magic('MAC ')(bytes) && bytes.length === HEAD },
  { id: 'wavpack', starts: isWavPack },
  { id: 'musepack', starts: (bytes) => magic('MPCK')(bytes) || isMusepack7(bytes) },
  { id: 'optimfrog', starts: (bytes) => magic('OFR ')(bytes) && bytes.length === HEAD },
  { id: 'tak', starts: (bytes) => magic('tBaK')(bytes) && bytes.length === HEAD },
];

function codecOf(source: ByteSource): Codec | undefined {
  const start = audioStartOf(source);
  const head = start === undefined ? undefined : source.read(start, HEAD);
  return head && CODECS.find((codec) => codec.starts(head));
}

/** Where the audio starts; nothing for a damaged tag in front, which `matches` must not complain about. */
function audioStartOf(source: ByteSource): number | undefined {
  try {
    return findLeading(source).at(-1)?.end ?? 0;
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

function layoutOf(source: ByteSource): { codec: Codec; layout: ApeLayout } {
  const codec = codecOf(source);
  if (!codec) throw new RefusedError('This is no audio file of a kind that carries an APE tag.');
  return { codec, layout: readApeLayout(source) };
}

/** Monkey's Audio, WavPack, Musepack, OptimFROG, TAK: an APEv2 tag behind the audio. */
export const apeFormat: TagFormat = {
  id: 'ape',
  matches: (source) => codecOf(source) !== undefined,
  parse(source) {
    const { codec, layout } = layoutOf(source);
    const others = [...layout.leading, ...layout.trailers].filter((block) => block.kind !== 'ape');
    return {
      container: codec.id,
      values: apeValues(layout.tag),
      units: [
        ...apeUnits(layout.tag),
        ...others.map((block) => ({
          id: `File/${block.kind}`,
          digest: digestOfRange(source, block.start, block.end),
        })),
      ],
      audio: [{ start: layout.audioStart, end: layout.audioEnd }],
    };
  },
  plan(source, edits) {
    return planApeIn(layoutOf(source).layout, edits);
  },
};
