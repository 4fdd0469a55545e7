import { BadWeightsError } from '../bad-weights.ts';
import type { TensorInfo } from '../recipe.ts';
import type { CodecConfig, DecoderConfig, MusicgenConfig } from './config.ts';

/*
 * The tensors of a MusicGen checkpoint as transformers names them, their shapes, and which of them listening needs:
 * EnCodec's encoder, its codebooks, the token embeddings and the decoder's layers as deep as wanted. Not needed are
 * the text encoder, EnCodec's decoder, the logits, and cross-attention, whose contribution is exactly zero where there
 * is no text (keys and values are made of zeros without a bias).
 */

const ENCODER = 'audio_encoder.encoder.layers.';
const QUANTIZER = 'audio_encoder.quantizer.layers.';
const DECODER = 'decoder.model.decoder.';

/** The largest matrix of the large model has 64 MiB. One tensor at a time is held in memory. */
const MAX_TENSOR_BYTES = 512 * 1024 * 1024;

/** A convolution with weight normalisation: w = g · v / ‖v‖, the norm over all but the first dimension. */
export interface Convolution {
  /** Prefix of its tensors: `audio_encoder.encoder.layers.0.conv`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

export interface ResidualBlock {
  readonly first: Convolution;
  readonly second: Convolution;
  readonly shortcut: Convolution | null;
}

/** The layers of EnCodec's encoder in their order. */
export interface CodecLayers {
  readonly first: Convolution;
  readonly stages: readonly {
    readonly blocks: readonly ResidualBlock[];
    readonly down: Convolution;
  }[];
  /** Prefix of the LSTM's tensors. */
  readonly lstm: string;
  readonly last: Convolution;
}

/** Names and sizes of the encoder's layers, counted as transformers does: activations have a number, too. */
export function codecLayers(codec: CodecConfig): CodecLayers {
  let index = 0;
  const next = () => `${ENCODER}${index++}`;
  const conv = (prefix: string, inputs: number, outputs: number, kernel: number): Convolution => ({
    name: `${prefix}.conv`,
    inputs,
    outputs,
    kernel,
    stride: 1,
    dilation: 1,
  });
  const first = conv(next(), 1, codec.filters, codec.kernel);
  let width = codec.filters;
  const stages = codec.strides.map((stride) => {
    const blocks = Array.from({ length: codec.residualLayers }, (_, i) => {
      const name = next();
      const inner = Math.floor(width / codec.compress);
      return {
        first: {
          ...conv(`${name}.block.1`, width, inner, codec.residualKernel),
          dilation: codec.dilationGrowth ** i,
        },
        second: conv(`${name}.block.3`, inner, width, 1),
        shortcut: codec.shortcut ? conv(`${name}.shortcut`, width, width, 1) : null,
      };
    });
    index++;
    const down = { ...conv(next(), width, 2 * width, 2 * stride), stride };
    width *= 2;
    return { blocks, down };
  });
  const lstm = `${next()}.lstm`;
  index++;
  return { first, stages, lstm, last: conv(next(), width, codec.latent, codec.lastKernel) };
}

/** Every convolution of the encoder. */
export function convolutions({ first, stages, last }: CodecLayers): Convolution[] {
  return [
    first,
    ...stages.flatMap(({ blocks, down }) => [
      ...blocks.flatMap((block) => [block.first, block.second, ...(block.shortcut ? [block.shortcut] : [])]),
      down,
    ]),
    last,
  ];
}

/** Ends of the names of a magnitude and a direction: by torch's older weight_norm, and by its parametrization. */
const WEIGHT_NORM_NAMES = [
  ['weight_g', 'weight_v'],
  ['parametrizations.weight.original0', 'parametrizations.weight.original1'],
] as const;

/**
 * Names of a convolution's magnitude g and direction v in this checkpoint.
 * @param has whether it has a tensor of a name
 */
export function weightNormNames(name: string, has: (name: string) => boolean): { g: string; v: string } {
  const [g, v] = WEIGHT_NORM_NAMES.find(([g]) => has(`${name}.${g}`)) ?? WEIGHT_NORM_NAMES[0];
  return { g: `${name}.${g}`, v: `${name}.${v}` };
}

export const codebookName = (index: number): string => `${QUANTIZER}${index}.codebook.embed`;
export const embeddingName = (codebook: number): string => `${DECODER}embed_tokens.${codebook}.weight`;
export const layerName = (layer: number, part: string): string => `${DECODER}layers.${layer}.${part}`;
/** The normalisation behind the last layer. */
export const FINAL_NORM = `${DECODER}layer_norm`;

type Shapes = Map<string, readonly number[]>;

/**
 * Every tensor that the graphs are made of, and its shape.
 * @param depth decoder layers wanted
 * @param has whether the checkpoint has a tensor of this name, to tell which names it uses
 */
export function neededTensors(
  { codec, decoder }: MusicgenConfig,
  depth: number,
  has: (name: string) => boolean,
): Shapes {
  const shapes: Shapes = new Map();
  addCodec(shapes, codec, has);
  for (let i = 0; i < decoder.codebooks; i++) {
    shapes.set(codebookName(i), [codec.codebookSize, codec.latent]);
    shapes.set(embeddingName(i), [codec.codebookSize + 1, decoder.hidden]);
  }
  for (let layer = 0; layer < depth; layer++) addLayer(shapes, layer, decoder);
  if (depth === decoder.layers) addNorm(shapes, FINAL_NORM, decoder.hidden);
  return shapes;
}

function addCodec(shapes: Shapes, codec: CodecConfig, has: (name: string) => boolean): void {
  const layers = codecLayers(codec);
  for (const { name, inputs, outputs, kernel } of convolutions(layers)) {
    const { g, v } = weightNormNames(name, has);
    shapes.set(g, [outputs, 1, 1]);
    shapes.set(v, [outputs, inputs, kernel]);
    shapes.set(`${name}.bias`, [outputs]);
  }
  for (let layer = 0; layer < codec.lstmLayers; layer++) {
    for (const side of ['ih', 'hh']) {
      shapes.set(`${layers.lstm}.weight_${side}_l${layer}`, [4 * codec.channels, codec.channels]);
      shapes.set(`${layers.lstm}.bias_${side}_l${layer}`, [4 * codec.channels]);
    }
  }
}

function addLayer(shapes: Shapes, layer: number, { hidden, feedForward }: DecoderConfig): void {
  for (const part of ['q', 'k', 'v', 'out']) {
    shapes.set(layerName(layer, `self_attn.${part}_proj.weight`), [hidden, hidden]);
  }
  shapes.set(layerName(layer, 'fc1.weight'), [feedForward, hidden]);
  shapes.set(layerName(layer, 'fc2.weight'), [hidden, feedForward]);
  addNorm(shapes, layerName(layer, 'self_attn_layer_norm'), hidden);
  addNorm(shapes, layerName(layer, 'final_layer_norm'), hidden);
}

function addNorm(shapes: Shapes, name: string, hidden: number): void {
  shapes.set(`${name}.weight`, [hidden]);
  shapes.set(`${name}.bias`, [hidden]);
}

/**
 * Checks that a checkpoint has what the graphs need, in the shapes that its config promises, as floats.
 * @throws BadWeightsError with the first tensor that is not so
 */
export function checkTensors(needed: Shapes, available: ReadonlyMap<string, TensorInfo>): void {
  for (const [name, shape] of needed) {
    const found = available.get(name);
    if (!found) throw new BadWeightsError(`The checkpoint has no tensor ${name}.`);
    if (found.shape.length !== shape.length || shape.some((d, i) => d !== found.shape[i])) {
      throw new BadWeightsError(
        `Tensor ${name} is [${found.shape.join(', ')}]; by config.json it should be [${shape.join(', ')}].`,
      );
    }
    checkType(found);
    if (shape.reduce((product, d) => product * d, 4) > MAX_TENSOR_BYTES) {
      throw new BadWeightsError(`Tensor ${name} is larger than any of a model that we know.`);
    }
  }
}

function checkType({ name, dtype }: TensorInfo): void {
  if (dtype === 'F32' || dtype === 'F16') return;
  throw new BadWeightsError(
    `Tensor ${name} is ${dtype}. Cratewise reads checkpoints in float32 and float16, as they were published.`,
  );
}

const LAYER = /^decoder\.model\.decoder\.layers\.(\d{1,4})\./;

/** Layers of the decoder, counted from the names of its tensors. */
export function countLayers(names: Iterable<string>): number {
  let layers = 0;
  for (const name of names) {
    const layer = LAYER.exec(name)?.[1];
    if (layer !== undefined) layers = Math.max(layers, Number(layer) + 1);
  }
  return layers;
}

/**
 * Names of the tensors to fetch of a checkpoint whose config is not known yet.
 * @param depth decoder layers wanted
 * @throws BadWeightsError where it is no MusicGen, or of a type that is not read
 */
export function chooseTensors(available: ReadonlyMap<string, TensorInfo>, depth: number): string[] {
  const all = countLayers(available.keys()) === depth;
  const chosen = [...available.values()].filter(({ name }) => wanted(name, depth, all));
  for (const prefix of [ENCODER, QUANTIZER, `${DECODER}embed_tokens.`, `${DECODER}layers.`]) {
    if (chosen.some(({ name }) => name.startsWith(prefix))) continue;
    throw new BadWeightsError(`This is not a MusicGen checkpoint: it has no tensor ${prefix}….`);
  }
  for (const tensor of chosen) checkType(tensor);
  return chosen.map(({ name }) => name);
}

function wanted(name: string, depth: number, all: boolean): boolean {
  if (name.startsWith(ENCODER)) return true;
  if (name.startsWith(QUANTIZER)) return name.endsWith('.codebook.embed');
  if (name.startsWith(`${DECODER}embed_tokens.`)) return true;
  if (name.startsWith(`${FINAL_NORM}.`)) return all;
  const layer = LAYER.exec(name)?.[1];
  return layer !== undefined && Number(layer) < depth && !name.includes('.encoder_attn');
}
