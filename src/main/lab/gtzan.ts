import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CratewiseError } from '../../shared/errors.ts';
import { GTZAN_GENRES } from '../../shared/music/genre.ts';
import { type Matrix, matrix } from './matrix.ts';
import { readNpy } from './npy.ts';

export type Split = 'train' | 'valid' | 'test';

/** One clip of the fault-filtered split (Kereliuk, Sturm & Larsen 2015), with its genre's index in `GTZAN_GENRES`. */
export interface GtzanClip {
  readonly clip: string;
  readonly split: Split;
  readonly genre: number;
}

/** Vectors by clip. */
export interface ClipFeatures {
  readonly clips: readonly string[];
  readonly vectors: Matrix;
}

/** The data are not where they should be, or not what they should be. */
export class DatasetError extends CratewiseError {
  override readonly name = 'DatasetError';

  constructor(message: string, options?: ErrorOptions) {
    super('bad-dataset', message, options);
  }
}

/** Our `spectral-shape` representation in the columns of the published librosa statistics. */
const SPECTRAL_COLUMNS = [
  'spectral_centroid',
  'spectral_bandwidth',
  'rolloff',
  'zero_crossing_rate',
] as const;

/**
 * The 930 clips of the protocol's split.
 * @param shared folder that holds `data/`
 */
export function readGtzanSplit(shared: string): GtzanClip[] {
  const file = join(shared, 'data/gtzan-fault-filtered-split.tsv');
  return readLines(file)
    .slice(1)
    .map((line) => {
      const [clip = '', split = '', genre = ''] = line.split('\t');
      const index = (GTZAN_GENRES as readonly string[]).indexOf(genre);
      if (index < 0 || (split !== 'train' && split !== 'valid' && split !== 'test')) {
        throw new DatasetError(`${file}: ${JSON.stringify(line)} is no clip, split and genre.`);
      }
      return { clip, split, genre: index };
    });
}

/**
 * Choi's published MFCC moments (transfer_learning_music), 120 numbers a clip at 12 kHz: our representation
 * `mfcc-12k`. Mean and standard deviation of 20 coefficients, then of their first and of their second differences.
 */
export function readPublishedMfcc(shared: string): ClipFeatures {
  const folder = join(shared, 'data/gtzan-features');
  const array = readNpy(readBytes(join(folder, 'gtzan_genre_mfcc.npy')));
  const clips = readLines(join(folder, 'rows.tsv')).map((line) => line.split('\t')[0]!);
  const [rows = 0, columns = 0] = array.shape;
  if (array.kind !== 'number' || array.shape.length !== 2 || rows !== clips.length || columns !== 120) {
    throw new DatasetError('gtzan_genre_mfcc.npy does not hold 120 numbers for each line of rows.tsv.');
  }
  return { clips, vectors: matrix(rows, columns, array.data) };
}

/**
 * Mean and standard deviation of spectral centroid, bandwidth, roll-off and zero-crossing rate from the published
 * librosa statistics (30-second clips, 22,050 Hz, librosa's defaults): our representation `spectral-shape`, 8 numbers
 * a clip. The file has variances.
 */
export function readPublishedSpectralShape(shared: string): ClipFeatures {
  const file = join(shared, 'data/gtzan-features/features_30_sec.csv');
  const [header = '', ...lines] = readLines(file);
  const names = header.split(',');
  const places = SPECTRAL_COLUMNS.flatMap((name) => [
    names.indexOf(`${name}_mean`),
    names.indexOf(`${name}_var`),
  ]);
  if (places.includes(-1)) throw new DatasetError(`${file} lacks a column.`);
  const clips: string[] = [];
  const data: number[] = [];
  for (const line of lines) {
    const cells = line.split(',');
    clips.push(cells[0]!.replace(/\.wav$/, ''));
    for (const [at, place] of places.entries()) {
      const value = Number(cells[place]);
      if (!Number.isFinite(value)) throw new DatasetError(`${file}: ${cells[0]} lacks a number.`);
      data.push(at % 2 === 0 ? value : Math.sqrt(value));
    }
  }
  return { clips, vectors: matrix(clips.length, places.length, data) };
}

function readLines(file: string): string[] {
  return new TextDecoder()
    .decode(readBytes(file))
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new DatasetError(`${file} can't be read: it is part of the development data, see DATA.md.`, {
      cause,
    });
  }
}
