import {
  type CompatibilityRule,
  DEFAULT_RULE,
  type KeyRelation,
  type MixLevel,
  relationOf,
} from './compatible.ts';
import type { Key } from './key.ts';

/** What is known of a track for mixing. */
export interface MixTrack {
  readonly key: Key | null;
  /** Beats per minute. */
  readonly bpm: number | null;
}

/** How well a track goes with another, each from 0 to 1, and why. */
export interface MixScore {
  /** All together: what to sort by. */
  readonly score: number;
  /** 1 for the same key, less for others that mix, 0 for a clash; .5 where a key is not known. */
  readonly key: number;
  /** 1 for the same tempo, less up to 6 % apart, 0 beyond; half and double count as the same. .5 where unknown. */
  readonly tempo: number;
  /** How the track's key stands to the one that plays; null for a clash or where one is not known. */
  readonly relation: KeyRelation | null;
  /** How the tempi meet; null where one is not known. */
  readonly beat: Beat | null;
}

/** How a track's tempo meets another's. */
export interface Beat {
  /** `half`: it counts half as many beats as the one that plays. */
  readonly pace: 'same' | 'half' | 'double';
  /** By how much the track has to be sped up (> 0) or slowed down to meet it: .02 is 2 %. */
  readonly shift: number;
  /** Within what a pitch fader does without being heard. */
  readonly meets: boolean;
}

/** Further apart, a change of tempo is heard. */
export const TEMPO_RANGE = 0.06;

/** What each light is worth. */
const KEY_WORTH: Readonly<Record<MixLevel, number>> = { perfect: 1, good: 0.85, energy: 0.65, risky: 0.45 };

const UNKNOWN = 0.5;

/**
 * Exponents of a product: a clash of keys or tempi is heard by everyone, so each holds a track down by itself, which a
 * sum would let the others make up for.
 */
const WEIGHTS = { similarity: 0.4, key: 0.3, tempo: 0.3 };

/** What a clash is worth: the order among clashing tracks still says something. */
const FLOOR = 0.1;

/**
 * How well `track` mixes after `playing`: does its key go with it, can its tempo be matched, does it sound alike.
 * @param similarity cosine, −1..1, see `cratewise similar`; null where it is not known
 */
export function mixScore(
  playing: MixTrack,
  track: MixTrack,
  similarity: number | null,
  rule: CompatibilityRule = DEFAULT_RULE,
): MixScore {
  const related = playing.key && track.key ? relationOf(playing.key, track.key, rule) : null;
  const key = !playing.key || !track.key ? UNKNOWN : related ? KEY_WORTH[related.level] : 0;
  const beat = beatOf(playing.bpm, track.bpm);
  const tempo = beat === null ? UNKNOWN : beat.meets ? 1 - Math.abs(beat.shift) / TEMPO_RANGE / 2 : 0;
  const alike = similarity === null ? UNKNOWN : (Math.max(-1, Math.min(1, similarity)) + 1) / 2;
  const score =
    Math.max(FLOOR, alike) ** WEIGHTS.similarity *
    Math.max(FLOOR, key) ** WEIGHTS.key *
    Math.max(FLOOR, tempo) ** WEIGHTS.tempo;
  return { score, key, tempo, relation: related?.relation ?? null, beat };
}

/** Tracks in the order in which they mix best after `playing`; ties stay in the order given. */
export function orderForMixing<T extends MixTrack & { readonly similarity: number | null }>(
  playing: MixTrack,
  tracks: readonly T[],
  rule: CompatibilityRule = DEFAULT_RULE,
): (T & { readonly mix: MixScore })[] {
  return tracks
    .map((track) => ({ ...track, mix: mixScore(playing, track, track.similarity, rule) }))
    .sort((a, b) => b.mix.score - a.mix.score);
}

/** How a track's tempo meets the one that plays; null where one of them is not known. */
export function beatOf(from: number | null, to: number | null): Beat | null {
  if (!from || !to || !(from > 0) || !(to > 0)) return null;
  const ways = [
    { pace: 'same', times: 1 },
    { pace: 'half', times: 2 },
    { pace: 'double', times: 0.5 },
  ] as const;
  const [best] = ways
    .map(({ pace, times }) => ({ pace, shift: from / (to * times) - 1 }))
    .sort((a, b) => Math.abs(a.shift) - Math.abs(b.shift));
  return { ...best!, meets: Math.abs(best!.shift) <= TEMPO_RANGE + 1e-9 };
}

/** Tempi that can be matched to one: as it is, half, and double, each within the range. */
export function tempiAround(bpm: number): readonly { readonly min: number; readonly max: number }[] {
  return [1, 0.5, 2].map((times) => ({
    min: (bpm * times) / (1 + TEMPO_RANGE),
    max: (bpm * times) / (1 - TEMPO_RANGE),
  }));
}
