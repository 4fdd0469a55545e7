import type { SuspiciousTag } from '../../shared/learn.ts';
import { argmax } from '../lab/metrics.ts';
import type { Evidence } from './evidence.ts';
import type { LabelledTrack } from './labels.ts';

/** From this probability on another label is predicted “confidently” … */
const CONFIDENT = 0.7;
/** … and up to this one the tag's own label is out of the question. */
const OUT_OF_QUESTION = 0.15;
/** Longer lists are read by nobody. */
const MAX_LISTED = 1000;

/**
 * Tags that look wrong, worst first: a probe that has seen neither the track nor its artist is confident of a label
 * that the track does not have. What the user has reviewed is right by definition.
 *
 * @param distributionOf calibrated probabilities of a track by its place, out of fold
 */
export function findSuspicious(
  tracks: readonly LabelledTrack[],
  evidence: readonly Evidence[],
  labels: readonly string[],
  distributionOf: (at: number) => readonly number[],
): SuspiciousTag[] {
  const found: SuspiciousTag[] = [];
  tracks.forEach(({ trackId, label, right }, at) => {
    if (evidence[at]!.reviewed) return;
    const distribution = distributionOf(at);
    const best = argmax(distribution);
    const own = Math.max(...right.map((each) => distribution[each]!));
    if (right.includes(best) || distribution[best]! < CONFIDENT || own > OUT_OF_QUESTION) return;
    found.push({
      trackId,
      path: evidence[at]!.path,
      tagged: labels[label]!,
      predicted: labels[best]!,
      confidence: distribution[best]!,
      taggedProbability: own,
    });
  });
  return found
    .sort(
      (a, b) =>
        b.confidence - b.taggedProbability - (a.confidence - a.taggedProbability) || a.trackId - b.trackId,
    )
    .slice(0, MAX_LISTED);
}
