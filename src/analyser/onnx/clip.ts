/**
 * A piece of music that we synthesise, for comparing devices with each other: the same samples on every machine
 * (sums and products of 64-bit numbers, a generator of our own; sines may differ in the last bit). Chords with a
 * bass, a beat, a sweep, noise, a silence and an overdriven passage: each is what some net or precision may stumble
 * over.
 * @param sampleRate Hz
 * @param seconds length
 * @returns mono, within ±1
 */
export function synthesisedClip(sampleRate: number, seconds: number): Float32Array {
  const samples = new Float32Array(Math.round(sampleRate * seconds));
  const noise = generator(0x2545f491);
  for (let i = 0; i < samples.length; i++) {
    const time = i / sampleRate;
    const hiss = 2 * noise() - 1;
    samples[i] = Math.max(-1, Math.min(1, sample(time, seconds, hiss)));
  }
  return samples;
}

/** Semitones above A3 of the chords, a bar each: A minor, F, C, G. */
const CHORDS = [
  [0, 3, 7],
  [-4, 0, 3],
  [3, 7, 10],
  [-2, 2, 5],
] as const;
const BEAT_SECONDS = 0.5;

/** The clip's parts follow one another in fifths of its length. */
function sample(time: number, seconds: number, hiss: number): number {
  const part = Math.floor((5 * time) / seconds);
  const chord = CHORDS[Math.floor(time / (4 * BEAT_SECONDS)) % CHORDS.length]!;
  const sinceBeat = time % BEAT_SECONDS;
  const kick = Math.sin(60 * Math.exp(-12 * sinceBeat)) * Math.exp(-8 * sinceBeat);
  const snare = hiss * Math.exp(-25 * ((time + BEAT_SECONDS / 2) % BEAT_SECONDS));
  if (part === 2) {
    // Up from 40 Hz by nine octaves, then nothing.
    const within = (5 * time) / seconds - 2;
    const octaves = 9 * within;
    return within > 0.9
      ? 0
      : 0.5 * Math.sin((2 * Math.PI * 40 * seconds * (2 ** octaves - 1)) / (45 * Math.LN2));
  }
  if (part === 3) return 0.7 * kick + 0.5 * snare;
  let harmony = 0;
  for (const semitones of chord) {
    const hertz = 220 * 2 ** (semitones / 12);
    for (let overtone = 1; overtone <= 4; overtone++)
      harmony += Math.sin(2 * Math.PI * hertz * overtone * time) / (8 * overtone * overtone);
  }
  if (part === 0) return harmony;
  const bass = Math.sin(2 * Math.PI * 110 * 2 ** (chord[0] / 12) * time) / 4;
  return part === 1 ? 0.6 * (harmony + bass) + 0.5 * kick + 0.2 * snare : 4 * (harmony + bass) + 0.1 * hiss;
}

/** Marsaglia's xorshift with 32 bits: 0..1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
