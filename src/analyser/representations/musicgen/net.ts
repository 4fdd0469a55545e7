import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Provider } from '../../../shared/device.ts';
import {
  type MusicgenDecoder,
  type MusicgenModel,
  type Piece,
  planPieces,
} from '../../../shared/musicgen-model.ts';
import type { Engine } from '../../onnx/engine.ts';
import type { SessionOpener } from '../../onnx/session.ts';

/**
 * Pieces of a second that are computed at once at most. The largest tensor of one (64 channels of samples) has
 * 8 MB, and some providers fail above 128.
 */
const PIECES_TOGETHER = 8;

/** One window for the net. */
export interface MusicgenInput {
  /** Mono at the net's rate; at least `minimumFrames`, at most `maximumFrames` long; finite. */
  readonly samples: Float32Array;
  /** The highest state that is wanted: the smallest decoder that reaches it is run. */
  readonly depth: number;
}

/** A piece with its samples, and the place of its first kept frame in the first channel. */
interface PlacedPiece extends Piece {
  readonly samples: Float32Array;
  readonly to: number;
}

/** Means over time of the hidden states, by number. */
export type MusicgenStates = readonly Float32Array[];

/** How to open a MusicGen. */
export interface MusicgenOptions {
  readonly model: MusicgenModel;
  /** Its folder. */
  readonly folder: string;
  readonly provider: Provider;
  /** Those of one precision that suit the provider, the shallowest first. */
  readonly decoders: readonly MusicgenDecoder[];
  readonly open: SessionOpener;
  /** Threads on the processor; default 1. */
  readonly threads?: number;
}

/**
 * EnCodec's encoder and MusicGen's decoder on one device. A session each, opened when it is first needed and kept:
 * opening and releasing them in a loop leaks (onnxruntime#25325).
 */
export class MusicgenNet implements Engine<MusicgenInput, MusicgenStates> {
  readonly #options: MusicgenOptions;
  readonly #sessions = new Map<string, Promise<InferenceSession>>();

  constructor(options: MusicgenOptions) {
    this.#options = options;
  }

  /** Windows of equal length go through the decoder together. */
  async run(inputs: readonly MusicgenInput[]): Promise<MusicgenStates[]> {
    const answers = new Map<MusicgenInput, MusicgenStates>();
    const groups = Map.groupBy(inputs, ({ samples }) => samples.length);
    for (const group of groups.values()) {
      const codes = await this.#codes(group.map(({ samples }) => samples));
      const depth = Math.max(...group.map((input) => input.depth));
      const states = await this.#states(codes, depth);
      for (const [i, input] of group.entries()) answers.set(input, states[i]!);
    }
    return inputs.map((input) => answers.get(input)!);
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await (await session.catch(() => undefined))?.release();
  }

  /** The tokens of windows of one length: int64 [windows, codebooks, frames]. */
  async #codes(windows: readonly Float32Array[]): Promise<Tensor> {
    const { model } = this.#options;
    const { channels } = model.codec.features;
    const samples = windows[0]!.length;
    const frames = Math.ceil(samples / model.audio.hop);
    const features = new Float32Array(windows.length * channels * frames);
    const pieces = windows.flatMap((window, w) => {
      let at = w * channels * frames;
      return planPieces(samples, model).map((piece): PlacedPiece => {
        const to = at;
        at += piece.keep;
        return { ...piece, to, samples: window.subarray(piece.begin, piece.end) };
      });
    });
    // On the processor one by thread: the first layers have too few filters to be shared by several.
    const { provider, threads = 1 } = this.#options;
    const together = provider === 'cpu' ? Math.min(threads, PIECES_TOGETHER) : PIECES_TOGETHER;
    const inner = this.#inner();
    const kind = ({ begin, end }: Piece) => `${inner && begin > 0 && end < samples} ${end - begin}`;
    for (const [, alike] of Map.groupBy(pieces, kind)) {
      const graph = kind(alike[0]!).startsWith('true') ? inner! : model.codec.features;
      const session = await this.#session(graph);
      for (let first = 0; first < alike.length; first += together) {
        const batch = alike.slice(first, first + together);
        const audio = audioTensor(
          batch.map((piece) => piece.samples),
          graph === inner,
        );
        const output = (await session.run({ audio })).features!;
        const data = output.data as Float32Array;
        const width = output.dims.at(-1)!;
        for (const [b, { skip, keep, to }] of batch.entries()) {
          for (let channel = 0; channel < channels; channel++) {
            const row = (b * channels + channel) * width + skip;
            features.set(data.subarray(row, row + keep), to + channel * frames);
          }
        }
        output.dispose();
      }
    }
    const { codes: exact, codesInt8 } = model.codec;
    // Part of what int8 means: it is tried, and refused, together with the decoder.
    const rounded = this.#options.decoders[0]?.precision === 'int8' ? codesInt8 : undefined;
    const quantiser = await this.#session(rounded ?? exact);
    const { codes } = await quantiser.run({
      features: new Tensor('float32', features, [windows.length, channels, frames]),
    });
    return codes!;
  }

  /** The graph for pieces from within a window, where it is the faster one. */
  #inner(): MusicgenModel['codec']['innerFeatures'] {
    const { model, provider } = this.#options;
    return provider === 'cpu' && process.arch === 'x64' ? model.codec.innerFeatures : undefined;
  }

  /** The decoder's states of each window. */
  async #states(codes: Tensor, depth: number): Promise<MusicgenStates[]> {
    const { decoders, model } = this.#options;
    const decoder = decoders.find((one) => one.depth >= depth) ?? decoders.at(-1)!;
    const session = await this.#session(decoder);
    const { states } = await session.run({ codes });
    const data = states!.data as Float32Array;
    const { hidden } = model.network;
    const count = decoder.depth + 1;
    return Array.from({ length: codes.dims[0]! }, (_, window) =>
      Array.from({ length: count }, (_, state) => {
        const at = (window * count + state) * hidden;
        // A copy: the output's memory goes with it.
        return data.slice(at, at + hidden);
      }),
    );
  }

  #session(graph: {
    readonly file: string;
    readonly sessionConfig: Readonly<Record<string, string>>;
  }): Promise<InferenceSession> {
    const { folder, provider, open } = this.#options;
    const known = this.#sessions.get(graph.file);
    if (known) return known;
    const session = open(join(folder, graph.file), provider, graph.sessionConfig);
    this.#sessions.set(graph.file, session);
    // A failure is not kept: the next run may find more memory.
    session.catch(() => this.#sessions.delete(graph.file));
    return session;
  }
}

/** @param image whether samples are to be an image one element high */
function audioTensor(pieces: readonly Float32Array[], image: boolean): Tensor {
  const { length } = pieces[0]!;
  const dims = image ? [pieces.length, 1, 1, length] : [pieces.length, 1, length];
  if (pieces.length === 1) return new Tensor('float32', pieces[0]!, dims);
  const data = new Float32Array(pieces.length * length);
  for (const [i, piece] of pieces.entries()) data.set(piece, i * length);
  return new Tensor('float32', data, dims);
}
