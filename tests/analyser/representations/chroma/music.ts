import { SAMPLE_RATE } from '../../../../src/analyser/representations/chroma/constant-q.ts';

const CHORDS = [
  [48, 60, 64, 67],
  [41, 60, 65, 69],
  [43, 59, 62, 65],
  [48, 60, 64, 67],
] as const;

/** The chords of `tests/reference/chroma.py`, transposed. */
export function music(cents: number, seconds = 12): Float32Array {
  const samples = new Float64Array(seconds * SAMPLE_RATE);
  for (let beat = 0; beat < seconds; beat++) {
    for (const note of CHORDS[beat % CHORDS.length]!) {
      const hertz = 440 * 2 ** ((note - 69 + cents / 100) / 12);
      for (let partial = 1; partial <= 6; partial++) {
        // A turning and shrinking phasor: a sine for each sample would make the tests slow.
        const turn = (2 * Math.PI * hertz * partial) / SAMPLE_RATE;
        const shrink = Math.exp(-6 / SAMPLE_RATE);
        const stepRe = shrink * Math.cos(turn);
        const stepIm = shrink * Math.sin(turn);
        let re = 0.05 / partial;
        let im = 0;
        // What is left after two seconds is below a hundred-thousandth.
        const end = Math.min(samples.length, (beat + 2) * SAMPLE_RATE);
        for (let i = beat * SAMPLE_RATE; i < end; i++) {
          samples[i]! += im;
          const next = re * stepRe - im * stepIm;
          im = re * stepIm + im * stepRe;
          re = next;
        }
      }
    }
  }
  return Float32Array.from(samples);
}
