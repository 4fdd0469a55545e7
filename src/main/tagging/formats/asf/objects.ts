import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';

/** Bytes of an object's GUID and 64-bit size. */
export const OBJECT_HEADER = 24;
/** The Header Object has a count of objects (32 bits) and two reserved bytes besides. */
const HEADER_OBJECT_HEADER = 30;
/** A header is read whole; pictures sit in it, but no music file has more than this. */
const MAX_HEADER = 64 << 20;
/** Header objects of a real file are about a dozen. */
const MAX_OBJECTS = 4096;

/** GUIDs as they stand in the file (the first three groups little-endian), hex. ASF specification 01.20.05, 10. */
export const GUID = {
  header: '3026b2758e66cf11a6d900aa0062ce6c',
  data: '3626b2758e66cf11a6d900aa0062ce6c',
  fileProperties: 'a1dcab8c47a9cf118ee400c00c205365',
  contentDescription: '3326b2758e66cf11a6d900aa0062ce6c',
  extendedContentDescription: '40a4d0d207e3d21197f000a0c95ea850',
  headerExtension: 'b503bf5f2ea9cf118ee300c00c205365',
  metadata: 'eacbf8c5af5b77488467aa8c44fa4cca',
  metadataLibrary: '941c23449894d149a1411d134e457054',
  padding: '74d40618dfca0945a4ba9aabcb96aae8',
  digitalSignature: 'fcb3112223bdd211b4b700a0c955fc6e',
} as const;

/** One object; offsets in the file. The payload is `dataStart … end`. */
export interface AsfObject {
  readonly guid: string;
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
}

/** The fields of the File Properties Object that an edit has to know. */
export interface FileProperties {
  readonly fileSizeAt: number;
  readonly fileSize: bigint;
  /** A live stream that was recorded: its sizes are not valid. */
  readonly broadcast: boolean;
}

/** An ASF file taken apart as far as the header goes; `bytes` are the whole Header Object. */
export interface AsfFile {
  readonly bytes: Buffer;
  readonly headerEnd: number;
  /** As the header counts them; equal to `objects.length`. */
  readonly objects: readonly AsfObject[];
  /** What the Header Extension Object holds, when there is one. */
  readonly extension: { readonly object: AsfObject; readonly objects: readonly AsfObject[] } | undefined;
  readonly properties: FileProperties;
  /** The Data Object; `end` never lies past the end of the file. */
  readonly data: AsfObject;
  /** The file ends within its Data Object. */
  readonly truncated: boolean;
}

/** Whether an ASF Header Object stands at the front. */
export function isAsf(source: ByteSource): boolean {
  return source.read(0, 16).toString('hex') === GUID.header;
}

function size64(bytes: Buffer, at: number): number {
  const size = bytes.readBigUInt64LE(at);
  if (size > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RefusedError('An ASF object claims an impossible size.');
  return Number(size);
}

/**
 * The objects in `start … end` of the header.
 * @throws RefusedError unless they fill it exactly
 */
function walkObjects(bytes: Buffer, start: number, end: number): AsfObject[] {
  const objects: AsfObject[] = [];
  for (let at = start; at < end; ) {
    if (at + OBJECT_HEADER > end || objects.length === MAX_OBJECTS)
      throw new RefusedError('The ASF header’s objects do not fill it exactly.');
    const size = size64(bytes, at + 16);
    if (size < OBJECT_HEADER || at + size > end)
      throw new RefusedError('An ASF object in the header is larger than the header.');
    const guid = bytes.toString('hex', at, at + 16);
    objects.push({ guid, start: at, dataStart: at + OBJECT_HEADER, end: at + size });
    at += size;
  }
  return objects;
}

/** The one object of a kind. @throws RefusedError where there are several: programs would read different ones */
export function onlyObject(objects: readonly AsfObject[], guid: string, name: string): AsfObject | undefined {
  const found = objects.filter((object) => object.guid === guid);
  if (found.length > 1) throw new RefusedError(`The ASF header has ${found.length} ${name} objects.`);
  return found[0];
}

function readProperties(bytes: Buffer, objects: readonly AsfObject[]): FileProperties {
  const object = onlyObject(objects, GUID.fileProperties, 'File Properties');
  if (!object || object.end - object.dataStart < 80)
    throw new RefusedError('The ASF header has no whole File Properties object.');
  return {
    fileSizeAt: object.dataStart + 16,
    fileSize: bytes.readBigUInt64LE(object.dataStart + 16),
    broadcast: (bytes.readUInt32LE(object.dataStart + 64) & 1) !== 0,
  };
}

function readExtension(bytes: Buffer, objects: readonly AsfObject[]): AsfFile['extension'] {
  const object = onlyObject(objects, GUID.headerExtension, 'Header Extension');
  if (!object) return undefined;
  // Reserved GUID (16), reserved (2), size of what follows (4).
  const start = object.dataStart + 22;
  if (start > object.end || bytes.readUInt32LE(object.dataStart + 18) !== object.end - start)
    throw new RefusedError('The ASF Header Extension object does not have the size that it claims.');
  return { object, objects: walkObjects(bytes, start, object.end) };
}

/**
 * Takes the header apart and finds the Data Object behind it.
 * @throws RefusedError where sizes or counts do not agree
 */
export function readAsf(source: ByteSource): AsfFile {
  const head = source.read(0, HEADER_OBJECT_HEADER);
  if (head.length < HEADER_OBJECT_HEADER || !isAsf(source)) throw new RefusedError('This is no ASF file.');
  const headerEnd = size64(head, 16);
  if (headerEnd < HEADER_OBJECT_HEADER || headerEnd > Math.min(source.size, MAX_HEADER))
    throw new RefusedError('The ASF header claims more bytes than the file has.');
  const bytes = source.read(0, headerEnd);
  if (bytes.length !== headerEnd) throw new RefusedError('The ASF header could not be read whole.');
  const objects = walkObjects(bytes, HEADER_OBJECT_HEADER, headerEnd);
  if (objects.length !== bytes.readUInt32LE(24))
    throw new RefusedError('The ASF header counts its objects wrongly.');
  const properties = readProperties(bytes, objects);
  const { data, truncated } = readData(source, headerEnd, properties.broadcast);
  return { bytes, headerEnd, objects, extension: readExtension(bytes, objects), properties, data, truncated };
}

function readData(
  source: ByteSource,
  start: number,
  broadcast: boolean,
): { data: AsfObject; truncated: boolean } {
  const head = source.read(start, OBJECT_HEADER);
  if (head.length < OBJECT_HEADER || head.toString('hex', 0, 16) !== GUID.data)
    throw new RefusedError('The audio of the ASF file does not follow its header.');
  const size = size64(head, 16);
  // The size of a live recording is not valid; its data reach to the end.
  const open = broadcast && (size < OBJECT_HEADER || start + size > source.size);
  if (!open && size < OBJECT_HEADER) throw new RefusedError('The ASF Data object claims an impossible size.');
  const end = open ? source.size : Math.min(start + size, source.size);
  const data = { guid: GUID.data, start, dataStart: start + OBJECT_HEADER, end };
  return { data, truncated: !open && start + size > source.size };
}
