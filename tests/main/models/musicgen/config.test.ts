import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { parseConfig } from '../../../../src/main/models/musicgen/config.ts';
import { golden } from './checkpoint.ts';

const { config } = golden.models.plain;

/** The plain config with other values; undefined takes one out. */
const changed = (part: 'audio_encoder' | 'decoder', values: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ ...config, [part]: { ...config[part], ...values } });

describe('config.json', () => {
  it('is read', () => {
    expect(parseConfig(JSON.stringify(config))).toEqual({
      codec: {
        sampleRate: 3000,
        filters: 2,
        strides: [3, 5, 4],
        kernel: 7,
        lastKernel: 7,
        residualKernel: 3,
        residualLayers: 1,
        dilationGrowth: 2,
        compress: 2,
        shortcut: false,
        lstmLayers: 2,
        latent: 8,
        codebookSize: 16,
        hop: 60,
        channels: 16,
      },
      decoder: { layers: 3, hidden: 32, heads: 4, feedForward: 64, codebooks: 4, padToken: 16 },
    });
  });

  it('has transformers’ defaults for what it leaves out', () => {
    const { codec, decoder } = parseConfig(
      JSON.stringify({ audio_encoder: { use_causal_conv: false, codebook_size: 2048 }, decoder: {} }),
    );
    expect(codec).toMatchObject({ sampleRate: 24_000, filters: 32, strides: [2, 4, 5, 8], shortcut: true });
    expect(decoder).toEqual({
      layers: 24,
      hidden: 1024,
      heads: 16,
      feedForward: 4096,
      codebooks: 4,
      padToken: 2048,
    });
  });

  it.each([
    ['decoder', { num_hidden_layers: 1e9 }, 'num_hidden_layers'],
    ['decoder', { hidden_size: 2 ** 40 }, 'hidden_size'],
    ['decoder', { hidden_size: 33 }, 'multiple'],
    ['decoder', { hidden_size: 2, num_attention_heads: 1 }, 'too small'],
    ['decoder', { ffn_dim: -64 }, 'ffn_dim'],
    ['decoder', { num_attention_heads: 0 }, 'num_attention_heads'],
    ['decoder', { activation_function: 'relu' }, 'GELU'],
    ['decoder', { audio_channels: 2 }, 'mono'],
    ['decoder', { vocab_size: 32 }, 'codebooks'],
    ['decoder', { pad_token_id: 17 }, 'pad_token_id'],
    ['decoder', { model_type: 'gpt2' }, 'model_type'],
    ['audio_encoder', { upsampling_ratios: [64, 64, 64] }, 'upsampling_ratios'],
    ['audio_encoder', { upsampling_ratios: [] }, 'upsampling_ratios'],
    ['audio_encoder', { upsampling_ratios: [2.5] }, 'upsampling_ratios'],
    ['audio_encoder', { num_filters: 3000 }, 'num_filters'],
    ['audio_encoder', { use_causal_conv: true }, 'causal'],
    ['audio_encoder', { use_causal_conv: undefined }, 'causal'],
    ['audio_encoder', { norm_type: 'time_group_norm' }, 'norm_type'],
    ['audio_encoder', { normalize: true }, 'normalize'],
    ['audio_encoder', { audio_channels: 2 }, 'mono'],
    ['audio_encoder', { compress: 4 }, 'compress'],
    ['audio_encoder', { chunk_length_s: 1 }, 'chunk_length_s'],
    ['audio_encoder', { codebook_dim: 4 }, 'codebook_dim'],
    ['audio_encoder', { num_residual_layers: 8, dilation_growth_rate: 8 }, 'dilation'],
  ] as const)('is refused with %s %j', (part, values, reason) => {
    expect(() => parseConfig(changed(part, values))).toThrow(BadWeightsError);
    expect(() => parseConfig(changed(part, values))).toThrow(reason);
  });

  it('is refused where it is no JSON, or endless', () => {
    expect(() => parseConfig('{')).toThrow('JSON');
    expect(() => parseConfig(' '.repeat(2 ** 21))).toThrow('too long');
    expect(() => parseConfig('{}')).toThrow('audio_encoder');
  });

  it('is accepted or refused, whatever it says', () => {
    const part = (values: Readonly<Record<string, unknown>>) =>
      fc.record(
        Object.fromEntries(
          Object.entries(values).map(([key, value]) => [
            key,
            fc.oneof({ weight: 20, arbitrary: fc.constant(value) }, fc.jsonValue()),
          ]),
        ),
        { requiredKeys: [] },
      );
    const any = fc.record({ audio_encoder: part(config.audio_encoder), decoder: part(config.decoder) });
    fc.assert(
      fc.property(any, (json) => {
        try {
          parseConfig(JSON.stringify(json));
        } catch (error) {
          expect(error).toBeInstanceOf(BadWeightsError);
        }
      }),
    );
  });
});
