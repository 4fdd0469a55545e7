import fc from 'fast-check';
import { tagText } from '../support/arbitrary.ts';

/** Big-endian numbers. */
export const u16 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeUInt16BE(number, 2 * index);
  });
  return bytes;
};
export const u32 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeUInt32BE(number, 4 * index);
  });
  return bytes;
};
export const u64 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(8 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeBigUInt64BE(BigInt(number), 8 * index);
  });
  return bytes;
};

export const atom = (type: string, ...payload: Uint8Array[]): Buffer => {
  const body = Buffer.concat(payload);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
};

/** The same with a 64-bit size. */
export const atom64 = (type: string, ...payload: Uint8Array[]): Buffer => {
  const body = Buffer.concat(payload);
  return Buffer.concat([u32(1), Buffer.from(type, 'latin1'), u64(body.length + 16), body]);
};

export const data = (kind: number, value: Uint8Array | string): Buffer =>
  atom('data', u32(kind, 0), Buffer.from(value as string));
export const text = (type: string, ...values: string[]): Buffer =>
  atom(type, ...values.map((value) => data(1, value)));
export const freeForm = (name: string, ...values: string[]): Buffer =>
  atom(
    '----',
    atom('mean', u32(0), Buffer.from('com.apple.iTunes')),
    atom('name', u32(0), Buffer.from(name)),
    ...values.map((value) => data(1, value)),
  );

const CHUNK = 48;

/** Each chunk says its number, so that one can see where a position points. */
export const chunk = (index: number): Buffer => Buffer.alloc(CHUNK, `<${index}>`);

export interface Mp4Options {
  /** Entries of `ilst`; none: no `ilst`. */
  readonly items?: readonly Uint8Array[];
  /** How much of the way to the tags there is. */
  readonly tags?: 'none' | 'udta' | 'meta' | 'quicktime-meta' | 'full';
  readonly order?: 'moov-first' | 'mdat-first';
  /** Payload bytes of free atoms, by place; none where there is no such atom. */
  readonly free?: Partial<Record<'meta' | 'udta' | 'moov' | 'top', number>>;
  readonly wide?: boolean;
  readonly tracks?: number;
  readonly chunks?: number;
  readonly fragments?: number;
  /** Segment index in front of moov (reaching over it) or behind. */
  readonly index?: 'before' | 'after';
  readonly large?: boolean;
  /** The last `mdat` says "to the end". */
  readonly openEnd?: boolean;
  /** Of a data reference: 1 says "in this file". */
  readonly dataFlags?: number;
  readonly top?: readonly Uint8Array[];
  /** The tags stand in front of the tracks. */
  readonly tagsFirst?: boolean;
  /** `saio` points into moov, as encrypted files have it, instead of to the first chunk. */
  readonly encrypted?: boolean;
}

const ENCRYPTION = 'SENCDATA';

const freeAtom = (length: number | undefined): Buffer =>
  length === undefined ? Buffer.alloc(0) : atom('free', Buffer.alloc(length));

function tagAtoms({ items = [], tags = 'full', free = {} }: Mp4Options): Buffer {
  if (tags === 'none') return Buffer.alloc(0);
  const hdlr = atom('hdlr', u32(0, 0), Buffer.from('mdirappl'), Buffer.alloc(9));
  const ilst = tags === 'meta' ? Buffer.alloc(0) : atom('ilst', ...items);
  const version = tags === 'quicktime-meta' ? Buffer.alloc(0) : u32(0);
  const meta = tags === 'udta' ? Buffer.alloc(0) : atom('meta', version, hdlr, ilst, freeAtom(free.meta));
  const terminator = tags === 'quicktime-meta' ? u32(0) : Buffer.alloc(0);
  return atom('udta', atom('chpl', Buffer.from('chapters')), meta, freeAtom(free.udta), terminator);
}

function track(positions: readonly number[], wide: boolean, dataFlags: number): Buffer {
  const table = wide
    ? atom('co64', u32(0, positions.length), u64(...positions))
    : atom('stco', u32(0, positions.length), u32(...positions));
  const saio = atom('saio', u32(0, 1), u32(positions[0] ?? 0));
  const senc = atom('senc', Buffer.from(ENCRYPTION));
  const stbl = atom(
    'stbl',
    atom('stsd', u32(0, 0)),
    table,
    saio,
    senc,
    atom('stsz', u32(0, CHUNK, positions.length)),
  );
  const dinf = atom('dinf', atom('dref', u32(0, 1), atom('url ', u32(dataFlags))));
  return atom(
    'trak',
    atom('tkhd', Buffer.alloc(84, 1)),
    atom('mdia', atom('mdhd', Buffer.alloc(24)), atom('minf', dinf, stbl)),
  );
}

/** A file whose every position points to a chunk that tells which it is. */
export function mp4File(options: Mp4Options = {}): Buffer {
  const file = layOut(options);
  if (!options.encrypted) return file;
  for (let at = file.indexOf('saio'); at >= 0; at = file.indexOf('saio', at + 1)) {
    file.writeUInt32BE(file.indexOf(ENCRYPTION, at), at + 12);
  }
  return file;
}

function layOut(options: Mp4Options): Buffer {
  const {
    order = 'moov-first',
    wide = false,
    tracks = 1,
    chunks = 5,
    fragments = 0,
    free = {},
    dataFlags = 1,
  } = options;
  const media = Buffer.concat(Array.from({ length: tracks * chunks }, (_, index) => chunk(index)));
  const mdatHead = options.large ? 16 : 8;
  const mdat = options.openEnd
    ? Buffer.concat([u32(0), Buffer.from('mdat'), media])
    : (options.large ? atom64 : atom)('mdat', media);
  const moovAt = (mediaAt: number): Buffer =>
    (options.large ? atom64 : atom)(
      'moov',
      atom('mvhd', Buffer.alloc(100, 2)),
      options.tagsFirst ? tagAtoms(options) : Buffer.alloc(0),
      ...Array.from({ length: tracks }, (_, one) =>
        track(
          Array.from({ length: chunks }, (_, index) => mediaAt + CHUNK * (index * tracks + one)),
          wide,
          dataFlags,
        ),
      ),
      options.tagsFirst ? Buffer.alloc(0) : tagAtoms(options),
      freeAtom(free.moov),
    );
  const ftyp = Buffer.concat([atom('ftyp', Buffer.from('M4A \0\0\0\0isom')), ...(options.top ?? [])]);
  const behind = freeAtom(free.top);
  if (fragments === 0) {
    if (order === 'mdat-first') return Buffer.concat([ftyp, mdat, moovAt(ftyp.length + mdatHead), behind]);
    const moovLength = moovAt(0).length;
    return Buffer.concat([ftyp, moovAt(ftyp.length + moovLength + behind.length + mdatHead), behind, mdat]);
  }
  const parts = (moovStart: number, at: number): Buffer[] => {
    const made: Buffer[] = [];
    const starts: number[] = [];
    for (let index = 0; index < fragments; index++) {
      starts.push(at);
      const tfhd = (base: number): Buffer => atom('tfhd', u32(1, 1), u64(base));
      const moof = (base: number): Buffer =>
        atom('moof', atom('mfhd', u32(0, index)), atom('traf', tfhd(base), atom('trun', u32(0, 1))));
      const head = moof(at + moof(0).length + 8);
      made.push(head, atom('mdat', chunk(index)));
      at += head.length + CHUNK + 8;
    }
    const tfra = atom(
      'tfra',
      u32(0, 1, 0, starts.length),
      ...starts.map((start) => Buffer.concat([u32(0, start), Buffer.from([1, 1, 1])])),
    );
    return moovStart < 0 ? made : [...made, atom('mfra', tfra, atom('mfro', u32(0, 0)))];
  };
  const moov = moovAt(0);
  const fragmentLength = CHUNK + 8 + parts(0, 0)[0]!.length;
  const sidx = (first: number): Buffer =>
    atom(
      'sidx',
      u32(0, 1, 1000, 0, first),
      u16(0, fragments),
      ...Array.from({ length: fragments }, () => u32(fragmentLength, 1000, 0)),
    );
  const before = options.index === 'before' ? sidx(moov.length + behind.length) : Buffer.alloc(0);
  const after = options.index === 'after' ? sidx(0) : Buffer.alloc(0);
  const head = Buffer.concat([ftyp, before, moov, behind, after]);
  return Buffer.concat([head, ...parts(0, head.length)]);
}

/** What every file position in the file points to: chunk texts, and types of fragments. An own walk, for the tests. */
export function targetsOf(file: Buffer): string[] {
  const found: string[] = [];
  const at = (position: number): string => file.toString('latin1', position, position + 8);
  const walk = (start: number, end: number): void => {
    for (let offset = start; offset + 8 <= end; ) {
      const type = file.toString('latin1', offset + 4, offset + 8);
      const large = file.readUInt32BE(offset) === 1;
      const size = large
        ? Number(file.readBigUInt64BE(offset + 8))
        : file.readUInt32BE(offset) || end - offset;
      const body = offset + (large ? 16 : 8);
      if (['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf', 'mfra'].includes(type))
        walk(body, offset + size);
      const count = size >= 16 ? file.readUInt32BE(body + 4) : 0;
      if (type === 'stco' || type === 'saio')
        for (let i = 0; i < count; i++) found.push(at(file.readUInt32BE(body + 8 + 4 * i)));
      if (type === 'co64')
        for (let i = 0; i < count; i++) found.push(at(Number(file.readBigUInt64BE(body + 8 + 8 * i))));
      if (type === 'tfhd') found.push(at(Number(file.readBigUInt64BE(body + 8))));
      if (type === 'tfra')
        for (let i = 0; i < file.readUInt32BE(body + 12); i++)
          found.push(at(4 + file.readUInt32BE(body + 20 + 11 * i)));
      if (type === 'sidx') found.push(at(offset + size + file.readUInt32BE(body + 16) + 4));
      offset += size;
    }
  };
  walk(0, file.length);
  return found;
}

const item: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('\xa9nam', '\xa9gen', '\xa9ART', '\xa9day', '\xa9cmt', 'aART', 'desc', 'rate'),
      fc.array(tagText, { maxLength: 2 }),
    )
    .map(([type, values]) => text(type, ...values)),
  fc
    .tuple(
      fc.constantFrom('initialkey', 'INITIALKEY', 'KEY', 'Energy', 'iTunNORM', 'RATING'),
      fc.array(tagText, { maxLength: 2 }),
    )
    .map(([name, values]) => freeForm(name, ...values)),
  fc.uint8Array({ maxLength: 12 }).map((value) => atom('trkn', data(0, value))),
  fc.uint8Array({ maxLength: 9 }).map((value) => atom('tmpo', data(21, value))),
  fc.nat({ max: 300 }).map((genre) => atom('gnre', data(0, u16(genre)))),
  fc.uint8Array({ maxLength: 2000 }).map((image) => atom('covr', data(13, image), data(14, image))),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => atom('rtng', data(21, bytes))),
  fc.constantFrom(
    atom('free', Buffer.alloc(5)),
    atom('\xa9too', data(2, Buffer.from('encoder', 'utf16le').swap16())),
    atom('empt'),
  ),
);

const room = fc.option(fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 2000 })));

/** Valid files in every arrangement. */
export const mp4Files: fc.Arbitrary<Buffer> = fc
  .record({
    items: fc.array(item, { maxLength: 8 }),
    tags: fc.constantFrom(
      'none' as const,
      'udta' as const,
      'meta' as const,
      'quicktime-meta' as const,
      'full' as const,
    ),
    order: fc.constantFrom('moov-first' as const, 'mdat-first' as const),
    free: fc.record({ meta: room, udta: room, moov: room, top: room }),
    wide: fc.boolean(),
    tracks: fc.integer({ min: 1, max: 3 }),
    chunks: fc.nat({ max: 6 }),
    fragments: fc.constantFrom(0, 0, 3),
    index: fc.constantFrom('before' as const, 'after' as const),
    large: fc.boolean(),
    openEnd: fc.boolean(),
    tagsFirst: fc.boolean(),
    encrypted: fc.boolean(),
  })
  .map(({ free, openEnd, ...options }) => {
    const rooms = Object.fromEntries(Object.entries(free).filter(([, length]) => length !== null)) as Record<
      string,
      number
    >;
    const chunks = options.fragments > 0 ? 0 : Math.max(1, options.chunks);
    const last = options.order === 'moov-first' && options.fragments === 0;
    return mp4File({ ...options, chunks, free: rooms, openEnd: openEnd && last && !options.large });
  });
