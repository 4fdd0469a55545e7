import { z } from 'zod';
import { KEY_LABELS } from '../../shared/music/key.ts';
import { KeyModelError } from './manifest.ts';

/** The nets that can be fused: the one that we ship, and those that a user installs. */
export const KEY_SOURCES = ['builtin-key', 'keynet', 'skey'] as const;
export type KeySource = (typeof KEY_SOURCES)[number];

const combinationSchema = z.object({
  /** Factor of each net's log-probabilities; the temperature is in them. These nets, no other, make the combination. */
  weights: z.partialRecord(z.enum(KEY_SOURCES), z.number().min(0).max(10)),
});

const schema = z.object({
  format: z.literal('cratewise-key-fusion'),
  formatVersion: z.literal(1),
  id: z.literal('standard-key'),
  version: z.string().min(1).max(40),
  task: z.literal('key'),
  labels: z.array(z.string()),
  /** Of the nets on which the weights were fitted. */
  versions: z.record(z.enum(KEY_SOURCES), z.string()),
  combinations: z.array(combinationSchema).min(1).max(8),
});

/** How key nets are fused; scores and provenance in the file are for people and are not read here. */
export type KeyFusion = z.infer<typeof schema>;

/** @throws KeyModelError where it is no such file, or its labels are not `KEY_LABELS` in their order */
export function parseKeyFusion(text: string): KeyFusion {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KeyModelError('The description of the fused key nets is not JSON. Reinstall Cratewise.', {
      cause,
    });
  }
  const { data, error } = schema.safeParse(json);
  if (!data || data.labels.length !== KEY_LABELS.length || data.labels.some((l, i) => l !== KEY_LABELS[i])) {
    throw new KeyModelError('The description of the fused key nets is damaged. Reinstall Cratewise.', {
      cause: error,
    });
  }
  return data;
}

/** The weights for exactly these nets; nothing where the file has none. */
export function weightsFor(
  fusion: KeyFusion,
  sources: readonly KeySource[],
): ReadonlyMap<KeySource, number> | undefined {
  const wanted = [...sources].sort().join(' ');
  const found = fusion.combinations.find(({ weights }) => Object.keys(weights).sort().join(' ') === wanted);
  return found && new Map(sources.map((source) => [source, found.weights[source]!]));
}

/**
 * Logits of the weighted geometric mean of several nets' distributions (a log-linear opinion pool, Heskes 1998).
 * @param logits of each net: any constant may be added to all 24 of one
 */
export function fuse(logits: readonly ArrayLike<number>[], weights: readonly number[]): Float64Array {
  const fused = new Float64Array(KEY_LABELS.length);
  for (const [net, values] of logits.entries()) {
    for (let key = 0; key < fused.length; key++) fused[key] = fused[key]! + weights[net]! * values[key]!;
  }
  return fused;
}
