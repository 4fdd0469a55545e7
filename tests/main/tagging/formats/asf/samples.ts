/** ASF objects written from the specification, independently of the code under test. */

export const HEX = {
  header: '3026b2758e66cf11a6d900aa0062ce6c',
  data: '3626b2758e66cf11a6d900aa0062ce6c',
  file: 'a1dcab8c47a9cf118ee400c00c205365',
  description: '3326b2758e66cf11a6d900aa0062ce6c',
  extended: '40a4d0d207e3d21197f000a0c95ea850',
  extension: 'b503bf5f2ea9cf118ee300c00c205365',
  metadata: 'eacbf8c5af5b77488467aa8c44fa4cca',
  library: '941c23449894d149a1411d134e457054',
  padding: '74d40618dfca0945a4ba9aabcb96aae8',
  stream: '9107dcb7b7a9cf118ee600c00c205365',
  signature: 'fcb3112223bdd211b4b700a0c955fc6e',
  index: '90080033b1e5cf1189f400a0c90349cb',
} as const;

export const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
export const u32 = (value: number): Buffer => Buffer.concat([u16(value & 0xffff), u16(value >>> 16)]);
export const u64 = (value: number): Buffer => Buffer.concat([u32(value), u32(0)]);
export const wide = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le');

export const object = (guid: string, ...payload: readonly Uint8Array[]): Buffer => {
  const bytes = Buffer.concat(payload);
  return Buffer.concat([Buffer.from(guid, 'hex'), u64(bytes.length + 24), bytes]);
};

/** name, type, value; text for strings. */
export type Attribute = readonly [name: string, value: string | Uint8Array, type?: number, stream?: number];

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? wide(value) : value);

export const extended = (...attributes: readonly Attribute[]): Buffer =>
  object(
    HEX.extended,
    u16(attributes.length),
    ...attributes.flatMap(([name, value, type = 0]) => {
      const bytes = bytesOf(value);
      return [u16(wide(name).length), wide(name), u16(type), u16(bytes.length), bytes];
    }),
  );

export const library = (...attributes: readonly Attribute[]): Buffer =>
  object(
    HEX.library,
    u16(attributes.length),
    ...attributes.flatMap(([name, value, type = 0, stream = 0]) => {
      const bytes = bytesOf(value);
      return [u16(0), u16(stream), u16(wide(name).length), u16(type), u32(bytes.length), wide(name), bytes];
    }),
  );

/** Title, author, copyright, description, rating; '' is an empty string without terminator. */
export const description = (...texts: readonly [string, string, string, string, string]): Buffer => {
  const strings = texts.map((text) => (text === '' ? Buffer.alloc(0) : wide(text)));
  return object(HEX.description, ...strings.map((bytes) => u16(bytes.length)), ...strings);
};

export const extension = (...objects: readonly Uint8Array[]): Buffer => {
  const bytes = Buffer.concat(objects);
  return object(HEX.extension, Buffer.alloc(16, 0x11), u16(6), u32(bytes.length), bytes);
};

export const padding = (size: number): Buffer => object(HEX.padding, Buffer.alloc(size));
export const STREAM = object(HEX.stream, Buffer.alloc(54, 0x22));
export const DATA = object(HEX.data, Buffer.alloc(26, 3), Buffer.alloc(500, 0x5a));
export const INDEX = object(HEX.index, Buffer.alloc(32, 9));

/** File Properties with everything but size and flags arbitrary. */
export const properties = (fileSize: number, flags = 2): Buffer =>
  object(HEX.file, Buffer.alloc(16, 1), u64(fileSize), Buffer.alloc(40, 2), u32(flags), Buffer.alloc(12, 3));

/** A whole file whose header holds these objects besides File Properties. */
export function asfFile(objects: readonly Uint8Array[], flags = 2, behind: Uint8Array = INDEX): Buffer {
  const build = (fileSize: number): Buffer => {
    const all = [properties(fileSize, flags), ...objects];
    const payload = Buffer.concat(all);
    const head = [
      Buffer.from(HEX.header, 'hex'),
      u64(payload.length + 30),
      u32(all.length),
      Buffer.from([1, 2]),
    ];
    return Buffer.concat([...head, payload, DATA, behind]);
  };
  return build(build(0).length);
}
