import type { ByteReader } from '../reader.ts';
import { type ByteRange, clip } from './payload.ts';

/** No honest file has more boxes or chunks on its top level; hours of fragmented MP4 stay below. */
const MAX_CHUNKS = 200_000;

type Ranges = Promise<readonly ByteRange[] | undefined>;

const orNothing = (ranges: readonly ByteRange[]): readonly ByteRange[] | undefined =>
  ranges.length > 0 ? ranges : undefined;

function push(ranges: ByteRange[], start: number, end: number, size: number): void {
  const range = clip(start, end, size);
  if (range) ranges.push(range);
}

/** Every `mdat` box. ISO/IEC 14496-12 §4.2: size 0 = to the end of the file, 1 = 64-bit size behind the type. */
export async function locateMp4(reader: ByteReader, start: number): Ranges {
  const ranges: ByteRange[] = [];
  let at = start;
  for (let i = 0; i < MAX_CHUNKS && at + 8 <= reader.size; i++) {
    const head = await reader.read(at, 16);
    if (head.length < 8) break;
    let length = head.readUInt32BE(0);
    let header = 8;
    if (length === 0) length = reader.size - at;
    else if (length === 1) {
      if (head.length < 16) break;
      length = Number(head.readBigUInt64BE(8));
      header = 16;
    }
    if (length < header) break;
    if (head.toString('latin1', 4, 8) === 'mdat') push(ranges, at + header, at + length, reader.size);
    at += length;
  }
  return orNothing(ranges);
}

/** The `data` chunks of RIFF, RIFX, RF64 and BW64 WAVE (EBU Tech 3306: sizes of 0xFFFFFFFF stand in `ds64`). */
export async function locateWave(reader: ByteReader, start: number): Ranges {
  const head = await reader.read(start, 12);
  const bigEndian = head.toString('latin1', 0, 4) === 'RIFX';
  const ranges: ByteRange[] = [];
  let dataSize64 = Number.POSITIVE_INFINITY;
  let at = start + 12;
  for (let i = 0; i < MAX_CHUNKS && at + 8 <= reader.size; i++) {
    const chunk = await reader.read(at, 24);
    if (chunk.length < 8) break;
    const id = chunk.toString('latin1', 0, 4);
    let length = bigEndian ? chunk.readUInt32BE(4) : chunk.readUInt32LE(4);
    if (id === 'ds64' && chunk.length >= 24) dataSize64 = Number(chunk.readBigUInt64LE(16));
    if (id === 'data') {
      if (length === 0xffff_ffff) length = Math.min(dataSize64, reader.size - at - 8);
      push(ranges, at + 8, at + 8 + length, reader.size);
    }
    at += 8 + length + (length % 2);
  }
  return orNothing(ranges);
}

/** The sound data of AIFF and AIFF-C: `SSND` without its offset and block size. */
export async function locateAiff(reader: ByteReader, start: number): Ranges {
  const ranges: ByteRange[] = [];
  let at = start + 12;
  for (let i = 0; i < MAX_CHUNKS && at + 8 <= reader.size; i++) {
    const chunk = await reader.read(at, 8);
    if (chunk.length < 8) break;
    const length = chunk.readUInt32BE(4);
    if (chunk.toString('latin1', 0, 4) === 'SSND') push(ranges, at + 16, at + 8 + length, reader.size);
    at += 8 + length + (length % 2);
  }
  return orNothing(ranges);
}

/** DSDIFF: the `DSD ` or `DST ` chunk, sizes in 64 bits. */
export async function locateDsdiff(reader: ByteReader, start: number): Ranges {
  const ranges: ByteRange[] = [];
  let at = start + 16;
  for (let i = 0; i < MAX_CHUNKS && at + 12 <= reader.size; i++) {
    const chunk = await reader.read(at, 12);
    if (chunk.length < 12) break;
    const length = Number(chunk.readBigUInt64BE(4));
    const id = chunk.toString('latin1', 0, 4);
    if (id === 'DSD ' || id === 'DST ') push(ranges, at + 12, at + 12 + length, reader.size);
    at += 12 + length + (length % 2);
  }
  return orNothing(ranges);
}

/** DSF: the `data` chunk, whose size counts its own 12-byte header. */
export async function locateDsf(reader: ByteReader, start: number): Ranges {
  const ranges: ByteRange[] = [];
  let at = start;
  for (let i = 0; i < MAX_CHUNKS && at + 12 <= reader.size; i++) {
    const chunk = await reader.read(at, 12);
    if (chunk.length < 12) break;
    const length = Number(chunk.readBigUInt64LE(4));
    if (length < 12) break;
    if (chunk.toString('latin1', 0, 4) === 'data') push(ranges, at + 12, at + length, reader.size);
    at += length;
  }
  return orNothing(ranges);
}

const ASF_DATA = Buffer.from('3626b2758e66cf11a6d900aa0062ce6c', 'hex');

/** ASF: the packets of the data object (GUID, size, file id, packet count, reserved = 50 bytes of header). */
export async function locateAsf(reader: ByteReader, start: number): Ranges {
  const ranges: ByteRange[] = [];
  let at = start;
  for (let i = 0; i < MAX_CHUNKS && at + 24 <= reader.size; i++) {
    const head = await reader.read(at, 24);
    if (head.length < 24) break;
    let length = Number(head.readBigUInt64LE(16));
    const isData = head.subarray(0, 16).equals(ASF_DATA);
    // A live stream's data object may say 0: it goes on to the end.
    if (isData && length < 50) length = reader.size - at;
    if (length < 24) break;
    if (isData) push(ranges, at + 50, at + length, reader.size);
    at += length;
  }
  return orNothing(ranges);
}

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
/** What may stand beside clusters: the next of them ends a cluster of unknown size. RFC 9559 §5. */
const MAX_CLUSTERS = 20_000;

interface EbmlElement {
  readonly id: number;
  readonly body: number;
  /** Infinity where the size is unknown. */
  readonly length: number;
}

async function ebmlElement(reader: ByteReader, at: number): Promise<EbmlElement | undefined> {
  const bytes = await reader.read(at, 12);
  const idLength = vintLength(bytes[0]);
  if (idLength === 0 || idLength > 4 || bytes.length <= idLength) return undefined;
  const sizeLength = vintLength(bytes[idLength]);
  if (sizeLength === 0 || bytes.length < idLength + sizeLength) return undefined;
  let length = bytes[idLength]! & (0xff >> sizeLength);
  let allOnes = length === 0xff >> sizeLength;
  for (let i = 1; i < sizeLength; i++) {
    const byte = bytes[idLength + i]!;
    allOnes &&= byte === 0xff;
    length = length * 256 + byte;
  }
  const body = at + idLength + sizeLength;
  return { id: bytes.readUIntBE(0, idLength), body, length: allOnes ? Number.POSITIVE_INFINITY : length };
}

/** Length in bytes of an EBML variable-size integer, from its first byte; 0 where it is none. */
function vintLength(first: number | undefined): number {
  return first === undefined || first === 0 ? 0 : Math.clz32(first) - 23;
}

/** Matroska and WebM: the clusters of the first segment. One of unknown size counts to the end of the file. */
export async function locateMatroska(reader: ByteReader, start: number): Ranges {
  const header = await ebmlElement(reader, start);
  if (!header || !Number.isFinite(header.length)) return undefined;
  const segment = await ebmlElement(reader, header.body + header.length);
  if (segment?.id !== SEGMENT) return undefined;
  const ranges: ByteRange[] = [];
  const end = Math.min(reader.size, segment.body + segment.length);
  let at = segment.body;
  for (let i = 0; i < MAX_CLUSTERS && at < end; i++) {
    const element = await ebmlElement(reader, at);
    if (!element) break;
    if (element.id === CLUSTER) push(ranges, element.body, element.body + element.length, end);
    at = element.body + element.length;
  }
  return orNothing(ranges);
}
