/** LUFS at which matched tracks play: loud masters come down to it, and next to nothing is quieter (ReplayGain 2). */
export const TARGET = -18;
/** LUFS of a track that was not measured yet: that of most modern ones. */
const TYPICAL = -10;

/**
 * What the loudness of a track is to be multiplied with, at most 1: what is turned down can't overshoot.
 * @param loudness LUFS; null of silence, undefined where it is not known yet
 */
export function matchingGain(loudness: number | null | undefined): number {
  return Math.min(1, 10 ** ((TARGET - (loudness ?? TYPICAL)) / 20));
}

/** What a volume slider's place (0…1) means: the ear hears steps, not differences. */
export const sliderGain = (place: number): number => place ** 2;
