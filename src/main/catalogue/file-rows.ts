import type { FileDetails, FileState, KnownFile } from './types.ts';

/** Columns of `KnownRow`; 64-bit ones as text. */
export const KNOWN_COLUMNS = `id, path, root_id, track_id, size, CAST(mtime_ns AS TEXT) AS mtime,
  CAST(inode AS TEXT) AS inode, CAST(device AS TEXT) AS device, missing, problem_code, seen_scan`;

export interface KnownRow {
  id: number;
  path: string;
  root_id: number;
  track_id: number | null;
  size: number;
  mtime: string;
  inode: string;
  device: string;
  missing: number;
  problem_code: string | null;
  seen_scan: number;
}

export interface FileRow extends KnownRow {
  container: string | null;
  problem_message: string | null;
  problem_at: number | null;
  added_at: number;
  offline: number;
}

const unsigned = (decimal: string): string =>
  decimal.startsWith('-') ? String(BigInt.asUintN(64, BigInt(decimal))) : decimal;

export function fileState(row: { missing: number; offline: number }): FileState {
  return row.offline === 1 ? 'offline' : row.missing === 1 ? 'missing' : 'present';
}

export function toKnownFile(row: KnownRow): KnownFile {
  return {
    id: row.id,
    path: row.path,
    rootId: row.root_id,
    trackId: row.track_id,
    size: row.size,
    mtime: row.mtime,
    inode: unsigned(row.inode),
    device: unsigned(row.device),
    state: row.missing === 1 ? 'missing' : 'present',
    problemCode: row.problem_code,
    seenScan: row.seen_scan,
  };
}

/** The part of `FileDetails` that stands in the row. */
export function toFileDetails(
  row: FileRow,
): Omit<FileDetails, 'tags' | 'edits' | 'editProblem' | 'track' | 'predictions' | 'reviews'> {
  return {
    id: row.id,
    path: row.path,
    rootId: row.root_id,
    trackId: row.track_id,
    size: row.size,
    mtime: row.mtime,
    inode: unsigned(row.inode),
    device: unsigned(row.device),
    container: row.container,
    state: fileState(row),
    problem:
      row.problem_code === null
        ? null
        : { code: row.problem_code, message: row.problem_message ?? '', at: row.problem_at ?? 0 },
    addedAt: row.added_at,
  };
}
