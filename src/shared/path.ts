/**
 * File names are bytes on Linux and need not be UTF-8. Inside Cratewise a path is an ordinary, well-formed
 * string in which each byte that is not part of valid UTF-8 stands as one private-use character U+EF00+byte;
 * the same characters, where a name really contains them, are escaped too, so the mapping is reversible.
 * (The idea of MirBSD's OPTU-8/16. A lone surrogate, Python's way, does not survive SQLite and JSON.)
 */
const ESCAPE = 0xef00;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const isEscape = (codePoint: number): boolean => codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xff;

/** Length of the valid UTF-8 sequence at `at`, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    const text = decoder.decode(bytes.subarray(at, at + length));
    return isEscape(text.codePointAt(0) ?? 0) ? 0 : length;
  } catch {
    return 0;
  }
}

/**
 * Our string for a path as the file system gave it.
 * @param bytes raw bytes of the path
 */
export function pathFromBytes(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes);
    if (!hasEscape(text)) return text;
  } catch {
    // Not UTF-8 as a whole: go byte by byte.
  }
  let path = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      path += String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
      at += 1;
    } else {
      path += decoder.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return path;
}

/** Whether a path holds bytes that are no text, so that only `pathToBytes` names the file. */
export function hasEscape(path: string): boolean {
  return /[\uef80-\uefff]/.test(path);
}

/** The bytes that name the file of one of our paths: the inverse of `pathFromBytes`. */
export function pathToBytes(path: string): Uint8Array {
  if (!hasEscape(path)) return encoder.encode(path);
  const bytes: number[] = [];
  for (const character of path) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (isEscape(codePoint)) bytes.push(codePoint - ESCAPE);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** A path for people: bytes that are no text show as U+FFFD. */
export function displayPath(path: string): string {
  return path.replace(/[\uef80-\uefff]/g, '\ufffd');
}
