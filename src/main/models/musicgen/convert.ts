import { join } from 'node:path';
import type { ExternalBytes } from '../onnx/graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type CodecWeights, writeCodecWeights } from './codec-weights.ts';
import type { MusicgenConfig } from './config.ts';
import { sinusoidalPositions } from './positions.ts';
import {
  type QuantisedLstmLayer,
  type QuantisedMatrix,
  writeQuantised,
  writeQuantisedLstm,
} from './quantise.ts';
import { codecLayers, layerName } from './tensors.ts';
import { WeightsFile } from './weights-file.ts';

/** What the graphs need in another form than the checkpoint's, and the matrices in 8 bits. */
export const CONVERTED_FILE = 'converted.bin';
export const INT8_FILE = 'int8.bin';

/** Where the arrays of these files lie. */
export interface Converted {
  readonly codec: CodecWeights;
  /** Table of positions, float32 [maximumFrames + codebooks, hidden]. */
  readonly positions: ExternalBytes;
  readonly lstm: readonly QuantisedLstmLayer[];
  /** By the names of the layers that share a matrix, joined by spaces. */
  readonly matrices: ReadonlyMap<string, QuantisedMatrix>;
}

/** What to convert, and where to. */
export interface Conversion {
  readonly config: MusicgenConfig;
  readonly checkpoint: Checkpoint;
  /** Whether the checkpoint has a tensor of this name. */
  readonly has: (name: string) => boolean;
  /** Decoder layers. */
  readonly depth: number;
  readonly maximumFrames: number;
  readonly folder: string;
  /** Called between two tensors with the bytes that were read; may throw to stop. */
  readonly advance: (bytes: number) => void;
}

/** Matrices of a layer, those together that share their input. */
const MATRICES = [
  ['self_attn.q_proj.weight', 'self_attn.k_proj.weight', 'self_attn.v_proj.weight'],
  ['self_attn.out_proj.weight'],
  ['fc1.weight'],
  ['fc2.weight'],
] as const;

/** Writes both files. One tensor at a time is in memory. */
export async function convertWeights(conversion: Conversion): Promise<Converted> {
  const { config, checkpoint, has, maximumFrames, advance } = conversion;
  const floats = await inFile(conversion, CONVERTED_FILE, async (file) => {
    const codec = await writeCodecWeights(config, checkpoint, has, file, advance);
    const rows = maximumFrames + config.decoder.codebooks;
    return { codec, positions: await file.append(sinusoidalPositions(rows, config.decoder.hidden)) };
  });
  const bytes = await inFile(conversion, INT8_FILE, async (file) => ({
    lstm: await quantiseLstm(conversion, file),
    matrices: await quantiseLayers(conversion, file),
  }));
  return { ...floats, ...bytes };
}

async function inFile<T>(
  { folder }: Conversion,
  name: string,
  write: (file: WeightsFile) => Promise<T>,
): Promise<T> {
  const file = await WeightsFile.create(join(folder, name));
  try {
    return await write(file);
  } finally {
    await file.close();
  }
}

async function quantiseLstm(
  { config: { codec }, checkpoint }: Conversion,
  file: WeightsFile,
): Promise<QuantisedLstmLayer[]> {
  const layers: QuantisedLstmLayer[] = [];
  const { lstm } = codecLayers(codec);
  for (let layer = 0; layer < codec.lstmLayers; layer++) {
    layers.push(await writeQuantisedLstm(checkpoint, lstm, layer, file));
  }
  return layers;
}

async function quantiseLayers(
  { checkpoint, depth, advance }: Conversion,
  file: WeightsFile,
): Promise<Map<string, QuantisedMatrix>> {
  const quantised = new Map<string, QuantisedMatrix>();
  for (let layer = 0; layer < depth; layer++) {
    for (const parts of MATRICES) {
      const names = parts.map((part) => layerName(layer, part));
      const matrix = await writeQuantised(checkpoint, names, file);
      quantised.set(names.join(' '), matrix);
      advance(4 * matrix.values.length);
    }
  }
  return quantised;
}
