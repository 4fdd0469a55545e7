import { keyIndex, keyOf } from '../../shared/music/key.ts';
import { displayPath } from '../../shared/path.ts';
import type { TagValues } from '../../shared/tags.ts';
import { foldText } from './search-text.ts';

/** Tags as the columns of `files` that lists show and filters test. */
export interface TagColumns {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly genre: string | null;
  readonly keyText: string | null;
  readonly key: number | null;
  readonly bpm: number | null;
  readonly year: number | null;
}

const joined = (values: readonly string[] | undefined, separator: string): string | null => {
  const text = values?.filter((value) => value.trim() !== '').join(separator) ?? '';
  return text === '' ? null : text;
};

/** The key that a key tag means, 0..23; null where it says none or nothing that we understand. */
export function keyOfTag(text: string | null): number | null {
  const key = text === null ? null : keyOf(text);
  return key === null ? null : keyIndex(key);
}

/** The genres of a file, one name each; a reader that did not split a joined value is forgiven. */
export function genresOf(tags: TagValues): readonly string[] {
  return (tags.genre ?? [])
    .flatMap((value) => value.split(/[;\0]/))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/**
 * What two spellings of one genre share: `Hip-Hop`, `hip hop` and `hiphop` are one, and so are `Drum & Bass` and
 * `drum and bass`.
 */
export function foldGenre(name: string): string {
  const lower = name.normalize('NFKD').toLowerCase();
  const folded = lower.replaceAll('&', 'and').replaceAll(/[^\p{L}\p{N}]+/gu, '');
  return folded === '' ? lower.trim() : folded;
}

/** First number of the tag, in a range that a tempo can have; decimal comma as in `127,5` is read too. */
function tempo(text: string | undefined): number | null {
  const value = Number.parseFloat((text ?? '').replace(',', '.'));
  return value > 0 && value < 1000 ? value : null;
}

/** The year of a date tag: its first four digits that stand together. */
function yearOf(text: string | undefined): number | null {
  const match = /(?<!\d)\d{4}(?!\d)/.exec(text ?? '');
  return match && match[0] !== '0000' ? Number(match[0]) : null;
}

export function tagColumns(tags: TagValues): TagColumns {
  const keyText = joined(tags.key, ' / ');
  return {
    title: joined(tags.title, ' / '),
    artist: joined(tags.artist, ', '),
    album: joined(tags.album, ' / '),
    genre: joined(tags.genre, '; '),
    keyText,
    // Several values: the first that is a key speaks.
    key: tags.key?.map(keyOfTag).find((key) => key !== null) ?? null,
    bpm: tempo(tags.bpm?.[0]),
    year: yearOf(tags.date?.[0]),
  };
}

/** The text of a file in the order of the columns of `file_text`. */
export function textColumns(path: string, tags: TagValues): readonly string[] {
  const words = (values: readonly string[] | undefined) => foldText(values?.join('\n') ?? '');
  return [
    words(tags.title),
    words(tags.artist),
    words(tags.album),
    words(tags.albumArtist),
    words(tags.genre),
    words(tags.comment),
    foldText(displayPath(path)),
  ];
}
