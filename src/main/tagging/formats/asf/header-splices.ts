import { growth } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { Splice } from '../../format.ts';
import { type AsfFile, type AsfObject, GUID, OBJECT_HEADER } from './objects.ts';

/** Where the Header Extension keeps the size of the objects inside it (32 bits), counted from its payload. */
const EXTENSION_DATA_SIZE = 18;

const uint64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/**
 * Splices within an ASF header, and what follows from them: object sizes, the header's size and count, padding,
 * the file size in File Properties. Everything behind the header moves as a whole; nothing there counts from the
 * file's start (the index objects count packets, or bytes from the first packet).
 */
export class HeaderSplices {
  readonly #file: AsfFile;
  readonly #splices: Splice[] = [];
  readonly #growth = new Map<AsfObject, number>();
  readonly #added: Buffer[] = [];

  constructor(file: AsfFile) {
    this.#file = file;
  }

  /** Splices inside the payload of one object. */
  change(object: AsfObject, splices: readonly Splice[]): void {
    this.#splices.push(...splices);
    this.#growth.set(object, (this.#growth.get(object) ?? 0) + growth(splices));
  }

  /** A new object at the end of the header. */
  addObject(guid: string, payload: Uint8Array): void {
    this.#added.push(
      Buffer.concat([Buffer.from(guid, 'hex'), uint64(OBJECT_HEADER + payload.length), payload]),
    );
  }

  /** All splices, in order. */
  finish(): Splice[] {
    this.#usePadding(this.#total());
    const total = this.#total();
    this.#resizeExtension();
    for (const [object, by] of this.#growth)
      this.#splices.push({
        offset: object.start + 16,
        length: 8,
        insert: uint64(object.end - object.start + by),
      });
    this.#splices.push({ offset: 16, length: 8, insert: uint64(this.#file.headerEnd + total) });
    if (this.#added.length > 0) this.#addObjects();
    this.#resizeFile(total);
    return this.#splices.sort((a, b) => a.offset - b.offset);
  }

  #total(): number {
    const added = this.#added.reduce((sum, bytes) => sum + bytes.length, 0);
    return [...this.#growth.values()].reduce((sum, by) => sum + by, added);
  }

  /** Takes what is needed out of a padding object, or gives it what was freed, so that the header keeps its size. */
  #usePadding(needed: number): void {
    if (needed === 0) return;
    const objects = [...this.#file.objects, ...(this.#file.extension?.objects ?? [])];
    const room = (object: AsfObject): number => object.end - object.dataStart;
    const padding = objects.find((object) => object.guid === GUID.padding && room(object) >= needed);
    if (!padding) return;
    this.change(padding, [
      needed > 0
        ? { offset: padding.dataStart, length: needed, insert: Buffer.alloc(0) }
        : { offset: padding.dataStart, length: 0, insert: Buffer.alloc(-needed) },
    ]);
  }

  #resizeExtension(): void {
    const { extension } = this.#file;
    if (!extension) return;
    const by = extension.objects.reduce((sum, object) => sum + (this.#growth.get(object) ?? 0), 0);
    const at = extension.object.dataStart + EXTENSION_DATA_SIZE;
    this.change(extension.object, [
      { offset: at, length: 4, insert: uint32(this.#file.bytes.readUInt32LE(at) + by) },
    ]);
    this.#growth.set(extension.object, by);
  }

  #addObjects(): void {
    const count = this.#file.objects.length + this.#added.length;
    this.#splices.push({ offset: 24, length: 4, insert: uint32(count) });
    this.#splices.push({ offset: this.#file.headerEnd, length: 0, insert: Buffer.concat(this.#added) });
  }

  #resizeFile(by: number): void {
    const { properties } = this.#file;
    if (by === 0 || properties.broadcast) return;
    const size = properties.fileSize + BigInt(by);
    if (size < 0n || size >= 1n << 64n)
      throw new RefusedError('The ASF header claims an impossible file size.');
    const insert = Buffer.alloc(8);
    insert.writeBigUInt64LE(size);
    this.#splices.push({ offset: properties.fileSizeAt, length: 8, insert });
  }
}
