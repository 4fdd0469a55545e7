import { CratewiseError } from '../../shared/errors.ts';
import type { TagValues } from '../../shared/tags.ts';
import { audioIdentity } from './audio/identity.ts';
import { locateAudio } from './audio/locate.ts';
import { mpegStream } from './audio/mpeg.ts';
import { oggAudio, oggDuration } from './audio/ogg.ts';
import type { AudioPayload } from './audio/payload.ts';
import {
  type Reading,
  readByFormat,
  readFlac,
  readMp4,
  readOgg,
  readTagsAround,
  readWavpack,
} from './own-formats.ts';
import type { ByteReader } from './reader.ts';

/** What a file holds. */
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
 * Reads what a file holds: by our own readers where they understand it, else by music-metadata.
 * @throws CratewiseError `empty-file`, `not-audio`; or what music-metadata throws
 */
export async function readContent(reader: ByteReader): Promise<FileContent> {
  if (reader.size === 0) throw new CratewiseError('empty-file', 'The file is empty.');
  const payload = await locateAudio(reader);
  const reading = (await readStrictly(reader, payload)) ?? (await readLeniently(reader, payload));
  const { durationSeconds, sampleRate, channels } = reading.properties;
  return {
    container: reading.container,
    tags: reading.tags,
    audioHash: await audioIdentity(reader, payload),
    durationSeconds: positive(durationSeconds),
    sampleRate: positive(sampleRate),
    channels: positive(channels),
  };
}

/**
 * music-metadata for what the sound is; for the tags too, unless the tagger has a format for this container. It takes
 * a while to load, and most libraries have few files that need it.
 */
async function readLeniently(reader: ByteReader, payload: AudioPayload): Promise<Reading> {
  const lenient = await import('./lenient.ts');
  const reading = await lenient.readLeniently(reader, payload);
  if (READ_STRICTLY.has(payload.structure)) return reading;
  try {
    // Fields that the tagger does not edit there (a track number in RIFF INFO) are shown all the same.
    return { ...reading, tags: { ...reading.tags, ...readByFormat(sourceOf(reader)) } };
  } catch {
    return reading;
  }
}

/** Structures whose tags our own readers have already tried. */
const READ_STRICTLY = new Set(['flac', 'mp4', 'ogg']);

const sourceOf = (reader: ByteReader) => ({
  size: reader.size,
  read: (offset: number, length: number) => reader.readNow(offset, length),
});

const positive = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

async function readStrictly(reader: ByteReader, payload: AudioPayload): Promise<Reading | undefined> {
  const source = sourceOf(reader);
  try {
    switch (payload.structure) {
      case 'flac':
        return readFlac(source);
      case 'mp4': {
        const reading = readMp4(source);
        return reading.properties.durationSeconds === undefined ? undefined : reading;
      }
      case 'ogg': {
        const audio = await oggAudio(reader, 0);
        if (!audio) return undefined;
        const { sampleRate, channels } = audio.head;
        const durationSeconds = await oggDuration(reader, audio);
        return { ...readOgg(source), properties: { sampleRate, channels, durationSeconds } };
      }
      case 'linear':
        return await readFrames(reader, source, payload);
      default:
        return undefined;
    }
  } catch {
    // Refused or damaged: the lenient reader decides what there is to say, and throws what is wrong.
    return undefined;
  }
}

async function readFrames(
  reader: ByteReader,
  source: Parameters<typeof readTagsAround>[0],
  payload: AudioPayload,
): Promise<Reading | undefined> {
  const start = payload.ranges[0]?.start ?? 0;
  const magic = (await reader.read(start, 4)).toString('latin1');
  if (magic === 'wvpk') {
    const reading = readWavpack(source, start);
    return reading.properties.durationSeconds === undefined ? undefined : reading;
  }
  if (['MAC ', 'MPCK', 'TTA1', 'tBaK'].includes(magic) || magic.startsWith('MP+')) return undefined;
  const stream = await mpegStream(reader, payload);
  return stream && { container: stream.container, tags: readTagsAround(source, false), properties: stream };
}
