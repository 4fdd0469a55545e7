import type { FieldName, TagValues } from '../../shared/tags.ts';
import type { ByteSource } from '../tagging/format.ts';
import { apeValues, readApeLayout } from '../tagging/formats/ape/index.ts';
import { readLayout as readFlacLayout } from '../tagging/formats/flac/blocks.ts';
import { readComment } from '../tagging/formats/flac/plan.ts';
import { parseId3, readId3Values, valuesOfSeed } from '../tagging/formats/id3/index.ts';
import { formatOf } from '../tagging/formats/index.ts';
import { readFields as readMp4Fields } from '../tagging/formats/mp4/fields.ts';
import { readItems } from '../tagging/formats/mp4/items.ts';
import { readLayout as readMp4Layout } from '../tagging/formats/mp4/layout.ts';
import { framesFromId3v1 } from '../tagging/formats/mpeg/id3v1.ts';
import { commentOf, readHeaders } from '../tagging/formats/ogg/headers.ts';
import { readFields as readVorbisFields } from '../tagging/formats/vorbis-comment/fields.ts';
import { flacProperties, mp4Properties, type Properties, wavpackProperties } from './properties.ts';

/** What a reader found in a file. */
export interface Reading {
  readonly container: string;
  readonly tags: TagValues;
  readonly properties: Properties;
}

/*
 * The tagger's own readers, without what only a writer needs (digests of every frame). They are two to ten times
 * faster than music-metadata, and what the catalogue shows is what an edit will find. They refuse whatever they do
 * not understand wholly; music-metadata, which is lenient, reads that.
 */

/** @throws RefusedError */
export function readFlac(source: ByteSource): Reading {
  const layout = readFlacLayout(source);
  const comment = readComment(source, layout);
  const [first] = layout.blocks;
  return {
    container: 'flac',
    tags: bounded(readVorbisFields(comment?.entries ?? [])),
    properties: first?.type === 0 ? flacProperties(source, first.offset + 4) : {},
  };
}

/** @throws RefusedError */
export function readOgg(source: ByteSource): Reading {
  const headers = readHeaders(source);
  const tags = bounded(readVorbisFields(commentOf(headers).entries));
  return { container: headers.codec.container, tags, properties: {} };
}

/** @throws RefusedError */
export function readMp4(source: ByteSource): Reading {
  const layout = readMp4Layout(source);
  const items = layout.ilst ? readItems(layout.source, layout.ilst) : [];
  return { container: 'mp4', tags: bounded(readMp4Fields(items)), properties: mp4Properties(layout) };
}

/**
 * Streams of frames with ID3v2 and APEv2 around them. On an MP3 the first ID3v2 tag counts, then further ones, then
 * APE, ID3v1 only where it is alone; with `apeFirst` (WavPack, Monkey's Audio, Musepack) the APE tag counts.
 * @throws RefusedError
 */
export function readTagsAround(source: ByteSource, apeFirst: boolean): TagValues {
  const { leading, trailers, tag } = readApeLayout(source);
  const isId3 = ({ kind }: { readonly kind: string }): boolean => kind === 'id3v2';
  const spans = [...leading.filter(isId3), ...trailers.toReversed().filter(isId3)];
  const id3 = spans.map(({ start, end }) => readId3Values(parseId3(source.read(start, end - start))));
  const v1 = trailers.find(({ kind }) => kind === 'id3v1');
  const old = v1 && id3.length === 0 ? [valuesOfSeed(framesFromId3v1(source.read(v1.start, 128)))] : [];
  const ranked = apeFirst ? [apeValues(tag), ...id3] : [...id3, ...old, apeValues(tag)];
  return bounded(Object.assign({}, ...ranked.toReversed()));
}

/** @throws RefusedError */
export function readWavpack(source: ByteSource, audioStart: number): Reading {
  return {
    container: 'wavpack',
    tags: readTagsAround(source, true),
    properties: wavpackProperties(source, audioStart),
  };
}

/** Bytes that a writer's parser may read before the scan does without it: it takes digests of what it does not know. */
const BUDGET = 32 * 1024 * 1024;

/**
 * Tags as the tagger's format reads them, digests and all: for containers that are rare enough.
 * @throws RefusedError, or an error when more would have to be read than is worth it
 */
export function readByFormat(source: ByteSource): TagValues {
  let budget = BUDGET;
  const limited: ByteSource = {
    size: source.size,
    read: (offset, length) => {
      const bytes = source.read(offset, Math.min(length, budget + 1));
      budget -= bytes.length;
      if (budget < 0) throw new Error('Too much to read for tags alone.');
      return bytes;
    },
  };
  return bounded(formatOf(limited).parse(limited).values);
}

const MAX_VALUES = 64;
const MAX_LENGTH = 4096;
/** Free-form fields beyond these are other programs' data (Serato's base64), not something to search for. */
const MAX_CUSTOM_FIELDS = 64;
const MAX_CUSTOM_LENGTH = 256;

/** The values that a catalogue has use for: bounded, well-formed, none empty. */
function bounded(values: TagValues): TagValues {
  const kept: Partial<Record<FieldName, readonly string[]>> = {};
  let custom = 0;
  for (const [name, texts = []] of Object.entries(values) as [FieldName, readonly string[] | undefined][]) {
    if (name.startsWith('custom:')) {
      if (texts.some((text) => text.length > MAX_CUSTOM_LENGTH) || name.length > MAX_CUSTOM_LENGTH) continue;
      if (custom++ >= MAX_CUSTOM_FIELDS) continue;
    }
    const clean = texts.slice(0, MAX_VALUES).map((text) => text.slice(0, MAX_LENGTH).toWellFormed().trim());
    const filled = [...new Set(clean.filter((text) => text !== ''))];
    if (filled.length > 0) kept[name.toWellFormed() as FieldName] = filled;
  }
  splitPair(kept, 'trackNumber', 'trackTotal');
  splitPair(kept, 'discNumber', 'discTotal');
  return kept;
}

/** `3/12` where a container has one field for both. */
function splitPair(
  values: Partial<Record<FieldName, readonly string[]>>,
  number: 'trackNumber' | 'discNumber',
  total: 'trackTotal' | 'discTotal',
): void {
  const [, first = '', second = ''] = /^(\d+)\/(\d*)$/.exec(values[number]?.[0] ?? '') ?? [];
  if (first === '') return;
  values[number] = [first];
  if (second !== '') values[total] ??= [second];
}
