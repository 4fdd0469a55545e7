import { BadWeightsError } from '../bad-weights.ts';
import { LENGTH_BYTES, type SafetensorsHeader, type Tensor } from '../readers/safetensors.ts';
import type { Segment } from './transfer.ts';

/** A safetensors file at the source: the model's only one, or one of several. */
export interface SourceTensors {
  readonly path: string;
  readonly header: SafetensorsHeader;
}

/** How a safetensors file with some of the tensors is put together. */
export interface CompactPlan {
  /** Its header, as bytes. */
  readonly prefix: Uint8Array;
  /** What follows, in this order. */
  readonly segments: readonly Segment[];
  /** Of the whole file. */
  readonly bytes: number;
}

/** Tensors begin at a multiple of this, so that readers can map them. */
const ALIGNMENT = 64;

/** Every tensor of some files by name. @throws BadWeightsError where two have the same */
export function allTensors(files: readonly SourceTensors[]): ReadonlyMap<string, Tensor> {
  const all = new Map<string, Tensor>();
  for (const { path, header } of files) {
    for (const tensor of header.tensors.values()) {
      if (all.has(tensor.name)) throw new BadWeightsError(`${path} has tensor ${tensor.name} once more.`);
      all.set(tensor.name, tensor);
    }
  }
  return all;
}

/**
 * Plans a file with the tensors that are wanted, in the order that they have at the source, so that what is contiguous
 * there comes by one request.
 * @throws BadWeightsError where one is not there
 */
export function planCompact(files: readonly SourceTensors[], wanted: readonly string[]): CompactPlan {
  const missing = new Set(wanted);
  const entries: [string, unknown][] = [];
  const segments: Segment[] = [];
  let at = 0;
  for (const { path, header } of files) {
    const chosen = [...header.tensors.values()].filter(({ name }) => missing.delete(name));
    for (const { name, dtype, shape, start, end } of chosen.sort(
      (a, b) => a.start - b.start || a.end - b.end,
    )) {
      entries.push([name, { dtype, shape, data_offsets: [at, at + end - start] }]);
      at += end - start;
      const last = segments.at(-1);
      if (last?.path === path && last.to === start) segments[segments.length - 1] = { ...last, to: end };
      else if (end > start) segments.push({ path, from: start, to: end, size: header.fileBytes });
    }
  }
  if (missing.size > 0) throw new BadWeightsError(`The source has no tensor ${[...missing].join(', ')}.`);
  const prefix = headerBytes(Object.fromEntries(entries));
  return { prefix, segments, bytes: prefix.length + at };
}

function headerBytes(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil((LENGTH_BYTES + json.length) / ALIGNMENT) * ALIGNMENT - LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}
