import type { FieldEdit } from '../../../../shared/tags.ts';
import { readExactly } from '../../bytes/reading.ts';
import { growth, shiftSplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, FormatOptions, Splice, TagPlan } from '../../format.ts';
import { type Id3Tag, parseId3, planId3 } from '../id3/index.ts';
import { type Chunk, encodeChunk, type Form } from './chunks.ts';

/** An ID3v2 tag in a chunk of its own. */
export interface Id3Chunk {
  readonly chunk: Chunk;
  /** The chunk's data; `tag` stands at its start. */
  readonly bytes: Buffer;
  /** `null` in an empty chunk. */
  readonly tag: Id3Tag | null;
  readonly prefix: string;
}

const MAX_TAG = 128 * 1024 * 1024;

/**
 * The ID3 chunks of a form; `id3 ` and `ID3 ` are both in use.
 * @throws RefusedError when one holds something else
 */
export function id3Chunks(source: ByteSource, form: Form): Id3Chunk[] {
  return form.chunks
    .filter(({ id }) => id.toLowerCase() === 'id3 ')
    .map((chunk, i): Id3Chunk => {
      const length = chunk.dataEnd - chunk.dataStart;
      if (length > MAX_TAG) throw new RefusedError(`The ID3 chunk has ${length} bytes; that is too many.`);
      const bytes = readExactly(source, chunk.dataStart, length, 'ID3 chunk');
      const prefix = i === 0 ? 'ID3v2' : `ID3v2#${i + 1}`;
      return { chunk, bytes, tag: length === 0 ? null : parseId3(bytes), prefix };
    });
}

/** What sits in a chunk behind the tag: padding that isn't counted, or another tag. */
export function restOf({ bytes, tag }: Id3Chunk): Buffer {
  return bytes.subarray(tag?.size ?? 0);
}

/**
 * Edits the first ID3 chunk, and further ones where they hold the field; appends one where there is none. Chunk
 * sizes and padding included; the size of the form is the caller's.
 * @param newId id for a new chunk
 */
export function planId3Chunks(
  form: Form,
  chunks: readonly Id3Chunk[],
  edits: readonly FieldEdit[],
  options: FormatOptions,
  layout: { readonly newId: string; readonly bigEndian: boolean },
): readonly Omit<TagPlan, 'sizeAfter'>[] {
  if (chunks.length > 0)
    return chunks.map((chunk, i) => {
      const plan = planId3(chunk.tag ? chunk.bytes : null, edits, {
        ...options,
        prefix: chunk.prefix,
        onlyHeld: i > 0,
      });
      return { ...plan, splices: chunkSplices(chunk.chunk, plan.splices, layout.bigEndian) };
    });
  const plan = planId3(null, edits, options);
  if (plan.splices.length === 0) return [plan];
  const insert = Buffer.concat([
    Buffer.alloc(form.lacksPadding ? 1 : 0),
    encodeChunk(layout.newId, plan.splices[0]!.insert, layout.bigEndian),
  ]);
  return [{ ...plan, splices: [{ offset: form.end, length: 0, insert }] }];
}

/** Splices inside a chunk's data, with its size field and its padding byte put right. */
export function chunkSplices(chunk: Chunk, splices: readonly Splice[], bigEndian: boolean): Splice[] {
  if (splices.length === 0) return [];
  const size = chunk.dataEnd - chunk.dataStart + growth(splices);
  if (size > 0xffff_fffe) throw new RefusedError('The chunk would become larger than 4 GB.');
  const field = Buffer.alloc(4);
  if (bigEndian) field.writeUInt32BE(size);
  else field.writeUInt32LE(size);
  const inside = shiftSplices(splices, chunk.dataStart);
  const padding = {
    offset: chunk.dataEnd,
    length: chunk.end - chunk.dataEnd,
    insert: Buffer.alloc(size & 1),
  };
  const last = inside.at(-1)!;
  // One splice where the last edit meets the padding, so that none overlap.
  const merged =
    last.offset + last.length === padding.offset
      ? [
          ...inside.slice(0, -1),
          {
            offset: last.offset,
            length: last.length + padding.length,
            insert: Buffer.concat([last.insert, padding.insert]),
          },
        ]
      : [...inside, padding];
  return [{ offset: chunk.start + 4, length: 4, insert: field }, ...merged];
}
