import type { ByteReader } from '../reader.ts';
import {
  locateAiff,
  locateAsf,
  locateDsdiff,
  locateDsf,
  locateMatroska,
  locateMp4,
  locateWave,
} from './chunks.ts';
import { afterLeadingTags, locateFlac, locateLinear } from './linear.ts';
import { locateOgg } from './ogg.ts';
import type { AudioPayload, Locator } from './payload.ts';

const ASF_HEADER = '3026b2758e66cf11a6d900aa0062ce6c';
/** First boxes of MP4 and older QuickTime files. */
const MP4_BOXES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp']);

function structureOf(head: Buffer): [string, Locator] {
  const text = (from: number, to: number) => head.toString('latin1', from, to);
  const magic = text(0, 4);
  if (magic === 'OggS') return ['ogg', locateOgg];
  if (magic === 'fLaC') return ['flac', locateFlac];
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].includes(magic) && text(8, 12) === 'WAVE') return ['wave', locateWave];
  if (magic === 'FORM' && text(8, 11) === 'AIF') return ['aiff', locateAiff];
  if (magic === 'FRM8') return ['dsdiff', locateDsdiff];
  if (magic === 'DSD ') return ['dsf', locateDsf];
  if (head.toString('hex', 0, 16) === ASF_HEADER) return ['asf', locateAsf];
  if (head.toString('hex', 0, 4) === '1a45dfa3') return ['matroska', locateMatroska];
  if (MP4_BOXES.has(text(4, 8))) return ['mp4', locateMp4];
  return ['linear', locateLinear];
}

/**
 * Finds the audio of a file from its structure alone, tolerantly: a file that makes no sense, or whose structure
 * is broken, is audio from its first byte behind the tags to its last before them. Reads little; never throws
 * but for the reader's own errors.
 */
export async function locateAudio(reader: ByteReader): Promise<AudioPayload> {
  const start = await afterLeadingTags(reader);
  const [structure, locate] = structureOf(await reader.read(start, 16));
  const ranges = await locate(reader, start);
  if (ranges) return { structure, ranges, oggPages: structure === 'ogg' };
  const fallback = (await locateLinear(reader, start)) ?? [{ start: 0, end: reader.size }];
  return { structure: 'linear', ranges: fallback, oggPages: false };
}
