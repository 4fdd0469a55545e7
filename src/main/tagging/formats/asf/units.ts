import { digest } from '../../bytes/digest.ts';
import { digestOfRange } from '../../bytes/reading.ts';
import type { ByteSource, Unit } from '../../format.ts';
import { type AsfTags, DESCRIPTION_NAMES, decodeText } from './attributes.ts';
import { type AsfFile, type AsfObject, GUID } from './objects.ts';

/** Objects that are compared in parts, or (padding) not at all. */
const TAKEN_APART: readonly string[] = [
  GUID.contentDescription,
  GUID.extendedContentDescription,
  GUID.metadata,
  GUID.metadataLibrary,
  GUID.headerExtension,
  GUID.padding,
];

/** Id of an attribute's unit; the attribute may stand in any of its homes. */
export function attributeUnitId(name: string, stream: number): string {
  return stream === 0 ? `ASF/${name}` : `ASF/stream ${stream}/${name}`;
}

/** Everything in an ASF file but its Data Object and padding, as the verifier compares it. */
export function asfUnits(source: ByteSource, file: AsfFile, tags: AsfTags): Unit[] {
  const units: Unit[] = [];
  for (const object of [...file.objects, ...(file.extension?.objects ?? [])]) {
    if (!TAKEN_APART.includes(object.guid))
      units.push({ id: `ASF/object ${object.guid}`, digest: digest(payload(file, object)) });
  }
  tags.description?.strings.forEach((bytes, index) => {
    if (decodeText(bytes) !== '')
      units.push({
        id: attributeUnitId(DESCRIPTION_NAMES[index] ?? '', 0),
        digest: digest('description', bytes),
      });
  });
  for (const list of [tags.extended, tags.metadata, tags.library]) {
    for (const { home, name, type, stream, value } of list?.attributes ?? [])
      units.push({ id: attributeUnitId(name, stream), digest: digest(`${home} ${type} ${name}\0`, value) });
  }
  if (file.data.end < source.size)
    units.push({ id: 'ASF/behind the data', digest: digestOfRange(source, file.data.end, source.size) });
  return units;
}

/** Payload of a header object, with the file size of File Properties (which follows the edit) left out. */
function payload(file: AsfFile, object: AsfObject): Buffer {
  const bytes = file.bytes.subarray(object.dataStart, object.end);
  if (object.guid !== GUID.fileProperties) return bytes;
  return Buffer.concat([bytes.subarray(0, 16), bytes.subarray(24)]);
}
