import { displayPath, pathToBytes } from '../../../shared/path.ts';

/** Markup that is finished: whatever goes into it by `html` was escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[] | null;

/**
 * Template for markup: text and numbers are escaped, finished markup goes in as it is. File names, labels and tags are
 * other people's text.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  parts.forEach((part, at) => {
    text += render(part) + strings[at + 1]!;
  });
  return new Markup(text);
}

function render(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map((each) => each.text).join('');
  return escapeText(String(part));
}

/** Text for an element or a quoted attribute. Characters that turn the direction of writing are shown as �. */
export function escapeText(text: string): string {
  return displayPath(text)
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** `file:` address of one of our paths, each byte that is not plain percent-encoded. */
export function fileAddress(path: string): string {
  const slashed = /^[A-Za-z]:[\\/]/.test(path) ? `/${path.replaceAll('\\', '/')}` : path;
  const encoded = Array.from(pathToBytes(slashed), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9/._~:-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
  return `file://${encoded}`;
}
