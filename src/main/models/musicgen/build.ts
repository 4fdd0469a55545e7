import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MUSICGEN_FILE, type MusicgenDecoder } from '../../../shared/musicgen-model.ts';
import { BadWeightsError } from '../bad-weights.ts';
import { SafetensorsFile } from '../readers/safetensors-file.ts';
import type { BuildContext } from '../recipe.ts';
import { Checkpoint } from './checkpoint.ts';
import { codesGraph, featuresGraph, innerFeaturesGraph } from './codec-graphs.ts';
import { type MusicgenConfig, parseConfig } from './config.ts';
import { CONVERTED_FILE, convertWeights, INT8_FILE } from './convert.ts';
import { decoderGraph } from './decoder-graph.ts';
import { describeModel } from './describe.ts';
import { checkTensors, neededTensors } from './tensors.ts';
import { variants } from './variants.ts';

/** Files that the manifest has to have; also the name under which the weights are kept. */
const CONFIG_FILE = 'config.json';
const WEIGHTS_FILE = 'model.safetensors';

/** Windows that MusicGen was trained on. */
const MAXIMUM_SECONDS = 30;
/** Longest window in frames, whatever the config says of rate and hop. The published models have 1,500. */
const MAXIMUM_FRAMES = 10_000;

/** A published config has some 10 KB. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * The layer whose states make the representation: half of the way. In the middle of a language model for music
 * probes find the most (Castellon et al. 2021 take layer 36 of Jukebox's 72), and layers above it cost as much again,
 * in weights to fetch as in time.
 */
export const defaultDepth = (layers: number): number => Math.ceil(layers / 2);

/**
 * Makes an installed MusicGen of a checkpoint: `musicgen.json` and the graphs that it names. The weights stay as they
 * are, and the graphs point into them.
 * @param all whether every layer is wanted, not only those below the default one
 * @throws BadWeightsError for a checkpoint that is damaged or of another kind
 */
export async function buildMusicgen(context: BuildContext, all: boolean): Promise<void> {
  const config = parseConfig(await readConfig(context.file(CONFIG_FILE)));
  const maximumFrames = framesOf(config);
  const usual = defaultDepth(config.decoder.layers);
  const depth = all ? config.decoder.layers : usual;
  const weights = await SafetensorsFile.open(context.file(WEIGHTS_FILE));
  try {
    const { tensors } = weights.header;
    const has = (name: string) => tensors.has(name);
    const needed = neededTensors(config, depth, has);
    checkTensors(needed, tensors);
    await context.keep(WEIGHTS_FILE, WEIGHTS_FILE);
    const checkpoint = new Checkpoint(weights, WEIGHTS_FILE);
    const advance = advancer(context, needed.values());
    const folder = context.output;
    const converted = await convertWeights({
      config,
      checkpoint,
      has,
      depth,
      maximumFrames,
      folder,
      advance,
    });

    const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);
    const data = [WEIGHTS_FILE, CONVERTED_FILE];
    const files = {
      features: { file: 'encodec-features.onnx', data },
      innerFeatures: { file: 'encodec-features-inner.onnx', data },
      codes: { file: 'encodec-codes.onnx', data },
      codesInt8: { file: 'encodec-codes-int8.onnx', data: [...data, INT8_FILE] },
    };
    const { codec, lstm, positions, matrices } = converted;
    await write(files.features.file, featuresGraph(config.codec, codec));
    await write(files.innerFeatures.file, innerFeaturesGraph(config.codec, codec));
    await write(files.codes.file, codesGraph(config.codec, codec));
    await write(files.codesInt8.file, codesGraph(config.codec, codec, lstm));
    const decoders: MusicgenDecoder[] = [];
    for (const { arithmetic, attention, deep, ...variant } of variants(checkpoint, matrices)) {
      for (const layers of new Set(deep ? [usual, depth] : [usual])) {
        const options = { depth: layers, arithmetic, attention, positions, maximumFrames };
        const file = `decoder-${variant.precision}-${variant.operators}-${layers}.onnx`;
        await write(file, decoderGraph(config.decoder, options));
        const its = variant.precision === 'int8' ? [...data, INT8_FILE] : data;
        decoders.push({ ...variant, file, data: its, depth: layers });
      }
    }
    const model = describeModel(config, files, decoders, maximumFrames, usual);
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

/** Reports progress by bytes of tensors, and stops where that is wanted. */
function advancer({ progress, signal }: BuildContext, shapes: Iterable<readonly number[]>) {
  const total = [...shapes].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 4), 0);
  let done = 0;
  return (bytes: number): void => {
    signal.throwIfAborted();
    done += bytes;
    progress(Math.min(1, done / total));
  };
}
