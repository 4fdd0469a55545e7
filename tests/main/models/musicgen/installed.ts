import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { BuildContext, Recipe } from '../../../../src/main/models/recipe.ts';
import {
  MUSICGEN_FILE,
  type MusicgenDecoder,
  type MusicgenModel,
  parseMusicgenModel,
  planPieces,
} from '../../../../src/shared/musicgen-model.ts';

/** Runs a recipe on a checkpoint in a folder of its own. */
export async function install(
  recipe: Recipe,
  files: Readonly<Record<string, Uint8Array | string>>,
  options: Partial<Pick<BuildContext, 'progress' | 'signal'>> = {},
): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'cratewise-musicgen-'));
  const fetched = join(folder, 'fetched');
  const output = join(folder, 'output');
  try {
    await mkdir(fetched);
    await mkdir(output);
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(fetched, name), bytes);
    await recipe.build({
      model: 'musicgen-tiny',
      file: (path) => join(fetched, path),
      output,
      keep: (path, name) => link(join(fetched, path), join(output, name)),
      progress: () => {},
      signal: new AbortController().signal,
      ...options,
    });
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  return new Installed(folder, parseMusicgenModel(await readFile(join(output, MUSICGEN_FILE), 'utf8')));
}

/** An installed model, run in the plainest way. */
export class Installed {
  readonly folder: string;
  readonly model: MusicgenModel;
  readonly #sessions = new Map<string, Promise<InferenceSession>>();

  constructor(folder: string, model: MusicgenModel) {
    this.folder = folder;
    this.model = model;
  }

  get output(): string {
    return join(this.folder, 'output');
  }

  session(file: string, sessionConfig: Readonly<Record<string, string>> = {}): Promise<InferenceSession> {
    const opened =
      this.#sessions.get(file) ??
      InferenceSession.create(join(this.output, file), {
        intraOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: sessionConfig },
      });
    this.#sessions.set(file, opened);
    return opened;
  }

  /** The features of a part of a window, as the graph gives them. */
  async features(samples: Float32Array): Promise<Tensor> {
    const session = await this.session(this.model.codec.features.file);
    const audio = new Tensor('float32', samples, [1, 1, samples.length]);
    return (await session.run({ audio })).features as Tensor;
  }

  /** The features of a window, piece by piece. */
  async featuresInPieces(samples: Float32Array): Promise<Tensor> {
    const { channels } = this.model.codec.features;
    const frames = Math.ceil(samples.length / this.model.audio.hop);
    const all = new Float32Array(channels * frames);
    let at = 0;
    for (const { begin, end, skip, keep } of planPieces(samples.length, this.model)) {
      const { data, dims } = await this.features(samples.subarray(begin, end));
      for (let channel = 0; channel < channels; channel++) {
        const from = channel * dims[2]! + skip;
        all.set((data as Float32Array).subarray(from, from + keep), channel * frames + at);
      }
      at += keep;
    }
    return new Tensor('float32', all, [1, channels, frames]);
  }

  async codes(features: Tensor, graph: { readonly file: string } = this.model.codec.codes): Promise<Tensor> {
    const session = await this.session(graph.file);
    return (await session.run({ features })).codes as Tensor;
  }

  decoder(precision: MusicgenDecoder['precision'], depth: number): MusicgenDecoder {
    return this.model.decoders.find((d) => d.precision === precision && d.depth === depth)!;
  }

  /** Means of the states, [depth + 1, hidden]. */
  async states(decoder: MusicgenDecoder, codes: Tensor): Promise<Float32Array> {
    const session = await this.session(decoder.file, decoder.sessionConfig);
    return (await session.run({ codes })).states!.data as Float32Array;
  }

  async remove(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release();
    await rm(this.folder, { recursive: true });
  }
}

/** Codes of a golden as a tensor. */
export function codesTensor(codes: Uint16Array, codebooks: number): Tensor {
  return new Tensor('int64', BigInt64Array.from(codes, BigInt), [1, codebooks, codes.length / codebooks]);
}

/** How far apart two arrays are: largest difference by the largest value, and the cosine. */
export function compare(ours: Float32Array, theirs: Float32Array): { error: number; cosine: number } {
  let difference = 0;
  let scale = 0;
  let product = 0;
  let a = 0;
  let b = 0;
  for (let i = 0; i < theirs.length; i++) {
    difference = Math.max(difference, Math.abs(ours[i]! - theirs[i]!));
    scale = Math.max(scale, Math.abs(theirs[i]!));
    product += ours[i]! * theirs[i]!;
    a += ours[i]! ** 2;
    b += theirs[i]! ** 2;
  }
  return {
    error: ours.length === theirs.length ? difference / scale : Number.NaN,
    cosine: product / Math.sqrt(a * b),
  };
}
