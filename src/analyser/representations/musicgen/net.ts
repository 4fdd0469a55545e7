import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Provider } from '../../../shared/device.ts';
import { type MusicgenDecoder, type MusicgenModel, planPieces } from '../../../shared/musicgen-model.ts';
import type { Engine } from '../../onnx/engine.ts';
import type { SessionOpener } from '../../onnx/session.ts';

/**
 * Pieces of two seconds that a graphics card gets at once. The largest tensor of one (64 channels of samples) has
 * 16 MB, and some providers fail above 128.
 */
const PIECES_TOGETHER = 4;

/** One window for the net. */
export interface MusicgenInput {
  /** Mono at the net's rate; at least `minimumFrames`, at most `maximumFrames` long; finite. */
  readonly samples: Float32Array;
  /** The highest state that is wanted: the smallest decoder that reaches it is run. */
  readonly depth: number;
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
      return planPieces(samples, model).map((piece) => {
        const to = at;
        at += piece.keep;
        return { ...piece, to, samples: window.subarray(piece.begin, piece.end) };
      });
    });
    const session = await this.#session(model.codec.features);
    // On the processor one by one keeps memory low, and more at once are no faster.
    const together = this.#options.provider === 'cpu' ? 1 : PIECES_TOGETHER;
    for (const alike of Map.groupBy(pieces, (piece) => piece.samples.length).values()) {
      for (let first = 0; first < alike.length; first += together) {
        const batch = alike.slice(first, first + together);
        const result = await session.run({ audio: audioTensor(batch.map((piece) => piece.samples)) });
        const output = result.features!;
        const data = output.data as Float32Array;
        const width = output.dims[2]!;
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

function audioTensor(pieces: readonly Float32Array[]): Tensor {
  const { length } = pieces[0]!;
  if (pieces.length === 1) return new Tensor('float32', pieces[0]!, [1, 1, length]);
  const data = new Float32Array(pieces.length * length);
  for (const [i, piece] of pieces.entries()) data.set(piece, i * length);
  return new Tensor('float32', data, [pieces.length, 1, length]);
}
