/** The signals of tests/reference/key_signals.py, on which the authors' code was asked. */
const DB_MAJOR = [
  [138.59, 277.18, 349.23, 415.3],
  [92.5, 277.18, 369.99, 466.16],
  [103.83, 261.63, 311.13, 415.3],
];
const E_MINOR = [
  [82.41, 246.94, 329.63, 392.0],
  [110.0, 261.63, 329.63, 440.0],
  [123.47, 246.94, 311.13, 369.99],
];

function progression(rate: number, seconds: number, chords: number[][], each: number): Float32Array {
  return Float32Array.from({ length: Math.trunc(rate * seconds) }, (_, i) => {
    const t = i / rate;
    const at = Math.floor(t / each);
    let y = 0;
    for (const hertz of chords[at % chords.length]!) {
      for (let harmonic = 1; harmonic <= 5; harmonic++) {
        y += Math.sin(2 * Math.PI * hertz * harmonic * t) / harmonic;
      }
    }
    return 0.1 * y * Math.exp(-(t - at * each));
  });
}

/** Chord progressions in D flat major and in E minor. */
export const keySignals = (rate: number): Record<string, Float32Array> => ({
  'db-major': progression(rate, 11.3, DB_MAJOR, 0.9),
  'e-minor': progression(rate, 7.77, E_MINOR, 0.7),
});
