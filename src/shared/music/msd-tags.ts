/**
 * What the 50 numbers of `musicnn-tags` stand for, in their order: the tags of the Million Song Dataset that MSD_musicnn
 * was trained on (jordipons/musicnn, musicnn/configuration.py, MSD_LABELS).
 */
export const musicnnTags: readonly string[] = [
  'rock',
  'pop',
  'alternative',
  'indie',
  'electronic',
  'female vocalists',
  'dance',
  '00s',
  'alternative rock',
  'jazz',
  'beautiful',
  'metal',
  'chillout',
  'male vocalists',
  'classic rock',
  'soul',
  'indie rock',
  'Mellow',
  'electronica',
  '80s',
  'folk',
  '90s',
  'chill',
  'instrumental',
  'punk',
  'oldies',
  'blues',
  'hard rock',
  'ambient',
  'acoustic',
  'experimental',
  'female vocalist',
  'guitar',
  'Hip-Hop',
  '70s',
  'party',
  'country',
  'easy listening',
  'sexy',
  'catchy',
  'funk',
  'electro',
  'heavy metal',
  'Progressive rock',
  '60s',
  'rnb',
  'indie pop',
  'sad',
  'House',
  'happy',
];

/** A tag that a net hears in a track. */
export interface SuggestedTag {
  readonly tag: string;
  /** Mean activation over the track, 0..1: each tag is there or not for itself, so they don't sum to 1. */
  readonly activation: number;
}

/** Activations below it say little: of most tags the net is near 0 all the time. */
const LEAST_ACTIVATION = 0.1;

/**
 * What `musicnn-tags` suggests for a track, strongest first.
 * @param activations a stored vector of that representation, in the order of `musicnnTags`
 * @param most tags to name at most
 */
export function suggestTags(activations: ArrayLike<number>, most = 5): SuggestedTag[] {
  return musicnnTags
    .map((tag, i) => ({ tag, activation: activations[i] ?? 0 }))
    .filter(({ activation }) => activation >= LEAST_ACTIVATION)
    .sort((a, b) => b.activation - a.activation)
    .slice(0, most);
}
