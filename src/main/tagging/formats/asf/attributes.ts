import { RefusedError } from '../../errors.ts';
import { type AsfFile, type AsfObject, GUID, onlyObject } from './objects.ts';

/** Data types of attributes, as both the Extended Content Description and the Metadata objects number them. */
export const TYPE = { text: 0, bytes: 1, bool: 2, uint32: 3, uint64: 4, uint16: 5, guid: 6 } as const;

/** Which object an attribute stands in. */
export type AttributeHome = 'extended' | 'metadata' | 'library';

/** One named attribute; `start … end` is its record in the file. */
export interface AsfAttribute {
  readonly home: AttributeHome;
  readonly name: string;
  readonly type: number;
  readonly value: Buffer;
  /** 0: about the whole file. */
  readonly stream: number;
  readonly start: number;
  readonly end: number;
}

/** An object that is a 16-bit count and as many records. */
export interface AttributeList {
  readonly object: AsfObject;
  readonly attributes: readonly AsfAttribute[];
}

/** The five strings of the Content Description Object, in their order in the file. */
export const DESCRIPTION_NAMES = ['Title', 'Author', 'Copyright', 'Description', 'Rating'] as const;
export type DescriptionName = (typeof DESCRIPTION_NAMES)[number];

/** The Content Description Object; strings as bytes, so that untouched ones stay as they are. */
export interface ContentDescription {
  readonly object: AsfObject;
  readonly strings: readonly Buffer[];
}

/** Everything in the header that names the music. */
export interface AsfTags {
  readonly description: ContentDescription | undefined;
  readonly extended: AttributeList | undefined;
  readonly metadata: AttributeList | undefined;
  readonly library: AttributeList | undefined;
}

/** UTF-16LE without the NUL at its end. */
export function decodeText(bytes: Buffer): string {
  return bytes.toString('utf16le', 0, bytes.length & ~1).replace(/\0+$/, '');
}

/** UTF-16LE with a NUL at its end, as every attribute has it. */
export function encodeText(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le');
}

/** The value as text; `undefined` for bytes and GUIDs. Numbers are decimal. */
export function attributeText(attribute: Pick<AsfAttribute, 'type' | 'value'>): string | undefined {
  const { type, value } = attribute;
  if (type === TYPE.text) return decodeText(value);
  if (type === TYPE.uint16 && value.length >= 2) return String(value.readUInt16LE(0));
  if (type === TYPE.uint32 && value.length >= 4) return String(value.readUInt32LE(0));
  if (type === TYPE.uint64 && value.length >= 8) return String(value.readBigUInt64LE(0));
  // 32 bits in the Extended Content Description, 16 in the Metadata objects.
  if (type === TYPE.bool && value.length >= 2) return value.readUInt16LE(0) === 0 ? '0' : '1';
  return undefined;
}

/** How the records of one home are laid out: the bytes before the name, and where its fields stand in them. */
interface RecordLayout {
  readonly home: AttributeHome;
  readonly guid: string;
  readonly title: string;
  readonly read: (bytes: Buffer, at: number, end: number) => Omit<AsfAttribute, 'home' | 'start'> | undefined;
}

/** Name length (16 bits), name, type (16), value length (16), value. */
function readExtendedRecord(bytes: Buffer, at: number, end: number) {
  if (at + 6 > end) return undefined;
  const nameEnd = at + 2 + bytes.readUInt16LE(at);
  if (nameEnd + 4 > end) return undefined;
  const valueAt = nameEnd + 4;
  const valueEnd = valueAt + bytes.readUInt16LE(nameEnd + 2);
  if (valueEnd > end) return undefined;
  const name = decodeText(bytes.subarray(at + 2, nameEnd));
  const type = bytes.readUInt16LE(nameEnd);
  return { name, type, value: bytes.subarray(valueAt, valueEnd), stream: 0, end: valueEnd };
}

/** Language or reserved (16 bits), stream (16), name length (16), type (16), value length (32), name, value. */
function readMetadataRecord(bytes: Buffer, at: number, end: number) {
  if (at + 12 > end) return undefined;
  const nameEnd = at + 12 + bytes.readUInt16LE(at + 4);
  const valueEnd = nameEnd + bytes.readUInt32LE(at + 8);
  if (valueEnd > end) return undefined;
  const name = decodeText(bytes.subarray(at + 12, nameEnd));
  const type = bytes.readUInt16LE(at + 6);
  const value = bytes.subarray(nameEnd, valueEnd);
  return { name, type, value, stream: bytes.readUInt16LE(at + 2), end: valueEnd };
}

const EXTENDED: RecordLayout = {
  home: 'extended',
  guid: GUID.extendedContentDescription,
  title: 'Extended Content Description',
  read: readExtendedRecord,
};
const METADATA: RecordLayout = {
  home: 'metadata',
  guid: GUID.metadata,
  title: 'Metadata',
  read: readMetadataRecord,
};
const LIBRARY: RecordLayout = {
  home: 'library',
  guid: GUID.metadataLibrary,
  title: 'Metadata Library',
  read: readMetadataRecord,
};

function readList(
  bytes: Buffer,
  objects: readonly AsfObject[],
  layout: RecordLayout,
): AttributeList | undefined {
  const object = onlyObject(objects, layout.guid, layout.title);
  if (!object) return undefined;
  const attributes: AsfAttribute[] = [];
  let at = object.dataStart + 2;
  const count = at <= object.end ? bytes.readUInt16LE(object.dataStart) : -1;
  while (attributes.length < count) {
    const record = layout.read(bytes, at, object.end);
    if (!record) break;
    attributes.push({ ...record, home: layout.home, start: at });
    at = record.end;
  }
  if (attributes.length !== count || at !== object.end)
    throw new RefusedError(`The ASF ${layout.title} object’s size and its count do not agree.`);
  return { object, attributes };
}

function readDescription(bytes: Buffer, objects: readonly AsfObject[]): ContentDescription | undefined {
  const object = onlyObject(objects, GUID.contentDescription, 'Content Description');
  if (!object) return undefined;
  const strings: Buffer[] = [];
  let at = object.dataStart + 2 * DESCRIPTION_NAMES.length;
  if (at <= object.end) {
    for (let index = 0; index < DESCRIPTION_NAMES.length; index += 1) {
      const length = bytes.readUInt16LE(object.dataStart + 2 * index);
      strings.push(bytes.subarray(at, Math.min(at + length, object.end)));
      at += length;
    }
  }
  if (at !== object.end)
    throw new RefusedError('The ASF Content Description object does not have its claimed size.');
  return { object, strings };
}

/**
 * Reads all four homes of metadata.
 * @throws RefusedError where one does not add up
 */
export function readAsfTags(file: AsfFile): AsfTags {
  const { bytes, objects } = file;
  const inner = file.extension?.objects ?? [];
  return {
    description: readDescription(bytes, objects),
    extended: readList(bytes, objects, EXTENDED),
    metadata: readList(bytes, inner, METADATA),
    library: readList(bytes, inner, LIBRARY),
  };
}

/** A record for the Extended Content Description. @throws RefusedError where it does not fit its 16-bit sizes */
export function buildExtendedRecord(name: string, type: number, value: Buffer): Buffer {
  const nameBytes = encodeText(name);
  if (nameBytes.length > 0xffff || value.length > 0xffff)
    throw new RefusedError(`The value of ${name} is too long for a WMA file (32,766 characters at most).`);
  const bytes = Buffer.alloc(2 + nameBytes.length + 4 + value.length);
  let at = bytes.writeUInt16LE(nameBytes.length, 0);
  at += nameBytes.copy(bytes, at);
  at = bytes.writeUInt16LE(type, at);
  at = bytes.writeUInt16LE(value.length, at);
  value.copy(bytes, at);
  return bytes;
}

/** The payload of a Content Description Object. @throws RefusedError where a string does not fit */
export function buildDescription(strings: readonly Buffer[]): Buffer {
  const lengths = Buffer.alloc(2 * strings.length);
  strings.forEach((bytes, index) => {
    if (bytes.length > 0xffff)
      throw new RefusedError(
        `The ${DESCRIPTION_NAMES[index]} is too long for a WMA file (32,766 characters at most).`,
      );
    lengths.writeUInt16LE(bytes.length, 2 * index);
  });
  return Buffer.concat([lengths, ...strings]);
}
