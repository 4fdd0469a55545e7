import { type CompatibilityRule, compatibleKeys, DEFAULT_RULE } from '../music/compatible.ts';
import { keyIndex, keyOf } from '../music/key.ts';
import { TAG_FIELDS } from '../tags.ts';
import { type QueryField, queryField } from './fields.ts';
import { all, any, type Group, opposite } from './groups.ts';
import { type Piece, piecesOf, type Token } from './lex.ts';
import { type MissingOf, type QueryTerm, type Range, type RangeOf, STATE_TERMS } from './terms.ts';

/** Why a condition can't be understood; texts are the user interface's business. */
export type QueryProblemCode =
  | 'empty'
  | 'no-key'
  | 'no-number'
  | 'no-duration'
  | 'no-field'
  | 'no-task'
  | 'no-state'
  /** An `OR`, `AND` or `NOT` with nothing beside it; `value` is the operator. */
  | 'alone';

export interface QueryProblem {
  readonly code: QueryProblemCode;
  /** Where in the text. */
  readonly start: number;
  readonly end: number;
  /** The field as typed, and what was asked of it. */
  readonly field: string;
  readonly value: string;
}

export interface ParsedQuery {
  /** Every condition must hold. */
  readonly terms: readonly QueryTerm[];
  /** Conditions that were left out, and why. */
  readonly problems: readonly QueryProblem[];
}

/** What a query depends on beside its text. */
export interface QueryContext {
  /** Which keys `~` adds. */
  readonly rule?: CompatibilityRule;
}

/**
 * Understands a query as people type it: words (`-word` without it, `"these words"` as they stand), and conditions
 * like `key:8A~` (and what mixes with it), `genre:techno,house`, `bpm:>120`, `bpm:120-128`, `length:<6:00`,
 * `missing:key`, `conf:<.6`, `is:edited`. All of them hold; `OR` between two asks for one of them, and reaches as far
 * as the parentheses around it: `a b OR c` is `(a b) OR c`. Words before a colon that name no field are words. Never
 * throws.
 */
export function parseQuery(text: string, { rule = DEFAULT_RULE }: QueryContext = {}): ParsedQuery {
  const parser = new Parser(text, rule);
  return { terms: parser.alternatives() ?? [], problems: parser.problems };
}

/** Recursive descent; `null` where nothing stands. */
class Parser {
  readonly problems: QueryProblem[] = [];
  readonly #text: string;
  readonly #rule: CompatibilityRule;
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(text: string, rule: CompatibilityRule) {
    this.#text = text;
    this.#rule = rule;
    this.#pieces = piecesOf(text);
  }

  /** What stands between `OR`s. */
  alternatives(): Group | null {
    const groups: Group[] = [];
    let before = this.#conditions();
    if (before) groups.push(before);
    for (let piece = this.#pieces[this.#at]; piece?.kind === 'or'; piece = this.#pieces[this.#at]) {
      this.#at++;
      const behind = this.#conditions();
      if (!before || !behind) this.#alone(piece);
      if (behind) groups.push(behind);
      before = behind ?? before;
    }
    return groups.length === 0 ? null : any(groups);
  }

  /** What stands beside each other, until an `OR` or the end of the parentheses. */
  #conditions(): Group | null {
    const parts: Group[] = [];
    for (let piece = this.#pieces[this.#at]; piece; piece = this.#pieces[this.#at]) {
      if (piece.kind === 'or' || piece.kind === 'close') break;
      if (piece.kind === 'and') {
        this.#at++;
        const next = this.#pieces[this.#at];
        if (parts.length === 0 || !next || next.kind === 'or' || next.kind === 'close') this.#alone(piece);
        continue;
      }
      const one = this.#one();
      if (one) parts.push(one);
    }
    return parts.length === 0 ? null : all(parts);
  }

  #one(): Group | null {
    const piece = this.#pieces[this.#at]!;
    if (piece.kind === 'not') {
      // However many stand in a row.
      let negated = true;
      let next = this.#pieces[++this.#at];
      for (; next?.kind === 'not'; next = this.#pieces[++this.#at]) negated = !negated;
      if (!next || next.kind === 'or' || next.kind === 'and' || next.kind === 'close') {
        this.#alone(piece);
        return null;
      }
      const one = this.#one();
      return one && negated ? opposite(one) : one;
    }
    this.#at++;
    if (piece.kind === 'open') {
      const inner = this.alternatives();
      if (this.#pieces[this.#at]?.kind === 'close') this.#at++;
      return inner;
    }
    return piece.kind === 'condition' ? this.#term(piece) : null;
  }

  #term(token: Token): Group | null {
    const found = termOf(token, this.#text, this.#rule);
    if (typeof found !== 'string') return found.length === 0 ? null : found;
    const { start, end, field, value } = token;
    this.problems.push({ code: found, start, end, field: field ?? '', value });
    return null;
  }

  #alone({ start, end }: { readonly start: number; readonly end: number }): void {
    this.problems.push({ code: 'alone', start, end, field: '', value: this.#text.slice(start, end) });
  }
}

function termOf(
  token: Token,
  text: string,
  rule: CompatibilityRule,
): readonly QueryTerm[] | QueryProblemCode {
  const negated = token.not ? { not: true } : {};
  const known = token.field === null ? undefined : queryField(token.field);
  if (!known) {
    // `Re:Zero` is a title, not a field.
    const words =
      token.field === null ? token.value : text.slice(token.start + (token.not ? 1 : 0), token.end);
    return words.trim() === ''
      ? []
      : [
          {
            ...negated,
            kind: 'text',
            text: words,
            ...(token.quoted && token.field === null ? { exact: true } : {}),
          },
        ];
  }
  if (token.value.trim() === '') return 'empty';
  const inner = valueTerm(known, token, rule);
  if (typeof inner === 'string') return inner;
  // What is not had is missing.
  const { not, ...plain } = inner;
  return [token.not === (not ?? false) ? plain : { not: true, ...plain }];
}

function valueTerm(
  field: QueryField,
  { value, quoted }: Token,
  rule: CompatibilityRule,
): QueryTerm | QueryProblemCode {
  switch (field.kind) {
    case 'text':
      return { kind: 'text', field: field.field, text: value, ...(quoted ? { exact: true } : {}) };
    case 'genre':
      return { kind: 'genre', genres: quoted ? [value.trim()] : list(value) };
    case 'key': {
      const keys = quoted ? keysOf(value, rule) : list(value).flatMap((one) => keysOf(one, rule) ?? [null]);
      return keys === null || keys.includes(null)
        ? 'no-key'
        : { kind: 'key', keys: [...new Set(keys.filter((key) => key !== null))] };
    }
    case 'range': {
      const range = rangeOf(field.of, value);
      if (range) return { kind: 'range', of: field.of, ...range };
      return field.of === 'duration' ? 'no-duration' : 'no-number';
    }
    case 'missing':
    case 'has': {
      const named = fieldOf(value);
      if (named === null) return 'no-field';
      return { kind: 'missing', field: named, ...(field.kind === 'has' ? { not: true } : {}) };
    }
    case 'differs': {
      const task = value.toLowerCase();
      return task === 'key' || task === 'genre' || task === 'any' ? { kind: 'differs', task } : 'no-task';
    }
    case 'is': {
      const state = STATE_TERMS.find((one) => one === value.toLowerCase());
      return state ? { kind: 'is', state } : 'no-state';
    }
    case 'format':
      return { kind: 'format', format: value.replace(/^\./, '') };
  }
}

/** Parts between commas. */
const list = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Indices of a key, with `~` behind it also of those that mix with it; null for what is no key. */
function keysOf(text: string, rule: CompatibilityRule): number[] | null {
  const mixing = text.endsWith('~');
  const key = keyOf(mixing ? text.slice(0, -1) : text);
  if (!key) return null;
  return mixing ? compatibleKeys(key, rule).map((one) => keyIndex(one.key)) : [keyIndex(key)];
}

function fieldOf(text: string): MissingOf | null {
  const name = { year: 'date', track: 'trackNumber', disc: 'discNumber' }[text.toLowerCase()] ?? text;
  return TAG_FIELDS.find((field) => field.toLowerCase() === name.toLowerCase()) ?? null;
}

/** `>120`, `>=120`, `<.6`, `120-128`, `128`; lengths as `6:30` or seconds, times ago as `7d`, `2w`, `3m`, `1y`. */
function rangeOf(of: RangeOf, text: string): Range | null {
  const compared = /^(>=|<=|>|<|=)?(.+)$/.exec(text);
  if (!compared) return null;
  const [, operator, rest] = compared as unknown as [string, string | undefined, string];
  if (operator === undefined) {
    const between = /^([^-]+)(?:-|\.\.)([^-]+)$/.exec(rest);
    if (between) {
      const [from, to] = [numberOf(of, between[1]!), numberOf(of, between[2]!)];
      return from === null || to === null ? null : { min: Math.min(from, to), max: Math.max(from, to) };
    }
  }
  const number = numberOf(of, rest);
  if (number === null) return null;
  if (operator === '>') return { above: number };
  if (operator === '<') return { below: number };
  if (operator === '>=') return { min: number };
  if (operator === '<=') return { max: number };
  // A tempo of 128 is what a display would round to it.
  if (of === 'bpm' && Number.isInteger(number)) return { min: number - 0.5, below: number + 0.5 };
  // “Added 7d” means within.
  if (of === 'added') return { max: number };
  return { min: number, max: number };
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 };

function numberOf(of: RangeOf, text: string): number | null {
  if (of === 'duration') {
    const clock = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)$/.exec(text);
    if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  }
  if (of === 'added') {
    const ago = /^(\d{1,5})([dwmy])$/i.exec(text);
    if (ago) return Number(ago[1]) * DAYS[ago[2]!.toLowerCase()]!;
  }
  const percent = text.endsWith('%') && /confidence/i.test(of);
  const digits = percent ? text.slice(0, -1) : text;
  if (!/^(?:\d{1,9}(?:[.,]\d{0,9})?|[.,]\d{1,9})$/.test(digits)) return null;
  const number = Number(digits.replace(',', '.'));
  return percent ? number / 100 : number;
}
