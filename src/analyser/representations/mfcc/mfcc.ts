import { Dct } from '../../dsp/dct.ts';
import { powerToDecibel } from '../../dsp/decibel.ts';
import { MelFilterbank } from '../../dsp/mel.ts';
import { Stft } from '../../dsp/stft.ts';

/** librosa's defaults. */
const fftSize = 2048;
const hop = 512;
const melFilters = 128;

/** Mel-frequency cepstral coefficients over time, as `librosa.feature.mfcc` computes them by default. */
export class MfccExtractor {
  readonly coefficients: number;
  readonly #stft = new Stft(fftSize, hop, 'reflect');
  readonly #mel: MelFilterbank;
  readonly #dct: Dct;

  constructor(sampleRate: number, coefficients = 20) {
    this.coefficients = coefficients;
    this.#mel = new MelFilterbank(sampleRate, fftSize, melFilters);
    this.#dct = new Dct(melFilters, coefficients);
  }

  /**
   * @param samples mono
   * @param scale the samples are multiplied by it first
   * @returns time-major: `frames` rows of `coefficients` values
   */
  compute(samples: Float32Array, scale = 1): { frames: number; values: Float64Array } {
    const frames = this.#stft.frames(samples.length);
    const mel = new Float64Array(frames * melFilters);
    this.#stft.forEachPower(
      samples,
      (power, frame) => this.#mel.apply(power, mel, frame * melFilters),
      scale,
    );
    powerToDecibel(mel);
    const values = new Float64Array(frames * this.coefficients);
    for (let frame = 0; frame < frames; frame++) {
      this.#dct.apply(mel, frame * melFilters, values, frame * this.coefficients);
    }
    return { frames, values };
  }
}
