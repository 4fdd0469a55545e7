import { parseFromTokenizer } from 'music-metadata';
import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import type { TagValues } from '../../shared/tags.ts';
import { audioIdentity } from './audio/identity.ts';
import { locateAudio } from './audio/locate.ts';
import { mpegStream } from './audio/mpeg.ts';
import { oggDuration } from './audio/ogg.ts';
import type { AudioPayload } from './audio/payload.ts';
import { type ByteReader, FileReader } from './reader.ts';
import { type NativeTags, tagValues } from './tags.ts';
import { ReaderTokenizer } from './tokenizer.ts';
import { tagsOnly, withoutSamples } from './views.ts';

/** What a file system says of a file; 64-bit numbers as decimal strings. */
export interface Stamp {
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: string;
  readonly inode: string;
  readonly device: string;
}

/** What was read of one file. */
export interface ReadFile {
  readonly path: string;
  /** As it was when the file was opened; null where it could not be. */
  readonly stamp: Stamp | null;
  readonly content: FileContent | null;
  /** Set exactly when `content` is null. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export interface FileContent {
  /** See `ParsedFile.container` of the tagging formats. */
  readonly container: string;
  readonly tags: TagValues;
  /** 32 hex digits, see `audioIdentity`. */
  readonly audioHash: string;
  readonly durationSeconds: number | null;
  readonly sampleRate: number | null;
  readonly channels: number | null;
}

/**
 * Reads tags, properties and audio identity of one file. Never throws: what goes wrong is part of the result.
 * @param path in our escaped form
 */
export async function readFile(path: string): Promise<ReadFile> {
  let reader: FileReader | undefined;
  try {
    reader = await FileReader.open(path);
    const { stat } = reader;
    const stamp = {
      size: reader.size,
      mtime: String(stat.mtimeNs),
      inode: String(BigInt.asUintN(64, stat.ino)),
      device: String(BigInt.asUintN(64, stat.dev)),
    };
    try {
      return { path, stamp, content: await readContent(reader), problem: null };
    } catch (error) {
      return { path, stamp, content: null, problem: problemOf(error) };
    }
  } catch (error) {
    return { path, stamp: null, content: null, problem: problemOf(error) };
  } finally {
    reader?.close();
  }
}

/** Errors of the system keep their code and get words; what a parser throws becomes `unreadable`. */
export function problemOf(thrown: unknown): { code: string; message: string } {
  const { code, message } = toErrorShape(thrown);
  if (thrown instanceof CratewiseError) return { code, message };
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'The file is gone.',
    EACCES: 'Cratewise is not allowed to read this file.',
    EPERM: 'Cratewise is not allowed to read this file.',
    EIO: 'The disk reports a read error.',
    EISDIR: 'This is a folder.',
    ENAMETOOLONG: 'The path is longer than the system allows.',
    ENXIO: 'This is not a regular file.',
  };
  if (known[code]) return { code, message: known[code] };
  if (/^E[A-Z]+$/.test(code)) return { code, message: `The file can't be read: ${message}` };
  return { code: 'unreadable', message: `The file's structure can't be understood: ${message}` };
}

/**
 * @throws CratewiseError `empty-file`, `not-audio`; or what the parser throws
 */
export async function readContent(reader: ByteReader): Promise<FileContent> {
  if (reader.size === 0) throw new CratewiseError('empty-file', 'The file is empty.');
  const payload = await locateAudio(reader);
  const kind = await identify(reader, payload);
  const [metadata, audioHash] = [await kind.parse(), await audioIdentity(reader, payload)];
  return {
    container: kind.container(metadata),
    tags: tagValues(metadata.native as NativeTags),
    audioHash,
    durationSeconds: positive(kind.durationSeconds ?? metadata.format.duration),
    sampleRate: positive(kind.sampleRate ?? metadata.format.sampleRate),
    channels: positive(kind.channels ?? metadata.format.numberOfChannels),
  };
}

const positive = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

type Metadata = Awaited<ReturnType<typeof parseFromTokenizer>>;

interface Kind {
  readonly parse: () => Promise<Metadata>;
  readonly container: (metadata: Metadata) => string;
  readonly durationSeconds?: number | undefined;
  readonly sampleRate?: number | undefined;
  readonly channels?: number | undefined;
}

function parse(reader: ByteReader, mimeType: string): Promise<Metadata> {
  const tokenizer = new ReaderTokenizer(reader);
  tokenizer.fileInfo.mimeType = mimeType;
  return parseFromTokenizer(tokenizer, { duration: false, skipCovers: true, mkvUseIndex: true });
}

const OGG_CONTAINERS: Readonly<Record<string, string>> = {
  'Vorbis I': 'ogg-vorbis',
  Opus: 'opus',
  Speex: 'speex',
  FLAC: 'ogg-flac',
};

/** Decides by content which parser reads the file; the name's extension is no evidence. */
async function identify(reader: ByteReader, payload: AudioPayload): Promise<Kind> {
  const simple = (mimeType: string, container: string): Kind => ({
    parse: () => parse(reader, mimeType),
    container: () => container,
  });
  switch (payload.structure) {
    case 'ogg':
      return {
        parse: () => parse(reader, 'audio/ogg'),
        container: ({ format }) => OGG_CONTAINERS[format.codec ?? ''] ?? 'ogg',
        durationSeconds: await oggDuration(reader),
      };
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
  if (magic.startsWith('MP+') || magic === 'MPCK') return whole('audio/musepack', 'mpc');
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
