import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SampleTensor, safetensors } from '../safetensors-sample.ts';

/*
 * The tiny checkpoints of tests/reference/musicgen.py: the same numbers from the same names, and what transformers
 * computes with them.
 */

interface GoldenClip {
  readonly samples: number;
  readonly frames: number;
  /** uint16 [codebooks, frames]. */
  readonly codes: string;
  /** float32 [layers + 1, hidden]. */
  readonly means: string;
  /** float32 [layers + 1, frames + codebooks, hidden], of the first clip. */
  readonly states?: string;
}

export interface GoldenModel {
  readonly config: {
    readonly audio_encoder: Readonly<Record<string, unknown>>;
    readonly decoder: Readonly<Record<string, unknown>>;
  };
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  readonly clips: readonly GoldenClip[];
  readonly crossAttention: Readonly<
    Record<'largestUnconditional' | 'largestWithText' | 'statesWithout' | 'statesWithText', number>
  >;
}

export const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../reference/musicgen.json'), 'utf8'),
) as { readonly models: { readonly plain: GoldenModel; readonly varied: GoldenModel } };

const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
export const floats = (base64: string): Float32Array => new Float32Array(bytesOf(base64));
export const tokens = (base64: string): Uint16Array => new Uint16Array(bytesOf(base64));

/** As `uniform` in musicgen.py: numbers in [-1, 1) from a hash of a name and a counter. */
export function uniform(name: string, size: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Float64Array.from({ length: size }, (_, i) => {
    let x = (Math.imul(i, 0x9e3779b9) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x = (x ^ (x >>> 16)) >>> 0;
    return (x >>> 8) / 2 ** 23 - 1;
  });
}

/** As `recipe_of`: offset and scale of a tensor's values. */
function rangeOf(name: string, shape: readonly number[]): readonly [number, number] {
  if (name.endsWith('norm.weight')) return [1, 0.25];
  if (/bias(_[ih]h_l0)?$/.test(name)) return [0, 0.125];
  if (name.includes('codebook.embed')) return [0, 0.5 / 2 ** Number(/layers\.(\d+)/.exec(name)![1])];
  if (name.includes('embed_tokens')) return [0, 0.5];
  if (/weight_g$|original0$/.test(name)) return [1.5, 0.5];
  return [0, 1.75 / Math.sqrt(shape.slice(1).reduce((a, b) => a * b, 1))];
}

export function valuesOf(name: string, shape: readonly number[]): Float32Array {
  const [offset, scale] = rangeOf(name, shape);
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from(uniform(name, size), (u) => offset + scale * u);
}

/**
 * `model.safetensors` of a golden model.
 * @param round what to make of the numbers, and the type to keep them in
 */
export function checkpointOf(
  { tensors }: Pick<GoldenModel, 'tensors'>,
  dtype: 'F32' | 'F16' | 'BF16' = 'F32',
  round: (values: Float32Array) => Float32Array | Float16Array | Uint16Array = (values) => values,
): Buffer {
  return aligned(
    Object.entries(tensors).map(([name, shape]) => ({
      name,
      dtype,
      shape,
      bytes: new Uint8Array(round(valuesOf(name, shape)).buffer),
    })),
  );
}

/** A safetensors file with spaces behind its header, as writers put them there to start tensors at multiples of 8. */
function aligned(tensors: readonly SampleTensor[]): Buffer {
  const file = safetensors(tensors);
  const header = Number(file.readBigUInt64LE(0));
  const spaces = -header & 7;
  file.writeBigUInt64LE(BigInt(header + spaces));
  return Buffer.concat([file.subarray(0, 8 + header), Buffer.alloc(spaces, ' '), file.subarray(8 + header)]);
}

/** The clip that the goldens heard. */
export function clip(samples: number): Float32Array {
  const noise = uniform('audio', samples);
  return Float32Array.from(noise, (u, i) => {
    if (Math.floor(i / 512) % 8 === 5) return 0;
    const triangle = Math.abs((i % 64) - 32) / 32 - 0.5;
    const swell = (Math.floor(i / 16) % 64) / 64;
    return 0.5 * triangle + 0.5 * swell * u;
  });
}
