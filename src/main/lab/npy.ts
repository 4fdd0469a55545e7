import { CratewiseError } from '../../shared/errors.ts';

/** A file that is no array, or one that we don't read. */
export class ArrayFileError extends CratewiseError {
  override readonly name = 'ArrayFileError';

  constructor(message: string, options?: ErrorOptions) {
    super('bad-array-file', message, options);
  }
}

/** An array of numbers or of texts; `data` in row-major order, `shape` empty for a single value. */
export type NpyArray =
  | { readonly kind: 'number'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly kind: 'text'; readonly shape: readonly number[]; readonly data: readonly string[] };

const MAGIC = '\x93NUMPY';
const MAX_HEADER = 65_536;
const MAX_DIMENSIONS = 8;

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number;

const NUMBERS: Readonly<Record<string, ReadNumber>> = {
  b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => safe(view.getBigInt64(at, little)),
  u8: (view, at, little) => safe(view.getBigUint64(at, little)),
  f2: (view, at, little) => view.getFloat16(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/**
 * Reads NumPy's `.npy` (format versions 1 to 3): numbers of every usual width and fixed-width text. Arrays of
 * Python objects are pickles, programs in effect, and are refused.
 * @throws ArrayFileError where the header lies about the size, or names a type that we don't read
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { descr, fortranOrder, shape, dataAt } = readHeader(bytes);
  const type = /^([<>|=])([biufU])(\d{1,6})$/.exec(descr);
  if (!type) throw new ArrayFileError(`Arrays of type ${JSON.stringify(descr)} are not read.`);
  const [, order, letter, digits] = type;
  const little = order !== '>';
  const itemSize = letter === 'U' ? Number(digits) * 4 : Number(digits);
  const count = shape.reduce((product, length) => product * length, 1);
  // Checked before anything is allocated: the file itself bounds the array.
  if (!Number.isSafeInteger(count * itemSize) || dataAt + count * itemSize !== bytes.length) {
    throw new ArrayFileError(
      `The array should hold ${count} values of ${itemSize} bytes, but has ${bytes.length - dataAt} bytes.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataAt, count * itemSize);
  const place = fortranOrder ? fromColumnMajor(shape) : (index: number) => index;

  if (letter === 'U') {
    const text = Array.from({ length: itemSize === 0 ? 0 : count }, (_, index) =>
      readText(view, place(index) * itemSize, itemSize, little),
    );
    return { kind: 'text', shape, data: text };
  }
  const read = NUMBERS[`${letter}${digits}`];
  if (!read) throw new ArrayFileError(`Arrays of type ${JSON.stringify(descr)} are not read.`);
  const data = new Float64Array(count);
  for (let index = 0; index < count; index++) data[index] = read(view, place(index) * itemSize, little);
  return { kind: 'number', shape, data };
}

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataAt: number;
}

/** The header is a Python literal; NumPy writes it in one form, and only that is understood. */
function readHeader(bytes: Uint8Array): Header {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < 12) throw new ArrayFileError('The file is not a NumPy array.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6]!;
  if (major < 1 || major > 3) throw new ArrayFileError(`NumPy format version ${major} is not read.`);
  const headerAt = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER || headerAt + length > bytes.length) {
    throw new ArrayFileError("The array's header does not fit the file.");
  }
  const text = String.fromCharCode(...bytes.subarray(headerAt, headerAt + length));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortranOrder = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shapeText = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortranOrder === undefined || shapeText === undefined) {
    throw new ArrayFileError("The array's header is not understood.");
  }
  const shape = shapeText
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (shape.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger)) {
    throw new ArrayFileError("The array's shape is not one that we read.");
  }
  return { descr, fortranOrder: fortranOrder === 'True', shape, dataAt: headerAt + length };
}

/** Row-major index → the place of that element in column-major data. */
function fromColumnMajor(shape: readonly number[]): (index: number) => number {
  return (index) => {
    let rest = index;
    let place = 0;
    let stride = shape.reduce((product, length) => product * length, 1);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis]!;
      place += (rest % shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
    }
    return place;
  };
}

function readText(view: DataView, at: number, itemSize: number, little: boolean): string {
  let text = '';
  for (let offset = 0; offset < itemSize; offset += 4) {
    const codePoint = view.getUint32(at + offset, little);
    if (codePoint === 0) break;
    if (codePoint > 0x10ffff) throw new ArrayFileError('A text in the array is not Unicode.');
    text += String.fromCodePoint(codePoint);
  }
  return text;
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new ArrayFileError('A whole number in the array is too large.');
  return number;
}
