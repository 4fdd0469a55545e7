import { type CompatibilityRule, compatibleKeys } from './compatible.ts';
import { type Key, sameKey } from './key.ts';

/** What is known of a track for mixing. */
export interface MixTrack {
  readonly key: Key | null;
  /** Beats per minute. */
  readonly bpm: number | null;
}

/** How well a track goes with another, each from 0 to 1. */
export interface MixScore {
  /** All together: what to sort by. */
  readonly score: number;
  /** 1 for the same key, less for others that mix, 0 for a clash; .5 where a key is not known. */
  readonly key: number;
  /** 1 for the same tempo, 0 from 8 % apart on; half and double count as the same. .5 where it is not known. */
  readonly tempo: number;
}

/** As far as a deck's pitch fader usually goes. */
const PITCH_RANGE = 0.08;

/** A key that mixes but is not the same. */
const COMPATIBLE = 0.8;

/**
 * Exponents of a product: a clash of keys or tempi is heard by everyone, so each holds a track down by itself, which a
 * sum would let the others make up for.
 */
const WEIGHTS = { similarity: 0.4, key: 0.3, tempo: 0.3 };

/** What a clash is worth: the order among clashing tracks still says something. */
const FLOOR = 0.1;

/**
 * How well `track` mixes after `playing`: does its key go with it, can its tempo be matched, does it sound alike.
 * @param similarity cosine, −1..1, see `cratewise similar`
 */
export function mixScore(
  playing: MixTrack,
  track: MixTrack,
  similarity: number,
  rule: Partial<CompatibilityRule> = {},
): MixScore {
  const key = keyScore(playing.key, track.key, rule);
  const tempo = tempoScore(playing.bpm, track.bpm);
  const alike = (Math.max(-1, Math.min(1, similarity)) + 1) / 2;
  const score =
    Math.max(FLOOR, alike) ** WEIGHTS.similarity *
    Math.max(FLOOR, key) ** WEIGHTS.key *
    Math.max(FLOOR, tempo) ** WEIGHTS.tempo;
  return { score, key, tempo };
}

/** Tracks in the order in which they mix best after `playing`; ties stay in the order given. */
export function orderForMixing<T extends MixTrack & { readonly similarity: number }>(
  playing: MixTrack,
  tracks: readonly T[],
  rule: Partial<CompatibilityRule> = {},
): (T & { readonly mix: MixScore })[] {
  return tracks
    .map((track) => ({ ...track, mix: mixScore(playing, track, track.similarity, rule) }))
    .sort((a, b) => b.mix.score - a.mix.score);
}

function keyScore(from: Key | null, to: Key | null, rule: Partial<CompatibilityRule>): number {
  if (!from || !to) return 0.5;
  if (sameKey(from, to)) return 1;
  return compatibleKeys(from, rule).some(({ key }) => sameKey(key, to)) ? COMPATIBLE : 0;
}

function tempoScore(from: number | null, to: number | null): number {
  if (!from || !to || from <= 0 || to <= 0) return 0.5;
  const apart = Math.min(...[0.5, 1, 2].map((times) => Math.abs((to * times) / from - 1)));
  return Math.max(0, 1 - apart / PITCH_RANGE);
}
