import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CratewiseError } from '../../shared/errors.ts';
import { GTZAN_GENRES } from '../../shared/music/genre.ts';
import { joinColumns, type Matrix, matrix, takeRows } from './matrix.ts';
import { readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import type { Examples } from './train-probe.ts';

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
 * Choi's published activations (transfer_learning_music): means over the clip of the convnet's five layers, 32 numbers
 * each, side by side: our representation `choi`, 160 numbers a clip.
 */
export function readPublishedChoi(shared: string): ClipFeatures {
  const folder = join(shared, 'data/gtzan-features');
  const clips = readLines(join(folder, 'rows.tsv')).map((line) => line.split('\t')[0]!);
  const layers = [0, 1, 2, 3, 4].map((layer) => {
    const name = `gtzan_genre_layer_${layer}.npy`;
    const { kind, shape, data } = readNpy(readBytes(join(folder, name)));
    if (kind !== 'number' || shape.length !== 2 || shape[0] !== clips.length || shape[1] !== 32) {
      throw new DatasetError(`${name} does not hold 32 numbers for each line of rows.tsv.`);
    }
    return matrix(clips.length, 32, data);
  });
  return { clips, vectors: joinColumns(layers) };
}

/**
 * MSD-musicnn's published tag activations, the mean over a clip's patches of 3 s: our representation `musicnn-tags`,
 * 50 numbers a clip. There are those of the train and the test clips of the split, none of the valid ones.
 */
export function readPublishedMusicnnTags(shared: string): ClipFeatures {
  const sums = new Map<string, { sum: Float64Array; patches: number }>();
  for (const part of ['train', 'test']) {
    const name = `musicnn-msd-taggram-${part}.npz`;
    const arrays = readNpz(readBytes(join(shared, 'data/gtzan-features', name)));
    const patches = arrays.get('X');
    const ids = arrays.get('IDS');
    if (patches?.kind !== 'number' || patches.shape[1] !== 50 || ids?.kind !== 'text') {
      throw new DatasetError(`${name} does not hold 50 numbers a patch and the name of its clip.`);
    }
    if (patches.shape[0] !== ids.data.length) throw new DatasetError(`${name} has a name too many or few.`);
    ids.data.forEach((id, patch) => {
      const clip = id.replace(/^.*\//, '').replace(/\.au$/, '');
      const known = sums.get(clip) ?? { sum: new Float64Array(50), patches: 0 };
      for (let tag = 0; tag < 50; tag++) known.sum[tag]! += patches.data[patch * 50 + tag]!;
      known.patches += 1;
      sums.set(clip, known);
    });
  }
  const vectors = matrix(sums.size, 50, new Float64Array(sums.size * 50));
  [...sums.values()].forEach(({ sum, patches }, at) => {
    vectors.data.set(
      sum.map((value) => value / patches),
      at * 50,
    );
  });
  return { clips: [...sums.keys()], vectors };
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

/**
 * The clips of some parts of the split for which every feature is published.
 * @returns one row a clip, the features side by side
 */
export function examplesOf(
  clips: readonly GtzanClip[],
  parts: readonly Split[],
  features: readonly ClipFeatures[],
): Examples & { readonly clips: readonly string[] } {
  const places = features.map((each) => new Map(each.clips.map((clip, at) => [clip, at])));
  const wanted = clips.filter(
    ({ clip, split }) => parts.includes(split) && places.every((place) => place.has(clip)),
  );
  const x = joinColumns(
    features.map((each, at) =>
      takeRows(
        each.vectors,
        wanted.map(({ clip }) => places[at]!.get(clip)!),
      ),
    ),
  );
  return { x, y: wanted.map(({ genre }) => genre), clips: wanted.map(({ clip }) => clip) };
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
