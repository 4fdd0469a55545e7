import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MUSICGEN_FILE, type MusicgenDecoder, type MusicgenModel } from '../../../shared/musicgen-model.ts';
import { BadWeightsError } from '../bad-weights.ts';
import type { ExternalBytes, GraphBuilder } from '../onnx/graph.ts';
import { SafetensorsFile } from '../readers/safetensors-file.ts';
import type { BuildContext } from '../recipe.ts';
import { type Arithmetic, float16, float32, int8 } from './arithmetic.ts';
import { QUERY_CHUNKS } from './attention.ts';
import { Checkpoint } from './checkpoint.ts';
import { codesGraph, featuresGraph, haloFrames, minimumFrames } from './codec-graphs.ts';
import { writeCodecWeights } from './codec-weights.ts';
import { type DecoderConfig, type MusicgenConfig, parseConfig } from './config.ts';
import { decoderGraph } from './decoder-graph.ts';
import { sinusoidalPositions } from './positions.ts';
import { type QuantisedMatrix, writeQuantised } from './quantise.ts';
import { checkTensors, layerName, neededTensors } from './tensors.ts';
import { WeightsFile } from './weights-file.ts';

/** Files that the manifest has to have; also the name under which the weights are kept. */
export const CONFIG_FILE = 'config.json';
export const WEIGHTS_FILE = 'model.safetensors';

/** What the graphs need in another form than the checkpoint's, and the matrices in 8 bits. */
const CONVERTED_FILE = 'converted.bin';
const INT8_FILE = 'decoder-int8.bin';

/** Windows that MusicGen was trained on. */
const MAXIMUM_SECONDS = 30;
/** Longest window in frames, whatever the config says of rate and hop. The published models have 1,500. */
const MAXIMUM_FRAMES = 10_000;

/** Two-second pieces keep the convolutions' memory at 280 MB, and are no slower than a window as a whole. */
const PIECE_SECONDS = 2;

/** A published config has some 10 KB. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/** Keeps the weights mapped from their files instead of copied into a layout of ONNX Runtime's own; as fast. */
const MAPPED = { disable_prepacking: '1' };

/** Matrices of a layer, those together that share their input. */
const MATRICES = [
  ['self_attn.q_proj.weight', 'self_attn.k_proj.weight', 'self_attn.v_proj.weight'],
  ['self_attn.out_proj.weight'],
  ['fc1.weight'],
  ['fc2.weight'],
] as const;

/**
 * The layer whose states make the representation: half of the way. In the middle of a language model for music
 * probes find the most (Castellon et al. 2021 take layer 36 of Jukebox's 72), and layers above it cost as much again,
 * in weights to fetch as in time.
 */
export const defaultDepth = (layers: number): number => Math.ceil(layers / 2);

/**
 * Makes an installed MusicGen of a checkpoint: `musicgen.json` and the graphs that it names.
 * @param all whether every layer is wanted, not only those below the default one
 * @throws BadWeightsError for a checkpoint that is damaged or of another kind
 */
export async function buildMusicgen(context: BuildContext, all: boolean): Promise<void> {
  const config = parseConfig(await readConfig(context.file(CONFIG_FILE)));
  const usual = defaultDepth(config.decoder.layers);
  const depth = all ? config.decoder.layers : usual;
  const maximumFrames = framesOf(config);
  const weights = await SafetensorsFile.open(context.file(WEIGHTS_FILE));
  try {
    const { tensors } = weights.header;
    const needed = neededTensors(config, depth, (name) => tensors.has(name));
    checkTensors(needed, tensors);
    const total = needed.values().reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 4), 0);
    let done = 0;
    const advance = (bytes: number) => {
      context.signal.throwIfAborted();
      done += bytes;
      context.progress(Math.min(1, done / total));
    };
    await context.keep(WEIGHTS_FILE, WEIGHTS_FILE);
    const checkpoint = new Checkpoint(weights, WEIGHTS_FILE);
    const write = (name: string, bytes: Uint8Array) => writeFile(join(context.output, name), bytes);

    const converted = await WeightsFile.create(join(context.output, CONVERTED_FILE));
    let positions: ExternalBytes;
    try {
      const codec = await writeCodecWeights(config, checkpoint, (n) => tensors.has(n), converted, advance);
      const rows = maximumFrames + config.decoder.codebooks;
      positions = await converted.append(sinusoidalPositions(rows, config.decoder.hidden));
      await write('encodec-features.onnx', featuresGraph(config.codec, codec));
      await write('encodec-codes.onnx', codesGraph(config.codec, codec));
    } finally {
      await converted.close();
    }
    const quantised = await quantiseLayers(checkpoint, depth, context.output, advance);

    const decoders: MusicgenDecoder[] = [];
    for (const variant of variants(checkpoint, quantised)) {
      for (const layers of new Set([usual, depth])) {
        const { arithmetic, attention, ...rest } = variant;
        const options = { depth: layers, arithmetic, attention, positions, maximumFrames };
        const file = `decoder-${rest.precision}-${rest.operators}-${layers}.onnx`;
        await write(file, decoderGraph(config.decoder, options));
        decoders.push({ ...rest, file, depth: layers });
      }
    }
    const model = describe(config, decoders, maximumFrames, usual);
    await write(MUSICGEN_FILE, new TextEncoder().encode(`${JSON.stringify(model, null, 2)}\n`));
    context.progress(1);
  } finally {
    await weights.close();
  }
}

async function readConfig(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > MAX_CONFIG_BYTES) throw new BadWeightsError(`config.json has ${size} bytes; that can't be.`);
  return readFile(file, 'utf8');
}

function framesOf({ codec }: MusicgenConfig): number {
  const frames = Math.ceil((MAXIMUM_SECONDS * codec.sampleRate) / codec.hop);
  if (frames <= MAXIMUM_FRAMES) return frames;
  throw new BadWeightsError(`config.json: ${frames} frames in ${MAXIMUM_SECONDS} seconds are too many.`);
}

async function quantiseLayers(
  checkpoint: Checkpoint,
  depth: number,
  folder: string,
  advance: (bytes: number) => void,
): Promise<Map<string, QuantisedMatrix>> {
  const file = await WeightsFile.create(join(folder, INT8_FILE));
  const quantised = new Map<string, QuantisedMatrix>();
  try {
    for (let layer = 0; layer < depth; layer++) {
      for (const parts of MATRICES) {
        const names = parts.map((part) => layerName(layer, part));
        const matrix = await writeQuantised(checkpoint, names, file);
        quantised.set(names.join(' '), matrix);
        advance(4 * matrix.values.length);
      }
    }
  } finally {
    await file.close();
  }
  return quantised;
}

/** A way to write the decoder; every one is written at every depth. */
interface Variant {
  readonly precision: MusicgenDecoder['precision'];
  readonly operators: MusicgenDecoder['operators'];
  readonly arithmetic: (graph: GraphBuilder) => Arithmetic;
  readonly attention: 'chunked' | 'fused';
  readonly data: string[];
  readonly sessionConfig: Record<string, string>;
}

/** The analyser chooses among them by measurement. */
function variants(checkpoint: Checkpoint, quantised: ReadonlyMap<string, QuantisedMatrix>): Variant[] {
  const data = [WEIGHTS_FILE, CONVERTED_FILE];
  const half = {
    precision: 'fp16',
    arithmetic: (graph: GraphBuilder) => float16(graph, checkpoint),
    data,
    sessionConfig: {},
  } as const;
  return [
    {
      precision: 'fp32',
      operators: 'standard',
      arithmetic: (graph) => float32(graph, checkpoint),
      attention: 'chunked',
      data,
      sessionConfig: MAPPED,
    },
    {
      precision: 'int8',
      operators: 'ort-cpu',
      arithmetic: (graph) => int8(graph, checkpoint, quantised),
      attention: 'chunked',
      data: [...data, INT8_FILE],
      // Matrices in 8 bits are some 5 % faster prepacked, and small enough to be copied.
      sessionConfig: {},
    },
    { ...half, operators: 'standard', attention: 'chunked' },
    { ...half, operators: 'ort-cuda', attention: 'fused' },
  ];
}

function describe(
  { codec, decoder }: MusicgenConfig,
  decoders: readonly MusicgenDecoder[],
  maximumFrames: number,
  defaultState: number,
): MusicgenModel {
  const data = [WEIGHTS_FILE, CONVERTED_FILE];
  return {
    format: 'cratewise-musicgen',
    formatVersion: 1,
    audio: {
      sampleRate: codec.sampleRate,
      hop: codec.hop,
      maximumFrames,
      minimumFrames: Math.max(minimumFrames(codec), QUERY_CHUNKS - decoder.codebooks),
    },
    network: networkOf(decoder, codec.codebookSize),
    codec: {
      features: {
        file: 'encodec-features.onnx',
        data,
        sessionConfig: {},
        channels: codec.channels,
        pieceFrames: Math.ceil((PIECE_SECONDS * codec.sampleRate) / codec.hop),
        haloFrames: haloFrames(codec),
      },
      codes: { file: 'encodec-codes.onnx', data, sessionConfig: {} },
    },
    decoders: [...decoders],
    defaultState,
  };
}

const networkOf = (decoder: DecoderConfig, codebookSize: number): MusicgenModel['network'] => ({
  layers: decoder.layers,
  hidden: decoder.hidden,
  heads: decoder.heads,
  feedForward: decoder.feedForward,
  codebooks: decoder.codebooks,
  codebookSize,
});
