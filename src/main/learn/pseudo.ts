import { displayGenre } from '../../shared/music/genre.ts';
import { rank, type Task } from '../../shared/prediction.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Evidence, GatheredEvidence } from './evidence.ts';
import { findRival } from './rival.ts';

/** From this calibrated probability on a prediction may teach. */
const CONFIDENT = 0.8;

/** Tracks that are looked at: the first so many, which is what a large model will have heard of a large library. */
const MAX_TRACKS = 40_000;

/**
 * What the best predictor that learnt nothing from this library says with confidence of tracks without a tag of their
 * own, as if the user had said it.
 */
export function gatherPseudoEvidence(catalogue: Catalogue, task: Task): GatheredEvidence {
  const tracks = new Map<number, Omit<Evidence, 'said' | 'reviewed'>>();
  for (const file of catalogue.learning.taggedFiles()) {
    const tagged = task === 'genre' ? file.genre !== null : file.key !== null;
    if (tagged || tracks.has(file.trackId)) continue;
    const { trackId, path, title, artist, album } = file;
    tracks.set(trackId, { trackId, path, title, artist, album });
    if (tracks.size >= MAX_TRACKS) break;
  }
  const ids = [...tracks.keys()];
  const teacher = findRival(catalogue, task, ids);
  const found = ids.flatMap((trackId, at): Evidence[] => {
    const probabilities = teacher?.said[at];
    if (!teacher || !probabilities) return [];
    const { label, confidence } = rank({ labels: teacher.labels, probabilities });
    if (confidence < CONFIDENT) return [];
    return [
      { ...tracks.get(trackId)!, said: [task === 'genre' ? displayGenre(label) : label], reviewed: false },
    ];
  });
  return { tracks: found, ours: 0, labelled: found.length };
}
