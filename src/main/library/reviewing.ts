import { sameGenre } from '../../shared/music/genre.ts';
import { KEY_LABELS, keyIndex, keyLabel, keyOf } from '../../shared/music/key.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Catalogue, PendingChange, ReviewChange, SearchRow } from '../catalogue/index.ts';
import { predictedValue } from './predicted-edits.ts';
import type { Settings } from './settings.ts';

/** `forget`: the review is taken back. */
export type Decision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'change'; readonly value: string }
  | { readonly kind: 'reject' }
  | { readonly kind: 'forget' };

/** What a decision on the tracks of these files means: reviews, and edits of every file of the tracks. */
export function decided(
  catalogue: Catalogue,
  ids: readonly number[],
  task: Task,
  decision: Decision,
  notation: Settings['keyNotation'],
): { readonly reviews: readonly ReviewChange[]; readonly edits: readonly PendingChange[] } {
  const reviews: ReviewChange[] = [];
  const edits: PendingChange[] = [];
  const seen = new Set<number>();
  for (const row of catalogue.rows(ids)) {
    const { trackId } = row;
    if (trackId === null || seen.has(trackId)) continue;
    seen.add(trackId);
    if (decision.kind === 'forget' || decision.kind === 'reject') {
      const review = decision.kind === 'forget' ? null : ({ state: 'rejected', value: null } as const);
      reviews.push({ trackId, task, review });
      continue;
    }
    const label = decision.kind === 'accept' ? predictedLabel(row, task) : labelOf(task, decision.value);
    if (label === null) continue;
    const state = label === predictedLabel(row, task) ? 'accepted' : 'changed';
    reviews.push({ trackId, task, review: { state, value: label } });
    const files = catalogue.files.ofTrack(trackId).filter((file) => file.state === 'present');
    for (const file of catalogue.rows(files.map(({ id }) => id)))
      if (!says(file, task, label))
        edits.push({ fileId: file.id, field: task, values: [predictedValue(task, label, notation)] });
  }
  return { reviews, edits };
}

function predictedLabel(row: SearchRow, task: Task): string | null {
  if (task === 'genre') return row.predictedGenre;
  return row.predictedKey === null ? null : (KEY_LABELS[row.predictedKey] ?? null);
}

/** What a user typed, under the name that predictions are stored by. */
function labelOf(task: Task, value: string): string {
  const key = task === 'key' ? keyOf(value) : null;
  return key ? keyLabel(key) : value.trim();
}

/** Whether a file's tag says so already. */
function says(row: SearchRow, task: Task, label: string): boolean {
  if (task === 'genre') return (row.genre?.split(';') ?? []).some((genre) => sameGenre(genre.trim(), label));
  const key = keyOf(label);
  return key !== null && row.key === keyIndex(key);
}
