import { describe, expect, it } from 'vitest';
import { defaultDepth } from '../../../../src/main/models/musicgen/build.ts';
import { parseConfig } from '../../../../src/main/models/musicgen/config.ts';
import {
  checkTensors,
  chooseTensors,
  countLayers,
  neededTensors,
} from '../../../../src/main/models/musicgen/tensors.ts';
import type { TensorInfo } from '../../../../src/main/models/recipe.ts';
import { musicgen, musicgenAllLayers } from '../../../../src/main/models/recipes/musicgen.ts';
import { golden } from './checkpoint.ts';

const model = golden.models.plain;
const config = parseConfig(JSON.stringify(model.config));

function listing(shapes: Iterable<readonly [string, readonly number[]]>): Map<string, TensorInfo> {
  return new Map([...shapes].map(([name, shape]) => [name, { name, shape, dtype: 'F32' as const }]));
}

const own = Object.entries(model.tensors);
/** Some of what a published checkpoint has beside. */
const others = [
  'text_encoder.shared.weight',
  'enc_to_dec_proj.weight',
  'audio_encoder.decoder.layers.0.conv.weight_v',
  'audio_encoder.quantizer.layers.0.codebook.embed_avg',
  'decoder.lm_heads.0.weight',
  'decoder.model.decoder.embed_positions.weights',
  'decoder.model.decoder.layers.0.encoder_attn.q_proj.weight',
  'decoder.model.decoder.layers.0.encoder_attn_layer_norm.weight',
].map((name) => [name, [4, 4]] as const);

const full = listing([...own, ...others]);

describe('the choice of tensors', () => {
  it('takes those that listening needs, and no others', () => {
    const chosen = musicgenAllLayers.tensors!(full, 'musicgen-tiny');
    expect(new Set(chosen)).toEqual(new Set(own.map(([name]) => name)));
  });

  it('takes no layers above the default one', () => {
    const chosen = musicgen.tensors!(full, 'musicgen-tiny');
    expect(countLayers(full.keys())).toBe(3);
    expect(countLayers(chosen)).toBe(2);
    expect(chosen).not.toContain('decoder.model.decoder.layer_norm.weight');
    expect(new Set(chosen)).toEqual(new Set(neededTensors(config, 2, (name) => full.has(name)).keys()));
  });

  it.each([16, 8])('knows what the published small model takes, cut to %i layers', (depth) => {
    const small = parseConfig(
      JSON.stringify({
        audio_encoder: {
          use_causal_conv: false,
          use_conv_shortcut: false,
          num_filters: 64,
          codebook_size: 2048,
          sampling_rate: 32_000,
          upsampling_ratios: [8, 5, 4, 4],
        },
        decoder: {},
      }),
    );
    const bytes = (layers: number) =>
      neededTensors(small, layers, () => false)
        .values()
        .reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 4), 0);
    // 12 · 1024² weights and 4 · 1024 of the norms, 4 bytes each.
    expect(bytes(depth) - bytes(0)).toBe(depth * 4 * (12 * 1024 ** 2 + 4 * 1024));
    expect(defaultDepth(small.decoder.layers)).toBe(12);
    // What the recipe promises.
    expect(Math.round(bytes(12) / 1e6)).toBe(756);
    expect(Math.round(bytes(24) / 1e6)).toBe(1360);
  });

  it('refuses what is no MusicGen', () => {
    expect(() => chooseTensors(listing([['wte.weight', [10, 10]]]), 0)).toThrow('not a MusicGen');
    expect(() => chooseTensors(listing(own.filter(([name]) => !name.includes('quantizer'))), 3)).toThrow(
      'audio_encoder.quantizer',
    );
  });

  it.each(['BF16', 'F64', 'I8'] as const)('refuses %s before anything is fetched', (dtype) => {
    const half = new Map([...full].map(([name, info]) => [name, { ...info, dtype }]));
    expect(() => musicgen.tensors!(half, 'musicgen-tiny')).toThrow(dtype);
  });
});

describe('the check of tensors', () => {
  const needed = neededTensors(config, 3, (name) => full.has(name));

  it('passes a checkpoint', () => {
    expect(() => checkTensors(needed, full)).not.toThrow();
  });

  it('names any tensor that is missing or of another shape', () => {
    for (const name of needed.keys()) {
      const without = new Map(full);
      without.delete(name);
      expect(() => checkTensors(needed, without)).toThrow(name);
      const info = full.get(name)!;
      const longer = [...info.shape.slice(0, -1), info.shape.at(-1)! + 1];
      expect(() => checkTensors(needed, new Map(full).set(name, { ...info, shape: longer }))).toThrow(name);
      expect(() => checkTensors(needed, new Map(full).set(name, { ...info, dtype: 'BF16' }))).toThrow('BF16');
    }
  });

  it('refuses a matrix beyond any that we know, however well it fits the config', () => {
    const shapes = new Map([['huge', [32_768, 8192]]]);
    expect(() => checkTensors(shapes, listing(shapes))).toThrow('larger');
  });
});
