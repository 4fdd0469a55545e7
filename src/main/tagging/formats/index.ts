import { RefusedError } from '../errors.ts';
import type { ByteSource, TagFormat } from '../format.ts';
import { aiffFormat } from './aiff/index.ts';
import { apeFormat } from './ape/index.ts';
import { asfFormat } from './asf/index.ts';
import { dsfFormat } from './dsf/index.ts';
import { flacFormat } from './flac/index.ts';
import { matroskaFormat } from './matroska/index.ts';
import { mp4Format } from './mp4/index.ts';
import { mpegFormat } from './mpeg/index.ts';
import { oggFormat } from './ogg/index.ts';
import { riffFormat } from './riff/index.ts';

/**
 * Every container that can be edited. Each knows its own by the content; MPEG audio, which has no magic number, is
 * asked last.
 */
export const FORMATS: readonly TagFormat[] = [
  flacFormat,
  oggFormat,
  mp4Format,
  riffFormat,
  aiffFormat,
  dsfFormat,
  asfFormat,
  matroskaFormat,
  apeFormat,
  mpegFormat,
];

/**
 * The format of a file by its content.
 * @throws RefusedError when it is none of those that we write
 */
export function formatOf(source: ByteSource): TagFormat {
  const format = FORMATS.find((candidate) => candidate.matches(source));
  if (!format)
    throw new RefusedError(
      source.size === 0
        ? 'The file is empty.'
        : 'This is no kind of audio file whose tags Cratewise can write; it was left as it is.',
    );
  return format;
}
