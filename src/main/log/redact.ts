import { homedir } from 'node:os';

/** One entry is no longer than this: a log is read by people. */
const MAX_LENGTH = 4000;

/**
 * A text as it may stand in a log that its user attaches to a public report: the home folder is `~`, what looks like
 * the secret of `serve` is gone, and what could draw on a terminal or forge a line is escaped.
 */
export function redacted(text: string, home: string = homedir()): string {
  let clean = text;
  for (const folder of new Set([home, home.replaceAll('\\', '/')]))
    if (folder.length > 1) clean = clean.replaceAll(folder, '~');
  clean = clean
    .replaceAll(/(https?:\/\/[^\s#]*#)[\w-]{16,}/g, '$1…')
    .replaceAll(
      /[[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]--[\t\n]]/gv,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}
