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

/**
 * Cuts a query into conditions at white space that is not quoted. `-` in front negates; `name:` in front names a
 * field. A quotation mark inside of a quotation is written twice.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const start = at;
    // A lone dash, as in “Artist - Title”, negates nothing.
    const not = text[at] === '-' && at + 1 < text.length && !/\s/.test(text[at + 1]!);
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
    } else while (at < text.length && !/\s/.test(text[at]!)) value += text[at++]!;
    at = Math.min(at, text.length);
    tokens.push({ start, end: at, not, field: name, value, valueStart, quoted, open });
  }
  return tokens;
}

/** A value as a query can hold it: in quotation marks where it has to be. */
export function quoted(value: string): string {
  return /^[^\s":]+$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}
