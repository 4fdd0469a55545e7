import { digest } from '../../bytes/digest.ts';
import { digestOfRange } from '../../bytes/reading.ts';
import { growth, tidySplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, TagFormat, Unit } from '../../format.ts';
import { id3Units, readId3Values } from '../id3/index.ts';
import { type Chunk, type Form, walkChunks } from '../riff/chunks.ts';
import { type Id3Chunk, id3Chunks, planId3Chunks, restOf } from '../riff/id3-chunks.ts';

interface AiffFile {
  readonly form: Form;
  readonly sound: Chunk;
  readonly id3: readonly Id3Chunk[];
}

function open(source: ByteSource): AiffFile {
  const formEnd = 8 + source.read(4, 4).readUInt32BE(0);
  const form = walkChunks(source, formEnd, (header) => header.readUInt32BE(4));
  const [sound, ...more] = form.chunks.filter(({ id }) => id === 'SSND');
  if (!sound || more.length > 0 || !form.chunks.some(({ id }) => id === 'COMM'))
    throw new RefusedError('The file has no single audio chunk with its format; it is left as it is.');
  return { form, sound, id3: id3Chunks(source, form) };
}

function unitsOfChunk(source: ByteSource, { id3, sound }: AiffFile, chunk: Chunk): Unit[] {
  const own = id3.find((candidate) => candidate.chunk === chunk);
  if (own) {
    const rest = restOf(own);
    const units = own.tag ? id3Units(own.tag, own.prefix) : [];
    return rest.length === 0 ? units : [...units, { id: `${own.prefix}/rest`, digest: digest(rest) }];
  }
  // The audio has a hash of its own.
  if (chunk === sound) return [{ id: 'AIFF/SSND', digest: String(chunk.dataEnd - chunk.dataStart) }];
  return [{ id: `AIFF/${chunk.id}`, digest: digestOfRange(source, chunk.dataStart, chunk.dataEnd) }];
}

/** AIFF and AIFF-C: an `ID3 ` chunk. The few text chunks of AIFF itself (NAME, AUTH, ANNO) stay as they are. */
export const aiffFormat: TagFormat = {
  id: 'aiff',
  matches(source) {
    const header = source.read(0, 12).toString('latin1');
    return header.startsWith('FORM') && (header.endsWith('AIFF') || header.endsWith('AIFC'));
  },
  parse(source) {
    const file = open(source);
    const { form, sound, id3 } = file;
    const values = id3.flatMap(({ tag }) => (tag ? [readId3Values(tag)] : []));
    const trailing =
      source.size > form.end
        ? [{ id: 'File/trailing', digest: digestOfRange(source, form.end, source.size) }]
        : [];
    return {
      container: source.read(8, 4).toString('latin1').toLowerCase(),
      values: Object.assign({}, ...values.toReversed()),
      units: [...form.chunks.flatMap((chunk) => unitsOfChunk(source, file, chunk)), ...trailing],
      audio: [{ start: sound.dataStart, end: sound.dataEnd }],
    };
  },
  plan(source, edits, options) {
    const { form, id3 } = open(source);
    const plans = planId3Chunks(form, id3, edits, options, { newId: 'ID3 ', bigEndian: true });
    const splices = plans.flatMap((plan) => plan.splices);
    if (splices.length > 0) {
      const size = form.end - 8 + growth(splices);
      if (size > 0xffff_ffff)
        throw new RefusedError('The file would become larger than the 4 GB that AIFF can hold.');
      const insert = Buffer.alloc(4);
      insert.writeUInt32BE(size);
      splices.push({ offset: 4, length: 4, insert });
    }
    return {
      splices: tidySplices(splices, (offset, length) => source.read(offset, length)),
      changes: plans.flatMap(({ changes }) => changes),
      touched: [...new Set(plans.flatMap(({ touched }) => touched))],
    };
  },
};
