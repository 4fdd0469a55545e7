import { type IOptions, parseFromTokenizer } from 'music-metadata';
import { CratewiseError } from '../../shared/errors.ts';
import { mpegStream } from './audio/mpeg.ts';
import { oggAudio, oggDuration } from './audio/ogg.ts';
import type { AudioPayload } from './audio/payload.ts';
import type { Reading } from './own-formats.ts';
import type { ByteReader } from './reader.ts';
import { type NativeTags, tagValues } from './tags.ts';
import { ReaderTokenizer } from './tokenizer.ts';
import { tagsOnly, withoutSamples } from './views.ts';

/**
 * Reads by music-metadata, which makes something of nearly every file: what our own readers refuse or have no
 * part for.
 * @throws CratewiseError `not-audio`; or whatever music-metadata throws
 */
export async function readLeniently(reader: ByteReader, payload: AudioPayload): Promise<Reading> {
  const kind = await identify(reader, payload);
  const metadata = await kind.parse();
  const { duration, sampleRate, numberOfChannels } = metadata.format;
  return {
    container: kind.container(metadata),
    tags: tagValues(metadata.native as NativeTags),
    properties: {
      durationSeconds: kind.durationSeconds ?? duration,
      sampleRate: kind.sampleRate ?? sampleRate,
      channels: kind.channels ?? numberOfChannels,
    },
  };
}

type Metadata = Pick<Awaited<ReturnType<typeof parseFromTokenizer>>, 'format' | 'native'>;

interface Kind {
  readonly parse: () => Promise<Metadata>;
  readonly container: (metadata: Metadata) => string;
  readonly durationSeconds?: number | undefined;
  readonly sampleRate?: number | undefined;
  readonly channels?: number | undefined;
}

/**
 * What music-metadata reads. Of a file that is cut short or damaged somewhere, what it had read until then, if that
 * tells what sound is in it: such a file mostly plays.
 * @throws what music-metadata throws
 */
async function parse(reader: ByteReader, mimeType: string): Promise<Metadata> {
  const tokenizer = new ReaderTokenizer(reader);
  tokenizer.fileInfo.mimeType = mimeType;
  let partial: Metadata | undefined;
  const observer: NonNullable<IOptions['observer']> = ({ metadata }) => {
    partial = metadata;
  };
  try {
    return await parseFromTokenizer(tokenizer, {
      duration: false,
      skipCovers: true,
      mkvUseIndex: true,
      observer,
    });
  } catch (error) {
    if (isSystemError(error) || !partial?.format.sampleRate) throw error;
    return partial;
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

const OGG_CONTAINERS: Readonly<Record<string, string>> = {
  'Vorbis I': 'ogg-vorbis',
  Opus: 'opus',
  Speex: 'speex',
  FLAC: 'ogg-flac',
};

async function ogg(reader: ByteReader): Promise<Kind> {
  const audio = await oggAudio(reader, 0);
  return {
    parse: () => parse(reader, 'audio/ogg'),
    container: ({ format }) => OGG_CONTAINERS[format.codec ?? ''] ?? 'ogg',
    durationSeconds: audio && (await oggDuration(reader, audio)),
  };
}

/** Decides by content which parser reads the file; the name's extension is no evidence. */
async function identify(reader: ByteReader, payload: AudioPayload): Promise<Kind> {
  const simple = (mimeType: string, container: string): Kind => ({
    parse: () => parse(reader, mimeType),
    container: () => container,
  });
  switch (payload.structure) {
    case 'ogg':
      return ogg(reader);
    case 'flac':
      return simple('audio/flac', 'flac');
    case 'mp4':
      return simple('audio/mp4', 'mp4');
    case 'aiff':
      return simple('audio/aiff', 'aiff');
    case 'asf':
      return simple('audio/ms-asf', 'asf');
    case 'matroska':
      return simple('audio/matroska', 'matroska');
    case 'dsf':
      return simple('audio/dsf', 'dsf');
    case 'dsdiff':
      return simple('audio/dsd', 'dsdiff');
    case 'wave': {
      const view = await withoutSamples(reader, payload);
      return { ...view, parse: () => parse(view.reader, 'audio/wav'), container: () => 'wav' };
    }
    default:
      return identifyLinear(reader, payload);
  }
}

async function identifyLinear(reader: ByteReader, payload: AudioPayload): Promise<Kind> {
  const start = payload.ranges[0]?.start ?? 0;
  const head = await reader.read(start, 32);
  const magic = head.toString('latin1', 0, 4);
  const whole = (mimeType: string, container: string): Kind => ({
    parse: () => parse(reader, mimeType),
    container: () => container,
  });
  if (magic === 'MAC ') return whole('audio/ape', 'ape');
  if (magic === 'wvpk') return whole('audio/wavpack', 'wavpack');
  if (magic.startsWith('MP+') || magic === 'MPCK') return whole('audio/musepack', 'musepack');
  // music-metadata knows neither TTA nor TAK; their tags are ID3v2 and APEv2, which it does know.
  const bare = async () => parse(await tagsOnly(reader, payload), 'audio/mpeg');
  if (magic === 'TTA1' && head.length >= 18) {
    const sampleRate = head.readUInt32LE(10);
    const channels = head.readUInt16LE(6);
    const durationSeconds = head.readUInt32LE(14) / sampleRate;
    return { parse: bare, container: () => 'tta', durationSeconds, sampleRate, channels };
  }
  if (magic === 'tBaK') return { parse: bare, container: () => 'tak' };
  const mpeg = await mpegStream(reader, payload);
  if (mpeg) return { ...mpeg, parse: bare, container: () => mpeg.container };
  throw new CratewiseError(
    'not-audio',
    'No audio was found in this file: its content is of no kind that Cratewise knows, or is damaged.',
  );
}
