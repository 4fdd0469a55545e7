/**
 * Root mean square below which a passage counts as silent: −60 dB of full scale. Dither and the noise of a
 * digitised lead-in stay under it; the quietest half-minutes of orchestral recordings are some 15 dB above.
 */
const silence = 1e-3;

/** Whether there is nothing to hear in mono samples. */
export function isSilent(samples: Float32Array): boolean {
  let energy = 0;
  for (let i = 0; i < samples.length; i++) energy += samples[i]! * samples[i]!;
  return energy <= silence * silence * samples.length;
}
