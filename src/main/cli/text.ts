import stringWidth from 'string-width';
import { displayPath } from '../../shared/path.ts';

export { clock } from '../../shared/clock.ts';

/**
 * Text of a file or a tag, made safe for a terminal: control characters (escape sequences among them) and the
 * marks that turn the writing direction become U+FFFD.
 */
export function safeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
  return displayPath(text).replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes in a terminal: East Asian wide characters and emoji count two. */
export const textWidth = stringWidth;

/** `text` in exactly `width` columns: padded, or cut with an ellipsis at the end (or, for paths, at the start). */
export function fitWidth(text: string, width: number, keep: 'start' | 'end' = 'start'): string {
  const total = textWidth(text);
  if (total <= width) return text + ' '.repeat(width - total);
  const segments = [...segmenter.segment(text)].map(({ segment }) => segment);
  if (keep === 'end') segments.reverse();
  let used = 1;
  const kept: string[] = [];
  for (const segment of segments) {
    const columns = textWidth(segment);
    if (used + columns > width) break;
    kept.push(segment);
    used += columns;
  }
  const padding = ' '.repeat(width - used);
  return keep === 'end' ? `…${kept.reverse().join('')}${padding}` : `${kept.join('')}…${padding}`;
}

/** `83 %`, for people. */
export function percent(probability: number): string {
  return `${Math.round(probability * 100)} %`;
}

/** `1 file`, `12,345 files`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
