import { MelFilterbank } from '../../dsp/mel.ts';
import { shapeLikeResampy } from '../../dsp/resampy-shape.ts';
import { Stft } from '../../dsp/stft.ts';

/** Hz. */
export const CHOI_RATE = 12_000;
/** The net hears 29 seconds. */
export const CHOI_SAMPLES = 29 * CHOI_RATE;
export const CHOI_BANDS = 96;
export const CHOI_FRAMES = 1360;

const fftSize = 512;
const hop = 256;

/**
 * Decibels of mel power that the net takes for 0. The authors' is the loudest value in a batch of 256 clips: in
 * GTZAN, between 24 and 27 (docs/decisions/0091).
 */
const usualReference = 25.5;
/** Decibels below it where everything ends. */
const range = 80;
/** Power below which there is silence. */
const leastPower = 1e-10;

/**
 * The front end of Choi et al. (2017), kapre's `Melspectrogram` at the revision that they name (a3bde3e): power
 * spectra by convolution with windowed cosines and sines of 512 samples, every 256, padded by silence; 96 mel bands
 * (Slaney) from 0 to 6 kHz; decibels. Theano's convolution runs through its kernels backwards, so that the periodic
 * Hann window comes out one sample later than usual.
 *
 * As their code does, 29 seconds are heard: the first of a longer passage; a shorter one is repeated.
 */
export class ChoiMel {
  readonly #stft = new Stft(fftSize, hop, 'zero');
  readonly #bank = new MelFilterbank(CHOI_RATE, fftSize, CHOI_BANDS);
  readonly #reference: number;

  /** @param reference decibels of mel power that come out as 0 */
  constructor(reference = usualReference) {
    this.#reference = reference;
  }

  /**
   * @param samples mono, 12 kHz, not empty
   * @throws RangeError where there are none
   * @returns decibels below the reference, −80..0 and slightly above it: band by band, 1,360 frames each
   */
  compute(samples: Float32Array): Float32Array {
    if (samples.length === 0) throw new RangeError('No samples.');
    const signal = new Float32Array(CHOI_SAMPLES + 1);
    for (let at = 1; at < signal.length; at += samples.length) {
      signal.set(samples.subarray(0, signal.length - at), at);
    }
    const out = new Float32Array(CHOI_BANDS * CHOI_FRAMES);
    const bands = new Float64Array(CHOI_BANDS);
    this.#stft.forEachPower(signal, (power, frame) => {
      shapeLikeResampy(power);
      this.#bank.apply(power, bands);
      for (let band = 0; band < CHOI_BANDS; band++) {
        const decibel = 10 * Math.log10(Math.max(leastPower, bands[band]!)) - this.#reference;
        out[band * CHOI_FRAMES + frame] = Math.max(-range, decibel);
      }
    });
    return out;
  }
}
