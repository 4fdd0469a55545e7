/** The fields that every container is asked for, by Cratewise's names. */
export const TAG_FIELDS = [
  'title',
  'artist',
  'album',
  'albumArtist',
  'genre',
  'key',
  'trackNumber',
  'trackTotal',
  'discNumber',
  'discTotal',
  'date',
  'bpm',
  'composer',
  'comment',
  'grouping',
  'rating',
] as const;

export type StandardField = (typeof TAG_FIELDS)[number];

/** A standard field, or a free-form one by the name that it has in the container (`custom:ENERGY`). */
export type FieldName = StandardField | `custom:${string}`;

/** What a file says: field → its values, in order. A field that is absent or empty has no entry. */
export type TagValues = Readonly<Partial<Record<FieldName, readonly string[]>>>;

/** One wish: give `field` these values; none at all clears it. */
export interface FieldEdit {
  readonly field: FieldName;
  readonly values: readonly string[];
}

/** One line of a preview: what a field says before and after, and where in the file that stands. */
export interface FieldChange {
  readonly field: FieldName;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** For people and bug reports: `ID3v2.3 TCON`, `Vorbis INITIALKEY`, `MP4 ©gen`. */
  readonly location: string;
}

export function isFieldName(name: string): name is FieldName {
  return (TAG_FIELDS as readonly string[]).includes(name) || (name.startsWith('custom:') && name.length > 7);
}
