import type { MusicgenDecoder, MusicgenModel } from '../../../shared/musicgen-model.ts';
import { QUERY_CHUNKS } from './attention.ts';
import { haloFrames, minimumFrames } from './codec-graphs.ts';
import type { MusicgenConfig } from './config.ts';

/** Short pieces stay near the processor's caches; still shorter ones spend too much on what is heard twice. */
const PIECE_SECONDS = 1;

/**
 * The LSTM's thousands of short products wait for one another: a thread that sleeps in between costs half of their
 * time, one that spins without an end takes time from others.
 */
const SPIN_BRIEFLY = { 'intra_op.allow_spinning': '1', 'intra_op.spin_duration_us': '20' };

/** Files of the graphs, with the files that hold their weights. */
export type GraphFiles = Readonly<
  Record<
    'features' | 'innerFeatures' | 'codes' | 'codesInt8',
    { readonly file: string; readonly data: string[] }
  >
>;

/** What `musicgen.json` says. */
export function describeModel(
  { codec, decoder }: MusicgenConfig,
  files: GraphFiles,
  decoders: readonly MusicgenDecoder[],
  maximumFrames: number,
  defaultState: number,
): MusicgenModel {
  return {
    format: 'cratewise-musicgen',
    formatVersion: 1,
    audio: {
      sampleRate: codec.sampleRate,
      hop: codec.hop,
      maximumFrames,
      minimumFrames: Math.max(minimumFrames(codec), QUERY_CHUNKS - decoder.codebooks),
    },
    network: {
      layers: decoder.layers,
      hidden: decoder.hidden,
      heads: decoder.heads,
      feedForward: decoder.feedForward,
      codebooks: decoder.codebooks,
      codebookSize: codec.codebookSize,
    },
    codec: {
      features: {
        ...files.features,
        sessionConfig: {},
        channels: codec.channels,
        pieceFrames: Math.ceil((PIECE_SECONDS * codec.sampleRate) / codec.hop),
        haloFrames: haloFrames(codec),
      },
      innerFeatures: { ...files.innerFeatures, sessionConfig: {} },
      codes: { ...files.codes, sessionConfig: SPIN_BRIEFLY },
      codesInt8: { ...files.codesInt8, sessionConfig: SPIN_BRIEFLY },
    },
    decoders: [...decoders],
    defaultState,
  };
}
