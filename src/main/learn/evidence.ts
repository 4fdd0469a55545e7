import { parseGenres } from '../../shared/music/genre.ts';
import { keyIndex, keyOf } from '../../shared/music/key.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Catalogue, TaggedFile } from '../catalogue/index.ts';
import { randomFrom } from '../lab/random.ts';

/** A track with what the user says of it. */
export interface Evidence {
  readonly trackId: number;
  readonly path: string;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  /** Genre names, most important first, or one key as its index. */
  readonly said: readonly string[];
  readonly reviewed: boolean;
}

export interface GatheredEvidence {
  readonly tracks: readonly Evidence[];
  /** Tracks whose only tag is one that we wrote from a prediction. */
  readonly ours: number;
  /** All tracks with a label, before a large library was sampled. */
  readonly labelled: number;
}

/** Tracks that are looked at in a large library: a fair share of all, the same each time. */
const MAX_TRACKS = 40_000;

/**
 * What the user says of the library's tracks on a task: tags as edited, and reviews, which count more than tags. Tags
 * that we wrote from predictions are nobody's word, unless they were reviewed.
 */
export function gatherEvidence(catalogue: Catalogue, task: Task): GatheredEvidence {
  const { learning } = catalogue;
  const reviews = new Map(
    learning
      .reviews(task)
      .filter(({ state, value }) => state !== 'rejected' && value !== null)
      .map(({ trackId, value }) => [trackId, value!]),
  );
  const speaks = (file: TaggedFile) => reviews.has(file.trackId) || saidBy(file, task).length > 0;
  let labelled = 0;
  for (const file of learning.taggedFiles()) if (speaks(file)) labelled += 1;
  const share = MAX_TRACKS / Math.max(1, labelled);

  const tracks = new Map<number, Evidence>();
  const ours = new Set<number>();
  for (const file of learning.taggedFiles()) {
    const { trackId } = file;
    if (tracks.has(trackId) || !speaks(file)) continue;
    if (share < 1 && randomFrom(trackId)() >= share) continue;
    const review = reviews.get(trackId);
    const { path, title, artist, album } = file;
    const base = { trackId, path, title, artist, album };
    if (review !== undefined)
      tracks.set(trackId, { ...base, said: reviewSays(review, task), reviewed: true });
    else if (learning.writtenByUs(task, path)) ours.add(trackId);
    else tracks.set(trackId, { ...base, said: saidBy(file, task), reviewed: false });
  }
  const found = [...tracks.values()].filter(({ said }) => said.length > 0);
  return {
    tracks: found.sort((a, b) => a.trackId - b.trackId),
    ours: [...ours].filter((trackId) => !tracks.has(trackId)).length,
    labelled: share < 1 ? labelled : found.length,
  };
}

function saidBy(file: TaggedFile, task: Task): string[] {
  if (task === 'key') return file.key === null ? [] : [String(file.key)];
  return file.genre === null ? [] : parseGenres(file.genre);
}

function reviewSays(value: string, task: Task): string[] {
  if (task === 'genre') return parseGenres(value);
  const key = keyOf(value);
  return key ? [String(keyIndex(key))] : [];
}
