import { defaultWindows, type Passage, planWindows } from '../../shared/analysis.ts';
import type { Waveform } from './waveform.ts';

/**
 * The passage by which a track is best judged: of those that were listened to the one with the most power, for breaks
 * and intros tell least; without a waveform the one in the middle.
 * @param windows what was listened to; where nothing is known of that, what would be
 */
export function tellingPassage(
  windows: readonly Passage[],
  seconds: number,
  waveform?: Pick<Waveform, 'rms' | 'seconds' | 'buckets'> | null,
): Passage | undefined {
  const heard = windows.length > 0 ? windows : planWindows(seconds, defaultWindows);
  const middle = heard[Math.floor(heard.length / 2)];
  if (!waveform || waveform.buckets === 0) return middle;
  const power = ({ start, length }: Passage): number => {
    const perSecond = waveform.buckets / waveform.seconds;
    const part = waveform.rms.subarray(
      Math.floor(start * perSecond),
      Math.ceil((start + length) * perSecond),
    );
    return part.reduce((sum, byte) => sum + (byte / 255) ** 4, 0) / Math.max(1, part.length);
  };
  // Of equals the one in the middle.
  return heard.reduce((best, one) => (power(one) > 1.05 * power(best) ? one : best), middle!);
}
