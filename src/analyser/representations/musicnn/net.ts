import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { ModelLoadError, openSession } from '../../onnx/session.ts';
import { MUSICNN_BANDS as BANDS } from './mel.ts';

/** Frames of a patch, 3 s: `librosa.time_to_frames(3, sr=16000, n_fft=512, hop_length=256) + 1`. */
export const PATCH_FRAMES = 187;
/** Frames from one patch to the next, 1 s: the same of 1 s, without the one. The published taggrams have it. */
export const PATCH_HOP = 61;

const TIMBRAL = 408;
/** Frames that the timbral filters reach to each side. */
const REACH = 3;
/** Frames that the timbral filters work on at once: more takes more memory and is no faster. */
const PORTION = 128;

const inputSchema = z.strictObject({ scale: z.number(), offset: z.number() });

/** What the net says of each patch, one after the other. */
export interface MusicnnOutput {
  readonly patches: number;
  /** 200 numbers a patch. */
  readonly penultimate: Float32Array;
  /** 50 numbers a patch, 0..1. */
  readonly tags: Float32Array;
}

/** The net as src/main/models/recipes/musicnn.ts builds it. */
export class MusicnnNet {
  readonly #timbral: InferenceSession;
  readonly #rest: InferenceSession;
  readonly #scale: number;
  readonly #offset: number;

  private constructor(timbral: InferenceSession, rest: InferenceSession, input: z.infer<typeof inputSchema>) {
    this.#timbral = timbral;
    this.#rest = rest;
    this.#scale = input.scale;
    this.#offset = input.offset;
  }

  /**
   * @param folder of the installed model
   * @throws ModelLoadError
   */
  static async open(folder: string): Promise<MusicnnNet> {
    let input: z.infer<typeof inputSchema>;
    try {
      input = inputSchema.parse(JSON.parse(await readFile(join(folder, 'input.json'), 'utf8')));
    } catch (cause) {
      throw new ModelLoadError(`The model in ${folder} can't be loaded. Install it again.`, { cause });
    }
    const timbral = await openSession(join(folder, 'timbral.onnx'));
    return new MusicnnNet(timbral, await openSession(join(folder, 'musicnn.onnx')), input);
  }

  /**
   * Listens to all the patches that a passage has room for.
   * @param mel 96 values a frame, frame by frame
   * @param frames 187 or more
   */
  async run(mel: Float32Array, frames: number): Promise<MusicnnOutput> {
    const patches = 1 + Math.floor((frames - PATCH_FRAMES) / PATCH_HOP);
    if (patches < 1) throw new RangeError(`${frames} frames are less than a patch.`);
    const input = mel.map((value) => value * this.#scale + this.#offset);
    const timbral = await this.#timbralOf(input, (patches - 1) * PATCH_HOP + PATCH_FRAMES, patches);
    const penultimate: Float32Array[] = [];
    const tags: Float32Array[] = [];
    for (let patch = 0; patch < patches; patch++) {
      const start = patch * PATCH_HOP;
      const result = await this.#rest.run({
        mel: frameTensor(input.slice(start * BANDS, (start + PATCH_FRAMES) * BANDS), 1),
        timbral: new Tensor('float32', timbral(patch), [1, TIMBRAL, PATCH_FRAMES]),
      });
      penultimate.push(result.penultimate!.data as Float32Array);
      tags.push(result.tags!.data as Float32Array);
    }
    return { patches, penultimate: joined(penultimate), tags: joined(tags) };
  }

  /**
   * The timbral filters' answers for each patch. They reach over 7 frames, so patches that overlap share them, but for
   * the three frames at each end, where the patch has zeros beyond.
   */
  async #timbralOf(
    input: Float32Array,
    frames: number,
    patches: number,
  ): Promise<(patch: number) => Float32Array> {
    const inside = new Float32Array(TIMBRAL * frames);
    const last = frames - REACH;
    for (let from = REACH; from < last; from += PORTION) {
      const to = Math.min(last, from + PORTION);
      const portion = input.slice((from - REACH) * BANDS, (to + REACH) * BANDS);
      const { timbral } = await this.#timbral.run({ mel: frameTensor(portion, 1) });
      const values = timbral!.data as Float32Array;
      for (let filter = 0; filter < TIMBRAL; filter++) {
        inside.set(values.subarray(filter * (to - from), (filter + 1) * (to - from)), filter * frames + from);
      }
    }
    // For each patch its first 6 frames with 3 of silence before, and its last 6 with 3 behind.
    const span = 3 * REACH * BANDS;
    const ends = new Float32Array(2 * patches * span);
    for (let patch = 0; patch < patches; patch++) {
      const start = patch * PATCH_HOP * BANDS;
      const end = start + PATCH_FRAMES * BANDS;
      ends.set(input.subarray(start, start + 2 * REACH * BANDS), 2 * patch * span + REACH * BANDS);
      ends.set(input.subarray(end - 2 * REACH * BANDS, end), (2 * patch + 1) * span);
    }
    const { timbral } = await this.#timbral.run({ mel: frameTensor(ends, 2 * patches) });
    const edges = timbral!.data as Float32Array;
    return (patch) => {
      const out = new Float32Array(TIMBRAL * PATCH_FRAMES);
      const head = 2 * patch * TIMBRAL * REACH;
      const tail = head + TIMBRAL * REACH;
      for (let filter = 0; filter < TIMBRAL; filter++) {
        const from = filter * frames + patch * PATCH_HOP;
        const to = filter * PATCH_FRAMES;
        out.set(inside.subarray(from, from + PATCH_FRAMES), to);
        out.set(edges.subarray(head + filter * REACH, head + (filter + 1) * REACH), to);
        out.set(
          edges.subarray(tail + filter * REACH, tail + (filter + 1) * REACH),
          to + PATCH_FRAMES - REACH,
        );
      }
      return out;
    };
  }
}

/** @param count passages of equal length in `values` */
function frameTensor(values: Float32Array, count: number): Tensor {
  return new Tensor('float32', values, [count, 1, values.length / BANDS / count, BANDS]);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
