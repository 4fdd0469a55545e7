/*
 * The sizes of Jukebox (Dhariwal et al. 2020, "Jukebox: A Generative Model for Music"), from jukebox/hparams.py of
 * github.com/openai/jukebox.
 */

/** The VQ-VAE's encoder of one level. */
export interface VqVaeConfig {
  /** Which level's encoder and codebook are read: 2, the top one, has the coarsest codes. */
  readonly level: number;
  /** How often each level below and the level itself halve the signal. */
  readonly halvings: readonly number[];
  readonly width: number;
  readonly depth: number;
  readonly dilationGrowth: number;
  readonly embedding: number;
  readonly bins: number;
}

/** The top prior. */
export interface PriorConfig {
  /** Codes that it reads at once. */
  readonly context: number;
  readonly width: number;
  /** Layers that are run; the net has 72. */
  readonly layers: number;
  readonly heads: number;
  /** Number of `attn_order` in jukebox/transformer/transformer.py: 2 or 12. */
  readonly order: 2 | 12;
  readonly blocks: number;
  /** Rows of the embeddings of genres, artists and times. */
  readonly labels: { readonly genres: number; readonly artists: number; readonly times: number };
  /** Seconds of the shortest and the longest piece. */
  readonly durations: readonly [number, number];
  /** Lyrics in front of the codes, in one sequence with them: their number, and their vocabulary. */
  readonly lyrics?: { readonly tokens: number; readonly vocabulary: number };
  /** Whether the time embedding is added again after the last layer (`not merged_decoder`). */
  readonly timesAfter: boolean;
}

export interface JukeboxConfig {
  readonly vqvae: VqVaeConfig;
  readonly prior: PriorConfig;
}

export const SAMPLE_RATE = 44_100;

const VQVAE: VqVaeConfig = {
  level: 2,
  halvings: [3, 2, 2],
  width: 32,
  depth: 4,
  dilationGrowth: 3,
  embedding: 64,
  bins: 2048,
};

/** Layer of 72 whose output is pooled, as Castellon et al. 2021 chose it. */
const LAYERS = 36;

/** `prior_5b`, what jukemir reads. */
export const JUKEBOX_5B: JukeboxConfig = {
  vqvae: VQVAE,
  prior: {
    context: 8192,
    width: 4800,
    layers: LAYERS,
    heads: 8,
    order: 2,
    blocks: 128,
    labels: { genres: 120, artists: 4111, times: 128 },
    durations: [60, 600],
    timesAfter: false,
  },
};

/** `prior_1b_lyrics`, without lyrics: jukemir has no protocol for it, this one is ours. */
export const JUKEBOX_1B: JukeboxConfig = {
  vqvae: VQVAE,
  prior: {
    context: 6144,
    width: 2048,
    layers: LAYERS,
    heads: 2,
    order: 12,
    blocks: 64,
    labels: { genres: 604, artists: 7898, times: 64 },
    durations: [17.84, 600],
    lyrics: { tokens: 384, vocabulary: 79 },
    timesAfter: true,
  },
};

/** Samples of one code. */
export const samplesPerCode = ({ halvings }: VqVaeConfig): number =>
  2 ** halvings.reduce((sum, n) => sum + n, 0);
