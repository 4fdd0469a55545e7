import type { TrackRow } from '../../shared/contract/index.ts';

/** What a row's mark says. */
export type RowState =
  | 'problem'
  | 'missing'
  | 'offline'
  | 'failed'
  | 'edited'
  | 'differs'
  | 'predicted'
  | 'written'
  | 'tagged'
  | 'empty';

/** Whether the key tag and the prediction are both there and not the same. */
export function keyDiffers(row: TrackRow): boolean {
  return row.keyText !== null && row.predictedKey !== null && row.key !== row.predictedKey;
}

/** Whether the genre tag and the prediction are both there and not the same. */
export function genreDiffers(row: TrackRow): boolean {
  if (row.genre === null || row.predictedGenre === null) return false;
  const predicted = row.predictedGenre.toLowerCase();
  return !row.genre
    .toLowerCase()
    .split(';')
    .some((genre) => genre.trim() === predicted);
}

/** The one thing that matters most about a row. */
export function rowState(row: TrackRow): RowState {
  if (row.state !== 'present') return row.state;
  if (row.editProblem !== null) return 'failed';
  if (row.edited.length > 0) return 'edited';
  if (row.problemCode !== null) return 'problem';
  if (keyDiffers(row) || genreDiffers(row)) return 'differs';
  const untagged = row.keyText === null || row.genre === null;
  if (untagged && (row.predictedKey !== null || row.predictedGenre !== null)) return 'predicted';
  if (row.written) return 'written';
  return row.keyText === null && row.genre === null ? 'empty' : 'tagged';
}
