import type { LearnReport } from '../../shared/learn.ts';
import type { LearnRequest } from './request.ts';

/** A report before its words are chosen. */
export type Draft = Omit<LearnReport, 'words' | 'suspicious'>;

/** The draft of a run that has tried nothing yet. */
export function emptyDraft(
  { task, source, now }: Pick<LearnRequest, 'task' | 'source' | 'now'>,
  found: Pick<LearnReport, 'tracks' | 'labels' | 'leftOut'>,
): Draft {
  return {
    task,
    source,
    at: now,
    end: 'refused',
    ...found,
    loose: [],
    groups: 0,
    tried: [],
    representations: [],
    own: null,
    calibrationError: null,
    shipped: null,
    majority: null,
    difference: null,
  };
}
