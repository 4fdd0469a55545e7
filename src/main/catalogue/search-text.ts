/**
 * An FTS5 query for words that a user typed: each must occur as a word or the start of one, in any column. Words
 * are quoted, so nothing in them is an operator; what the tokenizer splits (`AC/DC`) must stand together.
 * @returns null when there is nothing to look for: no word has a letter or a digit
 */
export function ftsQuery(text: string): string | null {
  // FTS5 reads its query as a C string: a NUL would end it inside a quotation.
  const words = text.replaceAll('\0', ' ').split(/\s+/u);
  // What the tokenizer counts as part of a word; a quoted word without any would match nothing at all.
  const terms = words.filter((word) => /[\p{L}\p{N}\p{Co}]/u.test(word));
  if (terms.length === 0) return null;
  return terms.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' AND ');
}
