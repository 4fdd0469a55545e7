import { z } from 'zod';
import { BadWeightsError } from '../bad-weights.ts';

/*
 * `config.json` of a MusicGen checkpoint, as transformers writes it. What a file leaves out has the default of
 * transformers' EncodecConfig and MusicgenDecoderConfig. `scale_embedding` is left out on purpose: transformers has the
 * setting, but does not use it. Limits are some four times what the largest published model
 * has: beyond them lies a damaged or hostile file.
 */

/** The part of EnCodec that encodes. */
export interface CodecConfig {
  readonly sampleRate: number;
  readonly filters: number;
  /** Strides in the encoder's order. */
  readonly strides: readonly number[];
  readonly kernel: number;
  readonly lastKernel: number;
  readonly residualKernel: number;
  readonly residualLayers: number;
  readonly dilationGrowth: number;
  readonly compress: number;
  readonly shortcut: boolean;
  readonly lstmLayers: number;
  /** Width of the latent vectors that are quantised. */
  readonly latent: number;
  readonly codebookSize: number;
  /** Samples of one frame. */
  readonly hop: number;
  /** Channels behind the convolutions, the width of the LSTM. */
  readonly channels: number;
}

/** The language model. */
export interface DecoderConfig {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly codebooks: number;
  /** Token of the start and of the places that the delay leaves empty. */
  readonly padToken: number;
}

export interface MusicgenConfig {
  readonly codec: CodecConfig;
  readonly decoder: DecoderConfig;
}

const count = (maximum: number) => z.int().min(1).max(maximum);

const codecSchema = z.object({
  model_type: z.literal('encodec').default('encodec'),
  sampling_rate: count(192_000).default(24_000),
  audio_channels: z.literal(1, { error: 'only mono models are supported' }).default(1),
  normalize: z.literal(false).default(false),
  chunk_length_s: z.null().optional(),
  hidden_size: count(2048).default(128),
  num_filters: count(256).default(32),
  num_residual_layers: count(8).default(1),
  upsampling_ratios: z
    .array(z.int().min(2).max(64))
    .min(1)
    .max(6)
    .default(() => [8, 5, 4, 2]),
  norm_type: z.literal('weight_norm').default('weight_norm'),
  kernel_size: count(63).default(7),
  last_kernel_size: count(63).default(7),
  residual_kernel_size: count(31).default(3),
  dilation_growth_rate: count(8).default(2),
  use_causal_conv: z.boolean().default(true),
  pad_mode: z.literal('reflect').default('reflect'),
  compress: count(64).default(2),
  num_lstm_layers: count(8).default(2),
  codebook_size: count(65_536).default(1024),
  codebook_dim: count(2048).nullish(),
  use_conv_shortcut: z.boolean().default(true),
});

const decoderSchema = z.object({
  model_type: z.literal('musicgen_decoder').default('musicgen_decoder'),
  vocab_size: count(65_536).default(2048),
  num_hidden_layers: count(192).default(24),
  ffn_dim: count(32_768).default(4096),
  num_attention_heads: count(256).default(16),
  activation_function: z.literal('gelu', { error: 'only GELU is supported' }).default('gelu'),
  hidden_size: count(8192).default(1024),
  num_codebooks: count(32).default(4),
  audio_channels: z.literal(1, { error: 'only mono models are supported' }).default(1),
  pad_token_id: z.int().nonnegative().default(2048),
});

const configSchema = z.object({ audio_encoder: codecSchema, decoder: decoderSchema });

/** A published config has some 10 KB. */
const MAX_CHARACTERS = 1024 * 1024;
const MAX_HOP = 16_384;
const MAX_CHANNELS = 8192;
/** Effective width of a dilated kernel; the padding of shorter windows would get out of hand. */
const MAX_KERNEL_REACH = 255;

/**
 * Reads `config.json`.
 * @throws BadWeightsError that says what is wrong or not supported
 */
export function parseConfig(text: string): MusicgenConfig {
  if (text.length > MAX_CHARACTERS) throw new BadWeightsError('config.json is too long.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BadWeightsError('config.json is not JSON.', { cause });
  }
  const { data, error } = configSchema.safeParse(json);
  if (!data) {
    const issue = error.issues[0];
    throw new BadWeightsError(`config.json: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  const codec = codecConfig(data.audio_encoder);
  const decoder = decoderConfig(data.decoder);
  require_(decoder.padToken <= codec.codebookSize, 'decoder.pad_token_id has no embedding');
  require_(data.decoder.vocab_size === codec.codebookSize, 'decoder and codec differ in their codebooks');
  return { codec, decoder };
}

function codecConfig(raw: z.infer<typeof codecSchema>): CodecConfig {
  const strides = raw.upsampling_ratios.toReversed();
  const hop = strides.reduce((product, stride) => product * stride, 1);
  const channels = raw.num_filters * 2 ** strides.length;
  const reach = (raw.residual_kernel_size - 1) * raw.dilation_growth_rate ** (raw.num_residual_layers - 1);
  require_(!raw.use_causal_conv, 'audio_encoder.use_causal_conv: causal convolutions are not supported');
  require_(hop <= MAX_HOP, 'audio_encoder.upsampling_ratios are too large');
  require_(channels <= MAX_CHANNELS, 'audio_encoder.num_filters is too large');
  require_(reach < MAX_KERNEL_REACH, 'audio_encoder.dilation_growth_rate is too large');
  require_(raw.compress <= raw.num_filters, 'audio_encoder.compress leaves no channel');
  require_((raw.codebook_dim ?? raw.hidden_size) === raw.hidden_size, 'audio_encoder.codebook_dim differs');
  return {
    sampleRate: raw.sampling_rate,
    filters: raw.num_filters,
    strides,
    kernel: raw.kernel_size,
    lastKernel: raw.last_kernel_size,
    residualKernel: raw.residual_kernel_size,
    residualLayers: raw.num_residual_layers,
    dilationGrowth: raw.dilation_growth_rate,
    compress: raw.compress,
    shortcut: raw.use_conv_shortcut,
    lstmLayers: raw.num_lstm_layers,
    latent: raw.hidden_size,
    codebookSize: raw.codebook_size,
    hop,
    channels,
  };
}

function decoderConfig(raw: z.infer<typeof decoderSchema>): DecoderConfig {
  require_(
    raw.hidden_size % raw.num_attention_heads === 0,
    'decoder.hidden_size is no multiple of the heads',
  );
  // Positions take halves of the width, and the frequencies divide by one less than that.
  require_(raw.hidden_size % 2 === 0 && raw.hidden_size > 2, 'decoder.hidden_size is odd or too small');
  return {
    layers: raw.num_hidden_layers,
    hidden: raw.hidden_size,
    heads: raw.num_attention_heads,
    feedForward: raw.ffn_dim,
    codebooks: raw.num_codebooks,
    padToken: raw.pad_token_id,
  };
}

function require_(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new BadWeightsError(`config.json: ${problem}.`);
}
