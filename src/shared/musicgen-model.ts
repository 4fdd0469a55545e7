import { z } from 'zod';
import { CratewiseError } from './errors.ts';

/*
 * `musicgen.json`: what the recipe writes beside the ONNX graphs of an installed MusicGen, and what the analyser reads
 * to run them. All file names are relative to the model's folder.
 *
 * A window of audio goes through three graphs:
 *
 *   samples ──features──▶ latent frames ──codes──▶ tokens ──decoder──▶ mean of every layer's hidden states
 *
 * `features` (the convolutions of EnCodec's encoder) runs piece by piece (`planPieces`), which changes no bit of its
 * result; the other two take the window as a whole.
 */

/** Name of the description in the folder of an installed MusicGen. */
export const MUSICGEN_FILE = 'musicgen.json';

const count = z.int().positive();
const fileName = z.string().regex(/^[\w-][\w.-]*$/);

/** A graph, and how ONNX Runtime is to open it. */
const graphShape = {
  file: fileName,
  /** Files beside it that hold its weights. */
  data: z.array(fileName),
  /** Entries of `extra.session` in ONNX Runtime's session options. */
  sessionConfig: z.record(z.string(), z.string()),
};

const decoderSchema = z.strictObject({
  ...graphShape,
  /**
   * What the matrices are kept in and multiplied with. `int8`: weights with one scale for each output, activations
   * quantised as they come. Input and output are the same in all: tokens, float32.
   */
  precision: z.enum(['fp32', 'fp16', 'int8']),
  /**
   * Which operators it is made of. `standard`: those of the ONNX specification alone, right with every provider.
   * `ort-cpu`, `ort-cuda`: also ONNX Runtime's own, which the named provider has and others lack or get wrong.
   * `ort-x64`: standard ones in the form that is fastest with ONNX Runtime on x64 processors; the weights are copied.
   */
  operators: z.enum(['standard', 'ort-cpu', 'ort-cuda', 'ort-x64']),
  /** Layers in it. It gives the states 0..depth. */
  depth: z.int().nonnegative(),
});

export const musicgenModelSchema = z.strictObject({
  format: z.literal('cratewise-musicgen'),
  formatVersion: z.literal(1),
  /** Of the audio that goes in: mono. */
  audio: z.strictObject({
    sampleRate: count,
    /** Samples of one frame: a window of n samples has ⌈n / hop⌉ frames. */
    hop: count,
    /** Longest and shortest window that the graphs take. */
    maximumFrames: count,
    minimumFrames: count,
  }),
  network: z.strictObject({
    layers: count,
    hidden: count,
    heads: count,
    feedForward: count,
    codebooks: count,
    /** Codes of one codebook; the number itself is the token of the start and of what the delay leaves empty. */
    codebookSize: count,
  }),
  codec: z.strictObject({
    /** `audio` float32 [batch, 1, samples] → `features` float32 [batch, channels, frames]. */
    features: z.strictObject({
      ...graphShape,
      channels: count,
      /** Frames that a piece should give at most, and frames beside it that its edges may hear of. */
      pieceFrames: count,
      haloFrames: z.int().nonnegative(),
    }),
    /**
     * `audio` float32 [batch, 1, 1, samples] → `features` float32 [batch, channels, 1, frames]: the same for pieces of
     * whole frames that have a halo on both sides, in the form that is fastest with ONNX Runtime on x64 processors. It
     * adds up in another order, so results differ by rounding.
     */
    innerFeatures: z.strictObject(graphShape).optional(),
    /** `features` float32 [batch, channels, frames] → `codes` int64 [batch, codebooks, frames]. */
    codes: z.strictObject(graphShape),
    /**
     * The same with an LSTM of 8-bit matrices, for the processor: a quarter of the time, and about 1 % other codes on
     * random weights. Meant for the int8 decoder, and to be tried with it.
     */
    codesInt8: z.strictObject(graphShape).optional(),
  }),
  /**
   * `codes` int64 [batch, codebooks, frames] → `states` float32 [batch, depth + 1, hidden]: the means over time of the
   * hidden states, numbered as transformers numbers `hidden_states`: 0 is the embedding, i the output of layer i, and
   * the last layer's comes after the final normalisation. The mean is over the positions 1..frames + codebooks - 1 of
   * the delayed sequence: all but the start token, which has heard nothing.
   */
  decoders: z.array(decoderSchema).min(1),
  /** The state that makes the representation, unless another is asked for. */
  defaultState: z.int().nonnegative(),
});

export type MusicgenModel = z.infer<typeof musicgenModelSchema>;
export type MusicgenDecoder = MusicgenModel['decoders'][number];

/** Reads `musicgen.json`. @throws CratewiseError `model-damaged` */
export function parseMusicgenModel(text: string): MusicgenModel {
  try {
    return musicgenModelSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CratewiseError(
      'model-damaged',
      `The installed MusicGen has no readable ${MUSICGEN_FILE}. Install it again.`,
      { cause },
    );
  }
}

/** A part of a window for the `features` graph. */
export interface Piece {
  /** The samples to give it. */
  readonly begin: number;
  readonly end: number;
  /** Of the frames that come out, how many to drop at the front, and how many to keep after these. */
  readonly skip: number;
  readonly keep: number;
}

/**
 * Cuts a window into pieces for the `features` graph. Kept frames, one piece after another, are those of the whole
 * window, bit by bit: every kept frame has `haloFrames` or the window's own end on both sides, so that what the
 * graph mirrors at the edges of a piece does not reach it.
 * @param samples length of the window
 */
export function planPieces(
  samples: number,
  { audio, codec }: Pick<MusicgenModel, 'audio' | 'codec'>,
): Piece[] {
  const { hop } = audio;
  const { pieceFrames, haloFrames } = codec.features;
  const frames = Math.ceil(samples / hop);
  const pieces: Piece[] = [];
  for (let first = 0; first < frames; ) {
    // A rest that is too short for a piece of its own goes with the one before it.
    const rest = frames - first;
    const keep = rest < pieceFrames + audio.minimumFrames ? rest : pieceFrames;
    const from = Math.max(0, first - haloFrames);
    const to = Math.min(frames, first + keep + haloFrames);
    pieces.push({ begin: from * hop, end: Math.min(samples, to * hop), skip: first - from, keep });
    first += keep;
  }
  return pieces;
}
