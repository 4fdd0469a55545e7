import type { MusicgenDecoder, MusicgenModel } from '../../../shared/musicgen-model.ts';
import { QUERY_CHUNKS } from './attention.ts';
import { haloFrames, minimumFrames } from './codec-graphs.ts';
import type { MusicgenConfig } from './config.ts';

/** Two-second pieces keep the convolutions' memory at 280 MB, and are no slower than a window as a whole. */
const PIECE_SECONDS = 2;

/** Files of the graphs, with the files that hold their weights. */
export type GraphFiles = Readonly<
  Record<'features' | 'codes' | 'codesInt8', { readonly file: string; readonly data: string[] }>
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
      codes: { ...files.codes, sessionConfig: {} },
      codesInt8: { ...files.codesInt8, sessionConfig: {} },
    },
    decoders: [...decoders],
    defaultState,
  };
}
