import type { Database } from './database.ts';

/** Merged once more than so many segments are there … */
const SEGMENTS = 4;
/** … and what lies beside the largest, or was deleted since, is this share of it: a merge writes all of it anew. */
const SHARE = 0.05;

/** One sorted part of the index of words; each search looks into every one. */
interface Segment {
  readonly id: number;
  readonly entries: number;
  readonly deleted: number;
}

/**
 * Does a part of merging the index of words into one: searching it for single rows is several times as quick then,
 * and after many edits ten times. FTS5 merges by itself only as far as keeps writing cheap.
 * @param state kept by the caller from one call to the next
 * @param pages of 4 kB to write, about
 * @returns whether there is more to do
 */
export function mergeTextIndex(database: Database, state: { merging: boolean }, pages: number): boolean {
  if (!state.merging && !worthMerging(segmentsOf(database))) return false;
  const changes = () => database.value<number>('SELECT total_changes()')!;
  const before = changes();
  // A negative number begins a merge of all segments; positive ones go on with it.
  const portion = state.merging ? pages : -pages;
  database.write(() => database.run("INSERT INTO file_text (file_text, rank) VALUES ('merge', ?)", portion));
  // The statement counts as one change itself.
  state.merging = changes() - before >= 2;
  return state.merging;
}

function worthMerging(segments: readonly Segment[]): boolean {
  const largest = Math.max(0, ...segments.map(({ entries }) => entries));
  const all = segments.reduce((sum, { entries, deleted }) => sum + entries + deleted, 0);
  return (
    (segments.length > SEGMENTS || segments.some(({ deleted }) => deleted > 0)) &&
    all - largest > SHARE * largest
  );
}

/**
 * The segments, from FTS5's own record of them (its format is part of SQLite's file format and does not change). None
 * where it is of the kind that knows no deletions.
 */
function segmentsOf(database: Database): Segment[] {
  const block = database.value<Uint8Array>('SELECT block FROM file_text_data WHERE id = 10');
  if (block?.[4] !== 0xff || block[5] !== 0 || block[6] !== 0 || block[7] !== 1) return [];
  let at = 8;
  const next = (): number => {
    let value = 0;
    // Big-endian groups of seven bits; a ninth byte, which no number here reaches, would hold eight.
    for (let i = 0; i < 8; i++) {
      const byte = block[at++] ?? 0;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) break;
    }
    return value;
  };
  const levels = next();
  const count = next();
  next();
  const segments: Segment[] = [];
  for (let level = 0; level < levels && segments.length < count; level++) {
    next();
    const here = next();
    for (let i = 0; i < here; i++) {
      const id = next();
      // First and last page, both origins, pages of deletions.
      for (let skipped = 0; skipped < 5; skipped++) next();
      const deleted = next();
      segments.push({ id, deleted, entries: next() });
    }
  }
  return segments;
}
