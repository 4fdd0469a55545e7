import protobuf from 'protobufjs';

/**
 * Counts what decoding a message would make objects of: fields, and numbers in packed lists, in the messages inside it
 * too. A decoder takes a hundred bytes and more for a field of two, so a hostile file is to be counted before.
 * Nothing is taken into memory.
 * @param limit counting ends there
 * @returns the count; more than `limit` where there is more
 * @throws RangeError where the wire format is damaged, or messages lie deeper than 16 in one another
 */
export function countFields(type: protobuf.Type, bytes: Uint8Array, limit: number, depth = 0): number {
  if (depth > 16) throw new RangeError('Messages too deep in one another.');
  const reader = protobuf.Reader.create(bytes);
  let count = 0;
  while (reader.pos < reader.len && count <= limit) {
    const tag = reader.uint32();
    const wire = tag & 7;
    count += 1;
    if (wire !== 2) {
      reader.skipType(wire);
      continue;
    }
    const length = reader.uint32();
    const at = reader.pos;
    reader.skip(length);
    const field = type.fieldsById[tag >>> 3]?.resolve();
    if (field?.resolvedType instanceof protobuf.Type) {
      count += countFields(field.resolvedType, bytes.subarray(at, at + length), limit - count, depth + 1);
    } else if (field?.repeated && field.type !== 'bytes' && field.type !== 'string') count += length;
  }
  return count;
}
