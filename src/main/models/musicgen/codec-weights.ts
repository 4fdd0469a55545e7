import type { ExternalBytes } from '../onnx/graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { MusicgenConfig } from './config.ts';
import { codebookName, codecLayers, convolutions, weightNormNames } from './tensors.ts';
import { foldWeightNorm, reorderGates } from './weight-norm.ts';
import type { WeightsFile } from './weights-file.ts';

/** Where the arrays of the codec's graphs lie. Shapes are those of the operators that take them. */
export interface CodecWeights {
  /** By the convolution's name: weights [outputs, inputs, kernel] and bias [outputs]. */
  readonly convolutions: ReadonlyMap<
    string,
    { readonly weight: ExternalBytes; readonly bias: ExternalBytes }
  >;
  /** ONNX's W and R [1, 4 · channels, channels] and B [1, 8 · channels] of each layer. */
  readonly lstm: readonly {
    readonly input: ExternalBytes;
    readonly recurrent: ExternalBytes;
    readonly bias: ExternalBytes;
  }[];
  /** Codewords [codes, latent] and minus half of their squared norms [codes]. */
  readonly codebooks: readonly { readonly words: ExternalBytes; readonly halfNorms: ExternalBytes }[];
}

/**
 * Writes what the codec's graphs need and the checkpoint has in another form.
 * @param has whether the checkpoint has a tensor of this name
 * @param done called with the bytes that were read
 */
export async function writeCodecWeights(
  config: MusicgenConfig,
  checkpoint: Checkpoint,
  has: (name: string) => boolean,
  file: WeightsFile,
  done: (bytes: number) => void,
): Promise<CodecWeights> {
  const layers = codecLayers(config.codec);
  const folded: [string, { weight: ExternalBytes; bias: ExternalBytes }][] = [];
  for (const { name } of convolutions(layers)) {
    const { g, v } = weightNormNames(name, has);
    const directions = await checkpoint.floats(v);
    const weight = await file.append(foldWeightNorm(await checkpoint.floats(g), directions));
    folded.push([name, { weight, bias: await checkpoint.inFloat32(`${name}.bias`, file) }]);
    done(directions.byteLength);
  }
  const lstm: CodecWeights['lstm'][number][] = [];
  for (let layer = 0; layer < config.codec.lstmLayers; layer++) {
    const gates = async (part: string) =>
      reorderGates(await checkpoint.floats(`${layers.lstm}.${part}_l${layer}`));
    const input = await file.append(await gates('weight_ih'));
    const recurrent = await file.append(await gates('weight_hh'));
    const biases = [...(await gates('bias_ih')), ...(await gates('bias_hh'))];
    lstm.push({ input, recurrent, bias: await file.append(Float32Array.from(biases)) });
    done(input.length + recurrent.length);
  }
  const codebooks: CodecWeights['codebooks'][number][] = [];
  for (let i = 0; i < config.decoder.codebooks; i++) {
    const name = codebookName(i);
    const halfNorms = minusHalfNorms(await checkpoint.floats(name), config.codec.codebookSize);
    codebooks.push({
      words: await checkpoint.inFloat32(name, file),
      halfNorms: await file.append(halfNorms),
    });
  }
  return { convolutions: new Map(folded), lstm, codebooks };
}

/** -‖e‖²/2 of every row e. */
function minusHalfNorms(words: Float32Array, rows: number): Float32Array {
  const each = words.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    let squares = 0;
    for (let i = row * each; i < (row + 1) * each; i++) squares += words[i]! ** 2;
    return -squares / 2;
  });
}
