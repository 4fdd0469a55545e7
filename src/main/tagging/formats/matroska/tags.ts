import type { FieldName, StandardField, TagValues } from '../../../../shared/tags.ts';
import type { ByteSource } from '../../format.ts';
import { children, type Element, ID } from './ebml.ts';

/** Values are short; what is longer is read up to here (nothing is written from it). */
const MAX_TEXT = 1 << 16;
const MAX_TAGS = 100_000;

/** TargetTypeValue of an album and of a song (RFC 9559 and matroska.org, "Tagging"). */
const ALBUM = 50;

/** Official names, and those that FFmpeg carries over from other containers. Values say what a song's tag means. */
const SONG_FIELDS: Readonly<Record<string, StandardField>> = {
  TITLE: 'title',
  ARTIST: 'artist',
  ALBUM: 'album',
  ALBUM_ARTIST: 'albumArtist',
  ALBUMARTIST: 'albumArtist',
  GENRE: 'genre',
  INITIAL_KEY: 'key',
  INITIALKEY: 'key',
  PART_NUMBER: 'trackNumber',
  TRACK: 'trackNumber',
  DATE: 'date',
  DATE_RELEASED: 'date',
  BPM: 'bpm',
  COMPOSER: 'composer',
  COMMENT: 'comment',
  GROUPING: 'grouping',
};

/** What the same names mean in a tag about the album. */
const ALBUM_FIELDS: Readonly<Record<string, StandardField>> = {
  ...SONG_FIELDS,
  TITLE: 'album',
  ARTIST: 'albumArtist',
  PART_NUMBER: 'discNumber',
  TOTAL_PARTS: 'trackTotal',
};

/** The text of an element, up to its first NUL. */
export const textOf = (source: ByteSource, element: Element): string =>
  source
    .read(element.dataStart, Math.min(element.end - element.dataStart, MAX_TEXT))
    .toString('utf8')
    .replace(/\0.*$/su, '');

function numberOf(source: ByteSource, element: Element): number {
  let value = 0;
  for (const byte of source.read(element.dataStart, Math.min(8, element.end - element.dataStart)))
    value = value * 256 + byte;
  return value;
}

/** Whether a tag's names mean the album. FFmpeg says nothing about the target and means the file. */
function isAboutAlbum(source: ByteSource, targets: Element | undefined): boolean {
  if (!targets) return false;
  const type = children(source, targets, MAX_TAGS).find(({ id }) => id === ID.targetTypeValue);
  return type !== undefined && numberOf(source, type) === ALBUM;
}

/**
 * What a Tags element says, by our field names; unknown names become `custom:…`.
 * @throws RefusedError where its elements do not nest properly
 */
export function readMatroskaTags(source: ByteSource, tags: Element): TagValues {
  const values: Partial<Record<FieldName, string[]>> = {};
  for (const tag of children(source, tags, MAX_TAGS).filter(({ id }) => id === ID.tag)) {
    const parts = children(source, tag, MAX_TAGS);
    const about = isAboutAlbum(
      source,
      parts.find(({ id }) => id === ID.targets),
    );
    const fields = about ? ALBUM_FIELDS : SONG_FIELDS;
    for (const simple of parts.filter(({ id }) => id === ID.simpleTag)) {
      const inner = children(source, simple, MAX_TAGS);
      const name = inner.find(({ id }) => id === ID.tagName);
      const text = inner.find(({ id }) => id === ID.tagString);
      if (!name || !text) continue;
      const spelled = textOf(source, name);
      const field: FieldName = fields[spelled.toUpperCase()] ?? `custom:${spelled}`;
      const value = textOf(source, text);
      if (spelled !== '' && value !== '') values[field] = [...(values[field] ?? []), value];
    }
  }
  return values;
}
