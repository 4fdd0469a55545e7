/** Columns that a CSV file can have, in the order in which they are offered; their names stand in its first line. */
export const EXPORT_COLUMNS = [
  'path',
  'folder',
  'file',
  'title',
  'artist',
  'album',
  'albumArtist',
  'genre',
  'key',
  'camelot',
  'bpm',
  'year',
  'seconds',
  'predictedKey',
  'keyConfidence',
  'predictedGenre',
  'genreConfidence',
  'trackNumber',
  'discNumber',
  'composer',
  'comment',
  'grouping',
  'rating',
  'state',
  'added',
] as const;
export type ExportColumn = (typeof EXPORT_COLUMNS)[number];

export const DEFAULT_COLUMNS: readonly ExportColumn[] = [
  'path',
  'title',
  'artist',
  'album',
  'genre',
  'key',
  'camelot',
  'bpm',
  'year',
  'seconds',
];

/** What a reader of the file should know: something is not as it might expect. */
export type ExportNoteCode =
  /** Files that are not there: left out of an M3U8. */
  | 'gone'
  /** Names that no line of text can hold, written as `file://` addresses: some players do not read these. */
  | 'address'
  /** Paths that can't be relative to the folder: they lie on another drive. */
  | 'absolute'
  /** Cells that a spreadsheet would have taken for formulas, with an apostrophe in front. */
  | 'apostrophe'
  /** Names with bytes that are no text: these stand as U+FFFD. */
  | 'not-text';

export interface ExportNote {
  readonly code: ExportNoteCode;
  readonly count: number;
  /** A few of them, as they can be shown. */
  readonly examples: readonly string[];
}

export interface M3uOptions {
  /** Folder (absolute, escaped form) that paths are relative to; without it they are absolute. */
  readonly relativeTo?: string | undefined;
  /** `\r\n` at the ends of lines, for old players on Windows. Default false. */
  readonly crlf?: boolean | undefined;
  /** Stands in the file, for players that show it. */
  readonly name?: string | undefined;
}

export interface CsvOptions {
  /** Default: `DEFAULT_COLUMNS`. */
  readonly columns?: readonly ExportColumn[] | undefined;
  /** A byte order mark, by which Excel knows UTF-8. Default false. */
  readonly bom?: boolean | undefined;
  /** Default a comma. */
  readonly delimiter?: ',' | ';' | '\t' | undefined;
  /** Cells that a spreadsheet would take for formulas get an apostrophe in front. Default true. */
  readonly neutralise?: boolean | undefined;
}
