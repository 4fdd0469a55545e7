import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { KEY_LABELS } from '../../shared/music/key.ts';
import { ModelLoadError, openSession } from '../onnx/session.ts';
import type { PreparedWindow } from '../prepared-window.ts';
import type { RepresentationContext } from '../representations/index.ts';
import type { Representation } from '../representations/representation.ts';

/** A key net that a recipe built: `pcm` [samples] → `logits` [24] in the order of `KEY_LABELS`, `embedding`. */
export interface InstalledKeyNet {
  /** Of the model and of its distribution; its embedding is `<id>-embedding`. */
  readonly id: string;
  /** The ONNX file in the model's folder. */
  readonly file: string;
  readonly sampleRate: number;
  /** Length of the embedding. */
  readonly embedding: number;
  /** Seconds below which it would name a chord. */
  readonly minimumSeconds: number;
}

/** Seconds that go through a net at once. Longer windows are cut, for the sake of memory. */
const LONGEST_SECONDS = 120;

interface Answer {
  /** ln of the 24 probabilities. */
  readonly logProbabilities: Float32Array;
  readonly embedding: Float32Array;
}

/**
 * Two representations of one pass: the net's distribution over the 24 keys, as natural logarithms, and what its last
 * layer reads. None where it is not installed.
 */
export function keyNetRepresentations(
  net: InstalledKeyNet,
  { installed }: RepresentationContext,
): Representation[] {
  const model = installed.get(net.id);
  if (!model) return [];
  // Opened when it is first needed: asking what there is should not cost an inference session.
  let session: Promise<InferenceSession> | undefined;

  function answer(window: PreparedWindow): Promise<Answer> {
    return window.memo(`${net.id}:answer`, async () => {
      session ??= openSession(join(model!.folder, net.file));
      return hear(await session, net, window.pcm(net.sampleRate));
    });
  }

  const common = {
    version: model.version,
    sampleRate: net.sampleRate,
    minimumSeconds: net.minimumSeconds,
  };
  return [
    {
      ...common,
      id: net.id,
      dimension: KEY_LABELS.length,
      compute: async (window) => (await answer(window)).logProbabilities,
    },
    {
      ...common,
      id: `${net.id}-embedding`,
      dimension: net.embedding,
      compute: async (window) => (await answer(window)).embedding,
    },
  ];
}

/** The mean over pieces, weighted by length, of logits and embedding. */
async function hear(session: InferenceSession, net: InstalledKeyNet, pcm: Float32Array): Promise<Answer> {
  const pieces = Math.max(1, Math.ceil(pcm.length / (LONGEST_SECONDS * net.sampleRate)));
  const logits = new Float64Array(KEY_LABELS.length);
  const embedding = new Float64Array(net.embedding);
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((piece * pcm.length) / pieces);
    const part = pcm.subarray(from, Math.floor(((piece + 1) * pcm.length) / pieces));
    const outputs = await session.run({ pcm: new Tensor('float32', part, [part.length]) });
    addScaled(logits, numbers(net, outputs.logits), part.length / pcm.length);
    addScaled(embedding, numbers(net, outputs.embedding), part.length / pcm.length);
  }
  const largest = Math.max(...logits);
  const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0)) + largest;
  return {
    logProbabilities: Float32Array.from(logits, (value) => value - total),
    embedding: Float32Array.from(embedding),
  };
}

function numbers(net: InstalledKeyNet, tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array && tensor.data.every(Number.isFinite)) return tensor.data;
  throw new ModelLoadError(`The model ${net.id} did not answer with numbers. Install it again.`);
}

function addScaled(sum: Float64Array, values: Float32Array, scale: number): void {
  if (values.length !== sum.length)
    throw new ModelLoadError('A key model has other outputs. Install it again.');
  for (const [i, value] of values.entries()) sum[i] = sum[i]! + value * scale;
}
