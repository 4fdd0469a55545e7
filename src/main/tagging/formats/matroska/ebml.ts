import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';

/** One EBML element; offsets in the file. */
export interface Element {
  readonly id: number;
  readonly start: number;
  readonly dataStart: number;
  /** Where its payload ends; the end of its parent where the size is unknown (a live recording). */
  readonly end: number;
  readonly unknownSize: boolean;
}

/** Element ids, marker bits included, as in the Matroska specification (RFC 9559, section 5). */
export const ID = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  info: 0x1549a966,
  title: 0x7ba9,
  cluster: 0x1f43b675,
  tags: 0x1254c367,
  tag: 0x7373,
  targets: 0x63c0,
  targetTypeValue: 0x68ca,
  simpleTag: 0x67c8,
  tagName: 0x45a3,
  tagString: 0x4487,
} as const;

/** Id (up to 4 bytes) and size (up to 8). */
const MAX_HEAD = 12;

/**
 * The element that starts at `at`.
 * @param limit end of the parent
 * @throws RefusedError where no element can start, or it reaches past its parent
 */
export function readElement(source: ByteSource, at: number, limit: number): Element {
  const bytes = source.read(at, Math.min(MAX_HEAD, limit - at));
  const idLength = vintLength(bytes[0] ?? 0);
  const sizeLength = vintLength(bytes[idLength] ?? 0);
  if (idLength > 4 || sizeLength > 8 || bytes.length < idLength + sizeLength)
    throw new RefusedError(`The Matroska file is damaged at byte ${at}.`);
  const dataStart = at + idLength + sizeLength;
  const mark = 1 << (8 - sizeLength);
  let size = (bytes[idLength] ?? 0) & (mark - 1);
  let ones = size === mark - 1;
  for (const byte of bytes.subarray(idLength + 1, idLength + sizeLength)) {
    size = size * 256 + byte;
    ones &&= byte === 0xff;
  }
  const end = ones ? limit : dataStart + size;
  if (end > limit) throw new RefusedError('The Matroska file ends too early; it looks cut short.');
  return { id: bytes.readUIntBE(0, idLength), start: at, dataStart, end, unknownSize: ones };
}

/** Length of a variable-size integer by its first byte: one more than its leading zeros; 9 for a zero byte. */
const vintLength = (byte: number): number => Math.clz32(byte) - 23;

/**
 * The children of an element, in order.
 * @throws RefusedError where they do not fill it, or are implausibly many
 */
export function children(
  source: ByteSource,
  parent: Pick<Element, 'dataStart' | 'end'>,
  max: number,
): Element[] {
  const found: Element[] = [];
  for (let at = parent.dataStart; at < parent.end; ) {
    if (found.length === max) throw new RefusedError('The Matroska file has too many elements.');
    const element = readElement(source, at, parent.end);
    found.push(element);
    at = element.end;
  }
  return found;
}
