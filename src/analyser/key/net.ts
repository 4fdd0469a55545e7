import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SMALL_NET } from '../onnx/session.ts';
import { BINS } from '../representations/chroma/constant-q.ts';
import type { KeyInput } from './input.ts';
import { KeyModelError } from './manifest.ts';

/** Keys that the net tells apart. */
const KEYS = 24;
/** Pooled frames that go through the net at once: about 45 s. Longer passages are cut, for the sake of memory. */
const LONGEST = 120;

/** The key net in ONNX Runtime. */
export class KeyNet {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws KeyModelError where ONNX Runtime does not accept the file */
  static async load(file: string): Promise<KeyNet> {
    try {
      return new KeyNet(await InferenceSession.create(file, SMALL_NET));
    } catch (cause) {
      throw new KeyModelError(`The key model ${file} can't be loaded: ${String(cause)}`, { cause });
    }
  }

  /** 24 logits of a passage, in the order of `KEY_LABELS`; the mean over pieces where it had to be cut. */
  async logits(input: KeyInput): Promise<Float64Array> {
    const pieces = Math.ceil(input.frames / LONGEST);
    const sum = new Float64Array(KEYS);
    for (let piece = 0; piece < pieces; piece++) {
      const from = Math.floor((piece * input.frames) / pieces);
      const to = Math.floor(((piece + 1) * input.frames) / pieces);
      const logits = await this.#run(cut(input, from, to), to - from);
      for (let key = 0; key < KEYS; key++) {
        sum[key] = sum[key]! + (logits[key]! * (to - from)) / input.frames;
      }
    }
    return sum;
  }

  async #run(magnitudes: Float32Array, frames: number): Promise<Float32Array> {
    const { logits } = await this.#session.run({
      magnitudes: new Tensor('float32', magnitudes, [1, BINS, frames]),
    });
    if (!(logits?.data instanceof Float32Array) || logits.data.length !== KEYS) {
      throw new KeyModelError('The key model did not answer with 24 numbers. Reinstall Cratewise.');
    }
    return logits.data;
  }
}

/** Frames `from` to `to` of an input. */
function cut(input: KeyInput, from: number, to: number): Float32Array {
  if (from === 0 && to === input.frames) return input.data;
  const data = new Float32Array(BINS * (to - from));
  for (let bin = 0; bin < BINS; bin++) {
    const row = bin * input.frames;
    data.set(input.data.subarray(row + from, row + to), bin * (to - from));
  }
  return data;
}
