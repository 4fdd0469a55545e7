import type { FileProblemRow, ProblemArea } from '../../shared/contract/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Work } from './work.ts';

interface Filter {
  readonly areas?: readonly ProblemArea[] | undefined;
  readonly text?: string | undefined;
}

/** Files that one retry names at most; beyond that the folders are looked at as a whole. */
const MAX_NAMED = 1000;
/** Rows that are read at a time. */
const PORTION = 5000;

const compact = ({ areas, text }: Filter) => ({ ...(areas ? { areas } : {}), ...(text ? { text } : {}) });

/** A page of files with which something went wrong, and how many there are in all. */
export function problemPage(
  { problems }: Pick<Catalogue, 'problems'>,
  { offset, limit, ...filter }: Filter & { offset: number; limit: number },
): { counts: Record<ProblemArea, number>; files: FileProblemRow[] } {
  const files = problems.list({ ...compact(filter), offset, limit });
  return {
    counts: { ...problems.counts(compact({ text: filter.text })) },
    files: files.map(({ fileId: id, path, area, setAside, code, message, at }) => ({
      id,
      path,
      area,
      setAside,
      code,
      message,
      at,
    })),
  };
}

/**
 * Reads and listens to files anew with which that failed: those named, or all that a filter finds. What could not be
 * written is left alone.
 */
export function retryProblems(
  { problems }: Pick<Catalogue, 'problems'>,
  work: Pick<Work, 'scan' | 'wish'>,
  { ids, ...filter }: Filter & { ids?: readonly number[] | undefined },
): { read: number; listen: number } {
  const named = ids && new Set(ids);
  const unread: string[] = [];
  const tracks = new Set<number>();
  for (let offset = 0; ; offset += PORTION) {
    const page = problems.list({ ...compact(filter), offset, limit: PORTION });
    for (const { fileId, trackId, path, area } of page) {
      if (named && !named.has(fileId)) continue;
      if (area === 'read') unread.push(path);
      if (area === 'listen' && trackId !== null) tracks.add(trackId);
    }
    if (page.length < PORTION) break;
  }
  if (unread.length > 0) work.scan(unread.length <= MAX_NAMED ? unread : undefined, { retryFailed: true });
  work.wish({ tracks: [...tracks], retry: true });
  return { read: unread.length, listen: tracks.size };
}
