import { ID3V1_GENRES } from '../../../../shared/music/genre.ts';
import type { Id3Version } from './text.ts';

/** The name that a reference stands for (ID3v2.3 §4.2.1 TCON); none for 255, "no genre" in ID3v1. */
function resolve(reference: string): string[] {
  if (reference === 'RX') return ['Remix'];
  if (reference === 'CR') return ['Cover'];
  if (reference === '255') return [];
  return [ID3V1_GENRES[Number(reference)] ?? reference];
}

/**
 * Genres of a TCON frame: references resolved (`(17)`, `17`, `(4)Eurodisco`, `(51)(39)`, `RX`), `((` is a real
 * parenthesis before v2.4. A refinement that repeats its reference (`(17)Rock`) counts once.
 */
export function parseGenres(texts: readonly string[], version: Id3Version): string[] {
  return [...new Set(texts.flatMap((text) => parseGenre(text.trim(), version)))];
}

function parseGenre(text: string, version: Id3Version): string[] {
  if (/^(\d{1,3}|RX|CR)$/.test(text)) return resolve(text);
  const names: string[] = [];
  let rest = text;
  for (let match = /^\((\d{1,3}|RX|CR)\)/.exec(rest); match; match = /^\((\d{1,3}|RX|CR)\)/.exec(rest)) {
    names.push(...resolve(match[1]!));
    rest = rest.slice(match[0].length).trim();
  }
  if (version < 4 && rest.startsWith('((')) rest = rest.slice(1);
  return rest === '' ? names : [...names, rest];
}

/** A genre as the frame has it: before v2.4 a leading parenthesis is doubled, or it would be a reference. */
export function printGenre(genre: string, version: Id3Version): string {
  return version < 4 && genre.startsWith('(') ? `(${genre}` : genre;
}
