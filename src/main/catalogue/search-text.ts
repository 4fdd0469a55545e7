import type { QueryTerm, TextTermField } from '../../shared/query/terms.ts';

/** Letters that have no decomposition in Unicode, so that the tokenizer does not reduce them; people type the right. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'ss',
  æ: 'ae',
  Æ: 'ae',
  œ: 'oe',
  Œ: 'oe',
  ø: 'o',
  Ø: 'o',
  đ: 'd',
  Đ: 'd',
  ð: 'd',
  Ð: 'd',
  ł: 'l',
  Ł: 'l',
  þ: 'th',
  Þ: 'th',
  ħ: 'h',
  Ħ: 'h',
  ı: 'i',
};

/**
 * Text as it goes into the index and as it is looked up: compatibility forms (full-width letters, ligatures) made
 * plain, and letters that FTS5's `remove_diacritics` leaves. Case and accents are the tokenizer's work.
 */
export function foldText(text: string): string {
  return text.normalize('NFKC').replaceAll(/[ßẞæÆœŒøØđĐðÐłŁþÞħĦı]/g, (letter) => LETTERS[letter] ?? letter);
}

/** Words of a text as FTS5 is asked for them. */
export interface FtsQuery {
  readonly match: string;
  /** Every word is within the lengths that `file_text` keeps an index of prefixes for: single rows are quick to test. */
  readonly short: boolean;
}

/** Columns of `file_text` by our names of them. */
const TEXT_COLUMN: Readonly<Record<TextTermField, string>> = {
  title: 'title',
  artist: 'artist',
  album: 'album',
  albumArtist: 'album_artist',
  genre: 'genre',
  comment: 'comment',
  path: 'path',
};

/** An FTS5 query for one term; null when it has no letter or digit to look for. */
export function ftsTerm(term: Extract<QueryTerm, { kind: 'text' }>): FtsQuery | null {
  const found = term.exact ? phrase(foldText(term.text).replaceAll('\0', ' ')) : ftsQuery(term.text);
  if (found === null || term.field === undefined) return found;
  return { ...found, match: `{${TEXT_COLUMN[term.field]}} : (${found.match})` };
}

/** Whether the index of words alone can answer a term: words, or one of several groups of words. */
export function isTextual(term: QueryTerm): boolean {
  if (term.not) return false;
  return (
    term.kind === 'text' || (term.kind === 'any' && term.groups.every((group) => group.every(isTextual)))
  );
}

/** One for all of these terms (others are passed over); null when none has anything to look for. */
export function ftsTerms(terms: readonly QueryTerm[]): FtsQuery | null {
  return joined(terms.map(ftsOf), 'AND');
}

function ftsOf(term: QueryTerm): FtsQuery | null {
  if (term.kind === 'text') return ftsTerm(term);
  return term.kind === 'any' ? joined(term.groups.map(ftsTerms), 'OR') : null;
}

function joined(parts: readonly (FtsQuery | null)[], operator: 'AND' | 'OR'): FtsQuery | null {
  const found = parts.filter((part) => part !== null);
  if (found.length === 0) return null;
  return {
    match: found.map(({ match }) => `(${match})`).join(` ${operator} `),
    short: found.every(({ short }) => short),
  };
}

const phrase = (text: string): FtsQuery | null =>
  /[\p{L}\p{N}\p{Co}]/u.test(text) ? { match: `"${text.replaceAll('"', '""')}"`, short: false } : null;

/** `prefix = '1 2 3'` in the migration. */
const INDEXED_PREFIX = /^[\p{L}\p{N}]{1,3}$/u;

/**
 * An FTS5 query for words that a user typed: each must occur as a word or the start of one, in any column. Words
 * are quoted, so nothing in them is an operator; what the tokenizer splits (`AC/DC`) must stand together.
 * @returns null when there is nothing to look for: no word has a letter or a digit
 */
export function ftsQuery(text: string): FtsQuery | null {
  // FTS5 reads its query as a C string: a NUL would end it inside a quotation.
  const words = foldText(text).replaceAll('\0', ' ').split(/\s+/u);
  // What the tokenizer counts as part of a word. A quotation without any would match nothing, whatever stands beside.
  const terms = words.filter((word) => /[\p{L}\p{N}\p{Co}]/u.test(word));
  if (terms.length === 0) return null;
  return {
    match: terms.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' AND '),
    short: terms.every((word) => INDEXED_PREFIX.test(word)),
  };
}
