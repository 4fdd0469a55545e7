/** ID3's text encodings by their byte: Latin-1, UTF-16 with BOM, UTF-16BE, UTF-8 (the last two are v2.4's). */
export type TextEncoding = 0 | 1 | 2 | 3;

export type Id3Version = 2 | 3 | 4;

const isWide = (encoding: TextEncoding): boolean => encoding === 1 || encoding === 2;

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

/** Offset of the terminator at or after `at`, or the end of the bytes. */
function terminatorAt(bytes: Buffer, at: number, encoding: TextEncoding): number {
  if (!isWide(encoding)) {
    const end = bytes.indexOf(0, at);
    return end < 0 ? bytes.length : end;
  }
  for (let i = at; i + 1 < bytes.length; i += 2) if (bytes[i] === 0 && bytes[i + 1] === 0) return i;
  return bytes.length;
}

/** One string without its terminator. A UTF-16 string without BOM takes `bigEndian`. */
function decodeOne(bytes: Buffer, encoding: TextEncoding, bigEndian: boolean): string {
  if (encoding === 0) return bytes.toString('latin1');
  if (encoding === 3) return bytes.toString('utf8').replace(/^\ufeff/, '');
  const text = (bigEndian ? swapped(bytes) : bytes).toString('utf16le', 0, bytes.length & ~1);
  return text.replace(/^\ufeff/, '');
}

function isBigEndian(bytes: Buffer, at: number, encoding: TextEncoding, inherited: boolean): boolean {
  if (encoding === 2) return true;
  if (bytes[at] === 0xfe && bytes[at + 1] === 0xff) return true;
  if (bytes[at] === 0xff && bytes[at + 1] === 0xfe) return false;
  return inherited;
}

/** The encoding that a frame's first byte names; `null` where it names none. */
export function textEncoding(byte: number | undefined): TextEncoding | null {
  return byte === 0 || byte === 1 || byte === 2 || byte === 3 ? byte : null;
}

/** The terminated string at `at` and where the next one starts. */
export function readString(
  bytes: Buffer,
  at: number,
  encoding: TextEncoding,
  inherited = false,
): { readonly text: string; readonly next: number; readonly bigEndian: boolean } {
  const end = terminatorAt(bytes, at, encoding);
  const bigEndian = isBigEndian(bytes, at, encoding, inherited);
  const next = Math.min(bytes.length, end + (isWide(encoding) ? 2 : 1));
  return { text: decodeOne(bytes.subarray(at, end), encoding, bigEndian), next, bigEndian };
}

/**
 * The strings from `at` on, separated by NUL; empty ones are left out (terminators, and padding that some
 * software leaves). Latin-1 is taken at its word: what is really some other code page stays mojibake.
 */
export function readStrings(bytes: Buffer, at: number, encoding: TextEncoding): string[] {
  const texts: string[] = [];
  let bigEndian = false;
  while (at < bytes.length) {
    const one = readString(bytes, at, encoding, bigEndian);
    if (one.text !== '') texts.push(one.text);
    at = one.next;
    bigEndian = one.bigEndian;
  }
  return texts;
}

/** The strings of a text frame's body, encoding byte included. */
export function decodeTextFrame(body: Buffer): string[] {
  const encoding = textEncoding(body[0]);
  // Some early software left the encoding byte out.
  if (encoding === null) return readStrings(body, 0, 0);
  return readStrings(body, 1, encoding);
}

/** How we write texts into a tag of this version: ASCII as such; else UTF-8 in v2.4, UTF-16 with BOM before. */
export function encodingFor(version: Id3Version, texts: readonly string[]): TextEncoding {
  // Beyond ASCII, Latin-1 is read as the local code page by much software, so it is never written.
  if (texts.every((text) => /^[\x20-\x7e\t\r\n]*$/.test(text))) return 0;
  return version === 4 ? 3 : 1;
}

/** Text without terminator; UTF-16 with a BOM, little-endian, as Windows software expects it. */
export function encodeText(text: string, encoding: TextEncoding): Buffer {
  if (encoding === 0) return Buffer.from(text, 'latin1');
  if (encoding === 3) return Buffer.from(text, 'utf8');
  if (encoding === 2) return swapped(Buffer.from(text, 'utf16le'));
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
}

/** Text with its terminator. */
export function encodeTerminated(text: string, encoding: TextEncoding): Buffer {
  return Buffer.concat([encodeText(text, encoding), Buffer.alloc(isWide(encoding) ? 2 : 1)]);
}

/** The body of a text frame: encoding byte and one string (join several values before). */
export function encodeTextFrame(version: Id3Version, text: string): Buffer {
  const encoding = encodingFor(version, text.split('\0'));
  return Buffer.concat([Buffer.from([encoding]), encodeText(text, encoding)]);
}
