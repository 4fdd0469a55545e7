import { z } from 'zod';
import { BadWeightsError } from '../bad-weights.ts';

/*
 * The header of a safetensors file: 8 bytes with its length (little-endian), then as much JSON, then the tensors'
 * bytes, row-major and little-endian, without gaps (https://github.com/huggingface/safetensors, “Format”). A header
 * comes from the network before anything about it was checked: nothing in it is believed.
 */

/** Bytes of one element, by the names that the format uses. */
export const DTYPE_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof DTYPE_BYTES;

/** Bytes before the JSON: its length. */
export const LENGTH_BYTES = 8;

/** The reference allows 100 MB; MusicGen large, the biggest that we read, has 0.2 MB. */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024;

const MAX_TENSORS = 100_000;
const MAX_NAME = 1000;

/** One tensor and where its bytes are. */
export interface Tensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From the start of the file; `end` is behind its last byte. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** Where the first tensor's bytes begin. */
  readonly dataStart: number;
  /** Of the whole file. */
  readonly fileBytes: number;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const entrySchema = z.object({
  dtype: z.enum(Object.keys(DTYPE_BYTES) as [Dtype, ...Dtype[]]),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

const metadataSchema = z.record(z.string(), z.string());

/**
 * Length of the JSON that follows the first 8 bytes.
 * @param first the file's first 8 bytes
 * @throws BadWeightsError where it can't be the length of a header
 */
export function headerLength(first: Uint8Array): number {
  if (first.length < LENGTH_BYTES) throw new BadWeightsError('The weights file ends before its header.');
  const length = new DataView(first.buffer, first.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length < 2n || length > BigInt(MAX_HEADER_BYTES)) {
    throw new BadWeightsError(`The weights file says that its header has ${length} bytes; that can't be.`);
  }
  return Number(length);
}

/**
 * Reads a header and checks that every tensor has as many bytes as its shape needs and that together they fill the
 * file, none on top of another.
 * @param json the bytes behind the first 8
 * @param fileBytes size of the whole file, where it is known
 * @throws BadWeightsError that says what is wrong
 */
export function parseHeader(json: Uint8Array, fileBytes?: number): SafetensorsHeader {
  const dataStart = LENGTH_BYTES + json.length;
  const entries = Object.entries(parseObject(json));
  if (entries.length > MAX_TENSORS) throw new BadWeightsError('The weights file lists too many tensors.');
  let metadata: Readonly<Record<string, string>> = {};
  const tensors: Tensor[] = [];
  for (const [name, value] of entries) {
    if (name !== '__metadata__') tensors.push(tensor(name, value, dataStart));
    else {
      const { data } = metadataSchema.safeParse(value);
      if (!data) throw new BadWeightsError('The weights file’s metadata are damaged.');
      metadata = data;
    }
  }
  const end = checkCoverage(tensors, dataStart);
  if (fileBytes !== undefined && fileBytes !== end) {
    throw new BadWeightsError(`The weights file has ${fileBytes} bytes, by its header it should be ${end}.`);
  }
  return { dataStart, fileBytes: end, tensors: new Map(tensors.map((t) => [t.name, t])), metadata };
}

/** An error about the contents of a weights file, with the name of the file, or of where it comes from, before it. */
export function inFile(name: string, error: unknown): unknown {
  if (!(error instanceof BadWeightsError)) return error;
  return new BadWeightsError(`${name}: ${error.message}`, { cause: error });
}

function parseObject(json: Uint8Array): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new BadWeightsError('The weights file’s header is not JSON.', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new BadWeightsError('The weights file’s header is not a list of tensors.');
  }
  return parsed;
}

function tensor(name: string, value: unknown, dataStart: number): Tensor {
  if (name.length > MAX_NAME)
    throw new BadWeightsError('The weights file has a tensor with an endless name.');
  const { data, error } = entrySchema.safeParse(value);
  if (!data) {
    const issue = error.issues[0];
    throw new BadWeightsError(
      `Tensor ${name} of the weights file is damaged: ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }
  const { dtype, shape } = data;
  const [from, to] = data.data_offsets;
  const bytes = shape.reduce((product, length) => product * length, DTYPE_BYTES[dtype]);
  // Beyond 2^53 the product is not exact any more, but then it is no difference of two safe integers either.
  if (to - from !== bytes) {
    throw new BadWeightsError(
      `Tensor ${name} of the weights file has ${to - from} bytes for a shape of ${bytes}.`,
    );
  }
  return { name, dtype, shape, start: dataStart + from, end: dataStart + to };
}

/** @returns where the last tensor ends */
function checkCoverage(tensors: readonly Tensor[], dataStart: number): number {
  let at = dataStart;
  for (const { name, start, end } of [...tensors].sort((a, b) => a.start - b.start || a.end - b.end)) {
    // A name that the JSON has twice shows here as well: the bytes of the one that is lost belong to nobody.
    if (start < at) throw new BadWeightsError(`Tensor ${name} of the weights file overlaps another.`);
    if (start > at) throw new BadWeightsError(`The weights file has a gap before tensor ${name}.`);
    at = end;
  }
  return at;
}
