/**
 * Decibels by which librosa's resampler until 2021 (resampy below 0.3, `kaiser_best`) is louder than ours, in a
 * spectrum of 512 samples, from bin 225 to the last: measured on white noise by tests/reference/choi_resampler.py.
 * Below them the two are the same. Both filters scale with the rate that they resample to, so this holds for any rate.
 */
const firstBin = 225;
const decibels = [
  0.11, 0.16, 0.22, 0.32, 0.43, 0.57, 0.73, 0.91, 1.1, 1.29, 1.48, 1.65, 1.78, 1.87, 1.9, 1.85, 1.73, 1.5,
  1.17, 0.72, 0.16, -0.57, -1.42, -2.43, -3.63, -4.95, -6.48, -8.18, -9.92, -11.68, -13.15, -13.81,
];
const gains = Float64Array.from(decibels, (decibel) => 10 ** (decibel / 10));

/**
 * Gives a power spectrum of 512 samples (257 bins) the top that it would have after librosa's resampler of those years,
 * in place. Nets of that time heard music through it.
 */
export function shapeLikeResampy(power: Float64Array): void {
  for (let i = 0; i < gains.length; i++) power[firstBin + i]! *= gains[i]!;
}
