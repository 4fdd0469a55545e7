import { MelFilterbank } from '../../dsp/mel.ts';
import { shapeLikeResampy } from '../../dsp/resampy-shape.ts';
import { Stft } from '../../dsp/stft.ts';

/** Hz. */
export const MUSICNN_RATE = 16_000;
export const MUSICNN_BANDS = 96;

const fftSize = 512;
const hop = 256;

/**
 * The front end of jordipons/musicnn (musicnn/extractor.py, `batch_data`): librosa's mel spectrogram of its time
 * (16 kHz, 512 samples every 256, reflected at the ends, 96 Slaney bands), rounded to float16, log10(10000·x + 1).
 */
export class MusicnnMel {
  readonly #stft = new Stft(fftSize, hop, 'reflect');
  readonly #bank = new MelFilterbank(MUSICNN_RATE, fftSize, MUSICNN_BANDS);

  /**
   * @param samples mono, 16 kHz
   * @returns 96 values a frame, frame by frame
   */
  compute(samples: Float32Array): { frames: number; values: Float32Array } {
    const frames = this.#stft.frames(samples.length);
    const values = new Float32Array(frames * MUSICNN_BANDS);
    this.#stft.forEachPower(samples, (power, frame) => {
      shapeLikeResampy(power);
      this.#bank.apply(power, values, frame * MUSICNN_BANDS);
    });
    for (let i = 0; i < values.length; i++) {
      values[i] = Math.log10(Math.fround(10_000 * Math.f16round(values[i]!)) + 1);
    }
    return { frames, values };
  }
}
