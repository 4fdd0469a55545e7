import type { TrackDetails, TrackRow } from '../../../shared/contract/index.ts';
import type { SuggestedTag } from '../../../shared/music/msd-tags.ts';
import type { FileDetails, SearchRow } from '../../catalogue/index.ts';

/** A row of the catalogue as the contract has it. */
export const trackRow = ({ edited: fields, values, ...row }: SearchRow): TrackRow => ({
  ...row,
  edited: [...fields],
  values: values as TrackRow['values'],
});

/** Everything known of a file as the contract has it. */
export function trackDetails(file: FileDetails, suggestions: readonly SuggestedTag[]): TrackDetails {
  const { id, path, state, container, size, tags, track, problem } = file;
  return {
    id,
    path,
    state,
    container,
    size,
    tags: tags as TrackDetails['tags'],
    edits: file.edits as TrackDetails['edits'],
    editProblem: file.editProblem && { code: file.editProblem.code, message: file.editProblem.message },
    reviews: file.reviews.map(({ task, state: said, value, at }) => ({ task, state: said, value, at })),
    durationSeconds: track?.durationSeconds ?? null,
    sampleRate: track?.sampleRate ?? null,
    channels: track?.channels ?? null,
    predictions: file.predictions.map(({ trackId: _, ...prediction }) => prediction),
    suggestions: [...suggestions],
    analysedAt: track?.analysedAt ?? null,
    windows: track?.windows ?? [],
    silentReason: track?.silentReason ?? null,
    problem: problem && { code: problem.code, message: problem.message },
  };
}
