import type { FieldChange, FieldEdit, FieldName, TagValues } from '../../../../shared/tags.ts';
import type { ByteSource, Splice, TagPlan } from '../../format.ts';
import type { Chunk } from './chunks.ts';
import { chunkSplices } from './id3-chunks.ts';

/** A text in a LIST chunk of type INFO. Offsets are in the file; `end` is behind its padding byte. */
export interface InfoEntry {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly data: Buffer;
}

/** LIST INFO, taken apart; `entries` is `null` when its inside doesn't add up, and then it stays as it is. */
export interface InfoList {
  readonly chunk: Chunk;
  readonly entries: readonly InfoEntry[] | null;
}

/** INFO ids that have an agreed meaning, by field; the first one that is there counts. */
const IDS: Readonly<Partial<Record<FieldName, readonly string[]>>> = {
  title: ['INAM'],
  artist: ['IART'],
  album: ['IPRD'],
  genre: ['IGNR'],
  date: ['ICRD'],
  comment: ['ICMT'],
  composer: ['IMUS'],
  trackNumber: ['ITRK', 'IPRT'],
  bpm: ['IBPM'],
};

const MAX_LIST = 16 * 1024 * 1024;

/** Reads a LIST chunk; `null` when it isn't of type INFO. */
export function readInfo(source: ByteSource, chunk: Chunk): InfoList | null {
  const length = chunk.dataEnd - chunk.dataStart;
  if (length < 4 || source.read(chunk.dataStart, 4).toString('latin1') !== 'INFO') return null;
  if (length > MAX_LIST) return { chunk, entries: null };
  const bytes = source.read(chunk.dataStart, length);
  const entries: InfoEntry[] = [];
  let at = 4;
  while (at + 8 <= length) {
    const dataEnd = at + 8 + bytes.readUInt32LE(at + 4);
    if (dataEnd > length) return { chunk, entries: null };
    const end = Math.min(length, dataEnd + (dataEnd & 1));
    entries.push({
      id: bytes.toString('latin1', at, at + 4),
      start: chunk.dataStart + at,
      end: chunk.dataStart + end,
      data: bytes.subarray(at + 8, dataEnd),
    });
    at = end;
  }
  return { chunk, entries: at === length ? entries : null };
}

/** INFO has no encoding; UTF-8 where it is valid (nearly all software today), else Latin-1. */
function decode(data: Buffer): string {
  const text = data.toString('utf8');
  return (text.includes('\ufffd') ? data.toString('latin1') : text).replace(/\0[\s\S]*$/, '').trim();
}

function valuesOf(entry: InfoEntry, field: FieldName): string[] {
  const text = decode(entry.data);
  const values = field === 'genre' || field === 'artist' ? text.split(/; +/) : [text];
  return values.filter((value) => value !== '');
}

const entriesFor = (list: InfoList, field: FieldName): InfoEntry[] =>
  (list.entries ?? []).filter(({ id }) => IDS[field]?.includes(id));

/** What the texts say. */
export function infoValues(list: InfoList): TagValues {
  const values: Partial<Record<FieldName, readonly string[]>> = {};
  for (const field of Object.keys(IDS) as FieldName[]) {
    const [entry] = entriesFor(list, field);
    const found = entry ? valuesOf(entry, field) : [];
    if (found.length > 0) values[field] = found;
  }
  return values;
}

/** Brings the texts that are there into line with edits; adds none. The chunk's size and padding included. */
export function planInfo(list: InfoList, edits: readonly FieldEdit[]): Omit<TagPlan, 'sizeAfter'> {
  const splices: Splice[] = [];
  const changes: FieldChange[] = [];
  const touched: string[] = [];
  for (const { field, values } of edits) {
    for (const entry of entriesFor(list, field)) {
      const before = valuesOf(entry, field);
      if (before.join('; ') === values.join('; ')) continue;
      splices.push({
        offset: entry.start - list.chunk.dataStart,
        length: entry.end - entry.start,
        insert: values.length === 0 ? Buffer.alloc(0) : encodeEntry(entry.id, values.join('; ')),
      });
      changes.push({ field, before, after: values, location: `INFO ${entry.id}` });
      touched.push(`RIFF/INFO/${entry.id}`);
    }
  }
  splices.sort((a, b) => a.offset - b.offset);
  return { splices: chunkSplices(list.chunk, splices, false), changes, touched };
}

/** A text with its terminating NUL, which the size counts, and a padding byte, which it doesn't. */
function encodeEntry(id: string, text: string): Buffer {
  const data = Buffer.from(`${text}\0`, 'utf8');
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length & 1)]);
}
