import { setImmediate as breathe } from 'node:timers/promises';
import { CratewiseError, FileError } from '../../shared/errors.ts';
import type { Peaks } from '../../shared/listening.ts';
import { displayPath } from '../../shared/path.ts';
import { AudioFile } from '../decode/decode.ts';
import { LoudnessMeter } from './loudness-meter.ts';
import { Shape } from './shape.ts';
import { playedRate, StereoSamples } from './stereo.ts';

/** Milliseconds of work before others, and a cancellation, get a word in. */
const SLICE_MS = 40;
/** 12 dB over full scale: what is beyond it is damage, not music. */
const LIMIT = 4;

/**
 * Measures the whole of a file: the shape of its waveform, its loudness and its peak. Memory does not grow with its
 * length.
 * @param path in our escaped form
 * @throws FileError as `AudioFile` does, `undecodable` where nothing can be decoded; CratewiseError `closed`
 */
export async function measurePeaks(path: string, signal?: AbortSignal): Promise<Peaks> {
  const file = new AudioFile(path);
  let samples: StereoSamples | undefined;
  try {
    let meter: LoudnessMeter | undefined;
    let shape: Shape | undefined;
    let values = new Float64Array(0);
    let frames = 0;
    let since = performance.now();
    const take = (bytes: Buffer) => {
      const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      if (values.length < floats.length) values = new Float64Array(floats.length);
      for (let i = 0; i < floats.length; i++) {
        const value = floats[i]!;
        // Not the same as `> LIMIT`: NaN compares false.
        values[i] = Math.abs(value) <= LIMIT ? value : Math.sign(value) * LIMIT || 0;
      }
      shape!.push(values, floats.length);
      // The meter comes last: it overwrites them.
      meter!.push(values, floats.length);
      frames += floats.length / 2;
    };
    for (const { frame } of file.frames()) {
      if (!samples) {
        samples = new StereoSamples(playedRate(frame.sampleRate), 'float');
        meter = new LoudnessMeter(samples.rate);
        shape = new Shape(samples.rate);
      }
      for (const bytes of samples.push(frame)) take(bytes);
      if (performance.now() - since < SLICE_MS) continue;
      await breathe();
      if (signal?.aborted) throw new CratewiseError('closed', 'The work was cancelled.');
      since = performance.now();
    }
    if (samples) for (const bytes of samples.finish()) take(bytes);
    if (!samples || !shape || !meter || frames === 0)
      throw new FileError(
        'undecodable',
        path,
        `Nothing in ${displayPath(path)} can be decoded: it is damaged, encrypted or not what its name says.`,
      );
    return {
      seconds: frames / samples.rate,
      buckets: shape.buckets,
      planes: shape.planes(),
      loudness: meter.integrated(),
      peak: shape.peak,
    };
  } finally {
    samples?.close();
    file.close();
  }
}
