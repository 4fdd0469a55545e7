import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '../../../../src/main/models/onnx/graph.ts';
import type { InstalledModel } from '../../../../src/shared/installed-model.ts';
import {
  MUSICGEN_FILE,
  type MusicgenDecoder,
  type MusicgenModel,
} from '../../../../src/shared/musicgen-model.ts';

/*
 * Graphs with the interface of an installed MusicGen, and hardly anything in them: a convolution that hears one frame
 * to each side, codes that are the loudest of four filters, a decoder of gather and tanh. What the host does with
 * graphs is tested with these; what is in the real ones is tested beside the recipe.
 */

const HOP = 640;
const CHANNELS = 4;
const HIDDEN = 6;
export const LAYERS = 4;

const values = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed));

function features(): Uint8Array {
  const g = new GraphBuilder('features');
  const audio = g.input('audio', 'float32', ['batch', 1, 'samples']);
  // Fill the last frame, then a frame's width around: kernel 3 hops, stride one.
  const samples = g.op('Slice', [g.op('Shape', [audio]), g.ints(2), g.ints(3)]);
  const missing = g.op('Mod', [g.op('Neg', [samples]), g.ints(HOP)]);
  const pads = g.op('Concat', [g.ints(0, 0, 0, 0, 0), missing], { axis: 0 });
  const whole = g.op('Pad', [audio, pads]);
  const kernel = g.constant('kernel', values(CHANNELS * 3 * HOP, 1), [CHANNELS, 1, 3 * HOP]);
  const y = g.op('Conv', [whole, kernel], { kernel_shape: [3 * HOP], strides: [HOP], pads: [HOP, HOP] });
  g.output('features', y, 'float32', ['batch', CHANNELS, 'frames']);
  return g.encode();
}

function codes(): Uint8Array {
  const g = new GraphBuilder('codes');
  const x = g.input('features', 'float32', ['batch', CHANNELS, 'frames']);
  const first = g.op('ArgMax', [x], { axis: 1, keepdims: 1 });
  const second = g.op('ArgMin', [x], { axis: 1, keepdims: 1 });
  const both = g.op('Concat', [first, second], { axis: 1 });
  g.output('codes', both, 'int64', ['batch', 2, 'frames']);
  return g.encode();
}

/** @param error added to the weights, as a coarser precision does */
function decoder(depth: number, error: number): Uint8Array {
  const g = new GraphBuilder('decoder');
  const tokens = g.input('codes', 'int64', ['batch', 2, 'frames']);
  const table = g.constant('table', values(CHANNELS * HIDDEN, 2), [CHANNELS, HIDDEN]);
  let x = g.op('ReduceSum', [g.op('Gather', [table, tokens]), g.ints(1)], { keepdims: 0 });
  const states = [g.op('ReduceMean', [x, g.ints(1)], { keepdims: 1 })];
  for (let layer = 1; layer <= depth; layer++) {
    const noise = values(HIDDEN * HIDDEN, 100 + layer);
    const weights = values(HIDDEN * HIDDEN, 2 + layer).map((w, i) => w + error * noise[i]!);
    x = g.op('Tanh', [g.op('MatMul', [x, g.constant(`w${layer}`, weights, [HIDDEN, HIDDEN])])]);
    states.push(g.op('ReduceMean', [x, g.ints(1)], { keepdims: 1 }));
  }
  const all = g.op('Concat', states, { axis: 1 });
  g.output('states', all, 'float32', ['batch', depth + 1, HIDDEN]);
  return g.encode();
}

/** A decoder to be written. */
export interface TinyDecoder {
  readonly precision?: MusicgenDecoder['precision'];
  readonly depth?: number;
  readonly error?: number;
}

/** Writes the graphs into `folder/id`, as an install would. */
export function writeTinyModel(
  folder: string,
  id: string,
  decoders: readonly TinyDecoder[] = [{ depth: 2 }, { depth: LAYERS }],
): { installed: InstalledModel; model: MusicgenModel } {
  const at = join(folder, id);
  mkdirSync(at, { recursive: true });
  const graph = (file: string, bytes: Uint8Array) => {
    writeFileSync(join(at, file), bytes);
    return { file, data: [], sessionConfig: { disable_prepacking: '1' } };
  };
  const model: MusicgenModel = {
    format: 'cratewise-musicgen',
    formatVersion: 1,
    audio: { sampleRate: 32_000, hop: HOP, maximumFrames: 1500, minimumFrames: 4 },
    network: {
      layers: LAYERS,
      hidden: HIDDEN,
      heads: 2,
      feedForward: 24,
      codebooks: 2,
      codebookSize: CHANNELS,
    },
    codec: {
      features: {
        ...graph('features.onnx', features()),
        channels: CHANNELS,
        pieceFrames: 100,
        haloFrames: 1,
      },
      codes: graph('codes.onnx', codes()),
    },
    decoders: decoders.map(({ precision = 'fp32', depth = LAYERS, error = 0 }, i) => ({
      ...graph(`decoder-${i}.onnx`, decoder(depth, error)),
      precision,
      operators: 'standard',
      depth,
    })),
    defaultState: 2,
  };
  writeFileSync(join(at, MUSICGEN_FILE), JSON.stringify(model));
  const record = {
    ...{ format: 'cratewise-installed', formatVersion: 1, id, version: '1', installedAt: 0, source: 'test' },
    ...{ acceptedLicence: null, files: [] },
  };
  writeFileSync(join(at, 'installed.json'), JSON.stringify(record));
  return { installed: { id, version: '1', digest: 'tiny', folder: at }, model };
}
