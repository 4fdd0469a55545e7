import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelLoadError, openSession } from '../../onnx/session.ts';
import type { PreparedWindow } from '../../prepared-window.ts';
import type { RepresentationContext, RepresentationFactory } from '../index.ts';
import type { Representation } from '../representation.ts';

/** One size of Jukebox, as `src/main/models/recipes/jukebox.ts` builds it. */
export interface JukeboxSize {
  /** Of the model and of the representation. */
  readonly id: string;
  readonly dimension: number;
  /** Codes that the prior reads at once; what comes after them in a window is not heard. */
  readonly context: number;
}

const SIZES: readonly JukeboxSize[] = [
  { id: 'jukebox-1b', dimension: 2048, context: 6144 },
  { id: 'jukebox-5b', dimension: 4800, context: 8192 },
];

const SAMPLE_RATE = 44_100;
/** Seconds that jukemir gives to the encoder: somewhat more than the prior reads. */
const SECONDS = 25;

/**
 * Jukebox (Dhariwal et al. 2020) as jukemir reads it (Castellon et al. 2021, representations/jukebox/main.py): 25 s at
 * 44,100 Hz, the VQ-VAE's coarsest codes, the top prior, the mean over time of its 36th layer. Experimental: built and
 * tested with made-up weights only, and slow. It runs on the processor.
 */
export const jukebox: RepresentationFactory = async (context) =>
  SIZES.flatMap((size) => jukeboxRepresentation(size, context));

/** The representation of one size; none where it is not installed. */
export function jukeboxRepresentation(
  { id, dimension, context }: JukeboxSize,
  { installed, threads = 1 }: RepresentationContext,
): Representation[] {
  const model = installed.get(id);
  if (!model) return [];
  const open = (file: string) =>
    openSession(join(model.folder, file), {
      intraOpNumThreads: threads,
      // Weights stay in the file's mapping instead of being copied in another order.
      extra: { session: { disable_prepacking: '1' } },
    });
  let sessions: Promise<[InferenceSession, InferenceSession]> | undefined;
  return [
    {
      id,
      version: model.version,
      sampleRate: SAMPLE_RATE,
      dimension,
      minimumSeconds: 5,
      async compute(window: PreparedWindow): Promise<Float32Array> {
        sessions ??= Promise.all([open('vqvae.onnx'), open('prior.onnx')]);
        const [vqvae, prior] = await sessions;
        const pcm = window.pcm(SAMPLE_RATE).subarray(0, SECONDS * SAMPLE_RATE);
        const { codes } = await vqvae.run({ pcm: new Tensor('float32', pcm, [pcm.length]) });
        if (!(codes?.data instanceof BigInt64Array)) throw damaged(id);
        const heard = codes.data.slice(0, context);
        const { embedding } = await prior.run({ codes: new Tensor('int64', heard, [heard.length]) });
        if (!(embedding?.data instanceof Float32Array) || embedding.data.length !== dimension)
          throw damaged(id);
        return embedding.data;
      },
    },
  ];
}

const damaged = (id: string): ModelLoadError =>
  new ModelLoadError(`The model ${id} did not answer as it should. Install it again.`);
