import type { SortBy } from '../../shared/contract/index.ts';
import type { StandardField } from '../../shared/tags.ts';

export type ColumnId =
  | 'state'
  | 'title'
  | 'artist'
  | 'album'
  | 'albumArtist'
  | 'key'
  | 'genre'
  | 'bpm'
  | 'date'
  | 'duration'
  | 'trackNumber'
  | 'discNumber'
  | 'composer'
  | 'comment'
  | 'grouping'
  | 'rating'
  | 'path'
  | 'added';

/** What a column shows, and what can be done with it. */
export interface ColumnKind {
  readonly id: ColumnId;
  /** The tag that it shows and edits; none: it can't be edited. */
  readonly field?: StandardField;
  readonly sort?: SortBy;
  /** Pixels, at first. */
  readonly width: number;
  /** At first. */
  readonly shown: boolean;
  readonly number?: boolean;
}

export const COLUMNS: readonly ColumnKind[] = [
  { id: 'state', width: 40, shown: true },
  { id: 'title', field: 'title', sort: 'title', width: 190, shown: true },
  { id: 'artist', field: 'artist', sort: 'artist', width: 130, shown: true },
  { id: 'key', field: 'key', sort: 'key', width: 186, shown: true },
  { id: 'genre', field: 'genre', sort: 'genre', width: 190, shown: true },
  { id: 'bpm', field: 'bpm', sort: 'bpm', width: 64, shown: true, number: true },
  { id: 'album', field: 'album', sort: 'album', width: 140, shown: true },
  { id: 'date', field: 'date', sort: 'year', width: 66, shown: true, number: true },
  { id: 'duration', sort: 'duration', width: 74, shown: true, number: true },
  { id: 'albumArtist', field: 'albumArtist', width: 140, shown: false },
  { id: 'trackNumber', field: 'trackNumber', width: 64, shown: false, number: true },
  { id: 'discNumber', field: 'discNumber', width: 56, shown: false, number: true },
  { id: 'composer', field: 'composer', width: 150, shown: false },
  { id: 'comment', field: 'comment', width: 200, shown: false },
  { id: 'grouping', field: 'grouping', width: 140, shown: false },
  { id: 'rating', field: 'rating', width: 80, shown: false, number: true },
  { id: 'path', sort: 'path', width: 320, shown: false },
  { id: 'added', sort: 'added', width: 110, shown: false },
];

/** A column as the user has it. */
export interface Column extends ColumnKind {
  readonly width: number;
  readonly shown: boolean;
}

export const MIN_WIDTH = 40;

/**
 * The columns in the user's order and widths: kept ones first, then those that the kept order does not know, each
 * behind the one that it follows at first.
 */
export function arranged(
  kept: readonly { readonly id: string; readonly width: number; readonly shown: boolean }[] = [],
): Column[] {
  const columns: Column[] = kept.flatMap(({ id, width, shown }, place) => {
    const kind = COLUMNS.find((column) => column.id === id);
    const again = kept.findIndex((other) => other.id === id) !== place;
    return kind && !again ? [{ ...kind, width: Math.max(MIN_WIDTH, width), shown }] : [];
  });
  for (const [place, kind] of COLUMNS.entries()) {
    if (columns.some(({ id }) => id === kind.id)) continue;
    const before = COLUMNS[place - 1];
    const at = columns.findIndex(({ id }) => id === before?.id) + 1;
    columns.splice(at, 0, kind);
  }
  // The state stands first and is always there: it is how a row says that something is the matter.
  return [
    ...columns.filter(({ id }) => id === 'state').map((state) => ({ ...state, shown: true })),
    ...columns.filter(({ id }) => id !== 'state'),
  ];
}
