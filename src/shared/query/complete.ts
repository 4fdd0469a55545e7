import { formatKey, KEY_LABELS, type KeyNotation, keyFromIndex } from '../music/key.ts';
import { TAG_FIELDS } from '../tags.ts';
import { OFFERED_FIELDS, OFFERED_STATES, QUERY_FIELDS, queryField } from './fields.ts';
import { quoted, tokensOf } from './lex.ts';

/** One way to go on; taking it replaces the text from `start` to `end` by `insert`. */
export interface Completion {
  readonly insert: string;
  readonly start: number;
  readonly end: number;
  /** What is offered; `field` names still want a value. */
  readonly kind: 'field' | 'value' | 'operator';
  /** For a field: its name without the colon. Else the value or the operator itself. */
  readonly name: string;
  /** The field that a value is for. */
  readonly field: string | null;
}

/** What is known of the library. */
export interface Known {
  /** Most frequent first. */
  readonly genres: readonly string[];
  readonly notation: KeyNotation;
}

const OFFERED = 8;
/** In capitals, as they are written. */
const OPERATORS = ['OR', 'NOT', 'AND'];
/** Ways to go on where there is no end of values. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  bpm: ['>120', '120-128', '<100'],
  year: ['>=2020', '1990-1999'],
  length: ['<6:00', '>10:00'],
  conf: ['<.6', '>=.8'],
  keyconf: ['<.6', '>=.8'],
  genreconf: ['<.6', '>=.8'],
  added: ['<7d', '<1m'],
  format: ['mp3', 'flac', 'm4a', 'ogg', 'opus', 'wav', 'aiff'],
  differs: ['any', 'key', 'genre'],
  is: OFFERED_STATES,
  missing: ['key', 'genre', ...TAG_FIELDS.filter((field) => field !== 'key' && field !== 'genre')],
  has: ['key', 'genre', ...TAG_FIELDS.filter((field) => field !== 'key' && field !== 'genre')],
};

/** What could be meant at the caret, best first: names of fields, or values of the one that stands there. */
export function completionsAt(text: string, caret: number, known: Known): Completion[] {
  const token = tokensOf(text).find(({ start, end }) => start < caret && caret <= end);
  if (!token || (token.field === null && token.quoted)) return [];
  const end = token.end;
  if (token.field === null) {
    const start = token.start + (token.not ? 1 : 0);
    const raw = text.slice(start, caret);
    const typed = raw.toLowerCase();
    if (typed === '') return [];
    const operators = OPERATORS.filter((name) => !token.not && name.startsWith(raw) && name !== raw).map(
      (name): Completion => ({ insert: `${name} `, start, end, kind: 'operator', name, field: null }),
    );
    const fields = OFFERED_FIELDS.filter((name) => name.startsWith(typed) && name !== typed)
      .slice(0, OFFERED)
      .map((name): Completion => ({ insert: `${name}:`, start, end, kind: 'field', name, field: null }));
    return [...operators, ...fields];
  }
  if (caret < token.valueStart) return [];
  const field = token.field.toLowerCase();
  const meaning = queryField(field);
  if (!meaning) return [];
  const typed = text.slice(token.valueStart, caret).replace(/^"/, '').toLowerCase();
  // Of several values, the last.
  const comma = token.quoted ? -1 : typed.lastIndexOf(',');
  const start = token.valueStart + (comma >= 0 ? comma + 1 : 0);
  const part = typed.slice(comma + 1);
  const value = (name: string): Completion => ({
    insert: `${quoted(name)} `,
    start,
    end,
    kind: 'value',
    name,
    field,
  });
  return valuesOf(field, meaning.kind, known)
    .filter((name) => name.toLowerCase().startsWith(part) && name.toLowerCase() !== part)
    .slice(0, OFFERED)
    .map(value);
}

function valuesOf(field: string, kind: string, { genres, notation }: Known): readonly string[] {
  if (kind === 'genre') return genres;
  if (kind === 'key') {
    const keys = KEY_LABELS.map((_, index) => formatKey(keyFromIndex(index), notation)).sort(
      new Intl.Collator('en', { numeric: true }).compare,
    );
    return keys.flatMap((key) => [key, `${key}~`]);
  }
  const offered = Object.keys(EXAMPLES).find(
    (name) => JSON.stringify(QUERY_FIELDS[name]) === JSON.stringify(QUERY_FIELDS[field]),
  );
  return offered === undefined ? [] : EXAMPLES[offered]!;
}
