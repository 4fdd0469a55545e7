/** One condition as typed: where it stands, its field (as typed, without the colon), and what is asked of it. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly not: boolean;
  readonly field: string | null;
  /** Without its quotation marks. */
  readonly value: string;
  /** Where the value begins, quotation mark included. */
  readonly valueStart: number;
  readonly quoted: boolean;
  /** The quotation mark at its end is missing. */
  readonly open: boolean;
}

/** What stands between conditions. */
export interface Mark {
  readonly kind: 'open' | 'close' | 'or' | 'and' | 'not';
  readonly start: number;
  readonly end: number;
}

export type Piece = Mark | (Token & { readonly kind: 'condition' });

/** Parentheses within parentheses; further ones are letters of words. */
export const MAX_DEPTH = 5;

const OPERATORS: ReadonlyMap<string, 'or' | 'and' | 'not'> = new Map([
  ['OR', 'or'],
  ['AND', 'and'],
  ['NOT', 'not'],
]);

/** The conditions of a query, whatever stands between them. */
export function tokensOf(text: string): Token[] {
  return piecesOf(text).flatMap((piece) => (piece.kind === 'condition' ? [piece] : []));
}

/**
 * Cuts a query into conditions at white space that is not quoted, and at parentheses that group. `-` in front
 * negates; `name:` in front names a field. A quotation mark inside of a quotation is written twice. `OR`, `AND` and
 * `NOT` are operators in capitals only. A parenthesis inside of a word, or one that closes nothing, is a letter.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const start = at;
    const letter = text[at]!;
    if (/\s/.test(letter)) at++;
    else if (letter === ')' && depth > 0) {
      depth--;
      pieces.push({ kind: 'close', start, end: ++at });
    } else if (letter === '(' && depth < MAX_DEPTH) {
      depth++;
      pieces.push({ kind: 'open', start, end: ++at });
    } else if (letter === '-' && text[at + 1] === '(' && depth < MAX_DEPTH)
      pieces.push({ kind: 'not', start, end: ++at });
    else {
      const token = condition(text, at, depth > 0);
      at = token.end;
      const operator = token.not || token.quoted ? undefined : OPERATORS.get(text.slice(start, at));
      pieces.push(operator ? { kind: operator, start, end: at } : { kind: 'condition', ...token });
    }
  }
  return pieces;
}

function condition(text: string, start: number, grouped: boolean): Token {
  let at = start;
  // A lone dash, as in “Artist - Title”, negates nothing.
  const not = text[at] === '-' && at + 1 < text.length && !/[\s)]/.test(text[at + 1]!);
  if (not) at++;
  const name = /^[A-Za-z]+(?=:)/.exec(text.slice(at, at + 40))?.[0] ?? null;
  if (name !== null) at += name.length + 1;
  const valueStart = at;
  const quoted = text[at] === '"';
  let value = '';
  let open = false;
  if (quoted) {
    at++;
    for (;;) {
      if (at >= text.length) {
        open = true;
        break;
      }
      if (text[at] === '"') {
        if (text[at + 1] !== '"') break;
        at++;
      }
      value += text[at++]!;
    }
    at++;
  } else {
    let own = 0;
    while (at < text.length && !/\s/.test(text[at]!)) {
      if (text[at] === '(') own++;
      else if (text[at] === ')') {
        if (own === 0 && grouped) break;
        own--;
      }
      value += text[at++]!;
    }
  }
  at = Math.min(at, text.length);
  return { start, end: at, not, field: name, value, valueStart, quoted, open };
}

/** A value as a query can hold it: in quotation marks where it has to be. */
export function quoted(value: string): string {
  return /^[^\s":()]+$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}
