import type { TagValues } from '../../../../shared/tags.ts';
import { digest } from '../../bytes/digest.ts';
import { digestOfRange } from '../../bytes/reading.ts';
import { growth, tidySplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, TagFormat, Unit } from '../../format.ts';
import { id3Units, readId3Values } from '../id3/index.ts';
import { type Chunk, type Form, walkChunks } from './chunks.ts';
import { type Id3Chunk, id3Chunks, planId3Chunks, restOf } from './id3-chunks.ts';
import { type InfoList, infoValues, planInfo, readInfo } from './info.ts';
import { chunkSize, type Ds64, formSizeSplice, readDs64 } from './sizes.ts';

const CONTAINERS: Readonly<Record<string, string>> = { RIFF: 'wav', RF64: 'rf64', BW64: 'bw64' };

interface WaveFile {
  readonly container: string;
  readonly ds64: Ds64 | null;
  readonly form: Form;
  readonly data: Chunk;
  readonly id3: readonly Id3Chunk[];
  readonly infos: readonly InfoList[];
}

function open(source: ByteSource): WaveFile {
  const header = source.read(0, 12);
  const magic = header.toString('latin1', 0, 4);
  const ds64 = magic === 'RIFF' ? null : readDs64(source);
  const formEnd = 8 + (ds64 ? ds64.formSize : header.readUInt32LE(4));
  const form = walkChunks(source, formEnd, (bytes, id) => chunkSize(bytes, id, ds64));
  const [data, ...more] = form.chunks.filter(({ id }) => id === 'data');
  if (!data || more.length > 0 || !form.chunks.some(({ id }) => id === 'fmt '))
    throw new RefusedError('The file has no single audio chunk with its format; it is left as it is.');
  const infos = form.chunks.flatMap((chunk) => {
    const info = chunk.id === 'LIST' ? readInfo(source, chunk) : null;
    return info ? [info] : [];
  });
  return { container: CONTAINERS[magic]!, ds64, form, data, id3: id3Chunks(source, form), infos };
}

/** ID3 counts before INFO, the first of several before the others. */
function valuesOf({ id3, infos }: WaveFile): TagValues {
  const sources = [...id3.flatMap(({ tag }) => (tag ? [readId3Values(tag)] : [])), ...infos.map(infoValues)];
  return Object.assign({}, ...sources.toReversed());
}

function unitsOfChunk(source: ByteSource, file: WaveFile, chunk: Chunk): Unit[] {
  const id3 = file.id3.find((candidate) => candidate.chunk === chunk);
  if (id3) {
    const rest = restOf(id3);
    const units = id3.tag ? id3Units(id3.tag, id3.prefix) : [];
    return rest.length === 0 ? units : [...units, { id: `${id3.prefix}/rest`, digest: digest(rest) }];
  }
  const info = file.infos.find((candidate) => candidate.chunk === chunk);
  if (info?.entries)
    return info.entries.map(({ id, data }) => ({ id: `RIFF/INFO/${id}`, digest: digest(id, data) }));
  // The audio has a hash of its own; of ds64, the size of the whole changes with every edit.
  if (chunk === file.data) return [{ id: 'RIFF/data', digest: String(chunk.dataEnd - chunk.dataStart) }];
  const start = chunk.id === 'ds64' ? chunk.dataStart + 8 : chunk.dataStart;
  return [{ id: `RIFF/${chunk.id}`, digest: digestOfRange(source, start, chunk.dataEnd) }];
}

/** WAV, RF64 and BW64 (Broadcast Wave among them): an `id3 ` chunk, and LIST INFO where it has the field. */
export const riffFormat: TagFormat = {
  id: 'riff',
  matches(source) {
    const header = source.read(0, 12);
    return (
      header.length === 12 &&
      header.toString('latin1', 0, 4) in CONTAINERS &&
      header.toString('latin1', 8, 12) === 'WAVE'
    );
  },
  parse(source) {
    const file = open(source);
    const { form, data } = file;
    const trailing =
      source.size > form.end
        ? [{ id: 'File/trailing', digest: digestOfRange(source, form.end, source.size) }]
        : [];
    return {
      container: file.container,
      values: valuesOf(file),
      units: [...form.chunks.flatMap((chunk) => unitsOfChunk(source, file, chunk)), ...trailing],
      audio: [{ start: data.dataStart, end: data.dataEnd }],
    };
  },
  plan(source, edits, options) {
    const file = open(source);
    const plans = [
      ...planId3Chunks(file.form, file.id3, edits, options, { newId: 'id3 ', bigEndian: false }),
      ...file.infos.map((info) => planInfo(info, edits)),
    ];
    const splices = plans.flatMap((plan) => plan.splices);
    if (splices.length > 0) splices.push(formSizeSplice(file.ds64, file.form.end - 8 + growth(splices)));
    return {
      splices: tidySplices(splices, (offset, length) => source.read(offset, length)),
      changes: plans.flatMap(({ changes }) => changes),
      touched: [...new Set(plans.flatMap(({ touched }) => touched))],
    };
  },
};
