import type { Database } from './database.ts';

/** What could not be done with a file: reading its tags, listening to it, or writing its edits. */
export type ProblemArea = 'read' | 'listen' | 'write';

export const PROBLEM_AREAS: readonly ProblemArea[] = ['read', 'listen', 'write'];

/** A file with which something went wrong, and what. */
export interface FileWithProblem {
  readonly fileId: number;
  readonly trackId: number | null;
  readonly path: string;
  readonly area: ProblemArea;
  /** It was set aside: it has ended its analyser more than once. */
  readonly setAside: boolean;
  readonly code: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ProblemQuery {
  /** Default: all. */
  readonly areas?: readonly ProblemArea[];
  /** Part of the path or of the reason, letter case does not matter (of ASCII letters). */
  readonly text?: string;
}

export interface ProblemStore {
  /** Newest first. */
  list(query: ProblemQuery & { readonly offset: number; readonly limit: number }): readonly FileWithProblem[];
  /** How many there are of each area that the text finds. */
  counts(query?: Pick<ProblemQuery, 'text'>): Readonly<Record<ProblemArea, number>>;
}

/** Numbers of `work.state` for work that did not go through, see `queue.ts`. */
const FAILED = '3, 4';
const SET_ASIDE = 4;

/**
 * A reason to which work on the track belongs is the analyser's, any other the scan's: both stand in the same place,
 * since a file that was read anew has neither.
 */
const PROBLEMS = `
  SELECT fileId, trackId, path, state, CASE WHEN state IS NULL THEN 'read' ELSE 'listen' END AS area,
    code, message, at
  FROM (
    SELECT f.id AS fileId, f.track_id AS trackId, f.path,
      (SELECT max(w.state) FROM work w WHERE w.track_id = f.track_id AND w.state IN (${FAILED})) AS state,
      f.problem_code AS code, coalesce(f.problem_message, f.problem_code) AS message,
      coalesce(f.problem_at, 0) AS at
    FROM files f WHERE f.problem_code IS NOT NULL AND f.missing = 0
  )
  UNION ALL
  SELECT f.id, f.track_id, f.path, NULL, 'write', p.code, p.message, p.at
  FROM edit_problems p JOIN files f ON f.id = p.file_id WHERE f.missing = 0`;

const CONDITION = `(? = '' OR instr(lower(path), lower(?)) > 0 OR instr(lower(message), lower(?)) > 0)`;

type Row = Omit<FileWithProblem, 'setAside'> & { state: number | null };

/** Files with problems, gathered from where each kind of work leaves them. */
export function problemStore(database: Database): ProblemStore {
  return {
    list({ areas = PROBLEM_AREAS, text = '', offset, limit }) {
      return database
        .all<Row & Record<string, unknown>>(
          `SELECT * FROM (${PROBLEMS}) WHERE ${CONDITION} AND area IN (SELECT value FROM json_each(?))
           ORDER BY at DESC, path, area LIMIT ? OFFSET ?`,
          text,
          text,
          text,
          JSON.stringify(areas),
          limit,
          offset,
        )
        .map(({ state, ...row }) => ({ ...row, setAside: state === SET_ASIDE }));
    },

    counts({ text = '' } = {}) {
      const rows = database.all<{ area: ProblemArea; n: number }>(
        `SELECT area, count(*) AS n FROM (${PROBLEMS}) WHERE ${CONDITION} GROUP BY area`,
        text,
        text,
        text,
      );
      const of = (area: ProblemArea) => rows.find((row) => row.area === area)?.n ?? 0;
      return { read: of('read'), listen: of('listen'), write: of('write') };
    },
  };
}
