import type { TrackRow } from '../../shared/contract/index.ts';
import {
  type CompatibilityRule,
  type KeyRelation,
  type MixLevel,
  relationOf,
} from '../../shared/music/compatible.ts';
import { keyFromIndex } from '../../shared/music/key.ts';
import { type Beat, beatOf } from '../../shared/music/mixing.ts';

/** How a track follows another. */
export interface Transition {
  /** Null: the keys clash. Undefined: one of them is not known. */
  readonly relation: KeyRelation | null | undefined;
  readonly level: MixLevel | null;
  /** Null where a tempo is not known. */
  readonly beat: Beat | null;
}

/** What a mix from one track into the next would be; null where one of them is not known. */
export function transitionOf(
  from: TrackRow | null,
  to: TrackRow | null,
  rule: CompatibilityRule,
): Transition | null {
  if (from === null || to === null) return null;
  const [a, b] = [from.key ?? from.predictedKey, to.key ?? to.predictedKey];
  const related = a === null || b === null ? undefined : relationOf(keyFromIndex(a), keyFromIndex(b), rule);
  return {
    relation: related === undefined ? undefined : (related?.relation ?? null),
    level: related?.level ?? null,
    beat: beatOf(from.bpm, to.bpm),
  };
}
