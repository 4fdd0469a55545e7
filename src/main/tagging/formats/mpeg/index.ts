import type { FieldEdit, TagValues } from '../../../../shared/tags.ts';
import { digestOfRange } from '../../bytes/reading.ts';
import { shiftSplices, tidySplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, EditPlan, FormatOptions, TagFormat, TagPlan, Unit } from '../../format.ts';
import { type ApeLayout, apeUnits, apeValues, planApeIn, readApeLayout } from '../ape/index.ts';
import { type Id3Tag, id3Units, parseId3, planId3, readId3Values, valuesOfSeed } from '../id3/index.ts';
import { detectStream, findStream, type Stream } from './detect.ts';
import { framesFromId3v1 } from './id3v1.ts';

interface Tagged {
  readonly offset: number;
  readonly bytes: Buffer;
  readonly tag: Id3Tag;
  readonly prefix: string;
}

interface MpegFile {
  readonly stream: Stream;
  readonly layout: ApeLayout;
  /** ID3v2 tags: those in front in order, then appended ones. */
  readonly tags: readonly Tagged[];
  /** ID3v1, where it is the only ID3 tag. */
  readonly onlyId3v1: Buffer | null;
}

/** A tag is held in memory while it is edited. */
const MAX_TAG = 128 * 1024 * 1024;

function open(source: ByteSource): MpegFile {
  const layout = readApeLayout(source);
  const { audioStart, audioEnd } = layout;
  const stream = detectStream(source, audioStart, audioEnd, layout.leading.length > 0);
  if (!stream)
    throw new RefusedError(
      layout.leading.length > 0
        ? 'Behind the tag at the front there is no MPEG audio, AAC or TTA that could be recognised.'
        : 'No MPEG audio, AAC or TTA could be recognised in this file.',
    );
  const isId3 = ({ kind }: { readonly kind: string }): boolean => kind === 'id3v2';
  const inFront = layout.leading.filter(isId3);
  const appended = layout.trailers.toReversed().filter(isId3);
  const tags = [...inFront, ...appended].map(({ start, end }, i): Tagged => {
    if (end - start > MAX_TAG)
      throw new RefusedError(`The ID3v2 tag has ${end - start} bytes; that is too many.`);
    const bytes = source.read(start, end - start);
    const tag = parseId3(bytes);
    // A wrong size makes the tag cover audio; what is taken for padding then is music.
    if (!tag.cleanPadding && findStream(bytes.subarray(tag.rawFramesEnd), bytes.length))
      throw new RefusedError('The ID3v2 tag’s size is wrong: it covers audio.');
    const prefix = i < inFront.length ? `ID3v2${i === 0 ? '' : `#${i + 1}`}` : `ID3v2-appended#${i + 1}`;
    return { offset: start, bytes, tag, prefix };
  });
  const v1 = layout.trailers.find(({ kind }) => kind === 'id3v1');
  return {
    stream,
    layout,
    tags,
    onlyId3v1: v1 && tags.length === 0 ? source.read(v1.start, v1.end - v1.start) : null,
  };
}

/** What the file says: the first tag that has a field counts; APE after ID3v2; ID3v1 only where it is alone. */
function valuesOf(file: MpegFile): TagValues {
  const sources = [
    ...file.tags.map(({ tag }) => readId3Values(tag)),
    ...(file.onlyId3v1 ? [valuesOfSeed(framesFromId3v1(file.onlyId3v1))] : []),
    apeValues(file.layout.tag),
  ];
  return Object.assign({}, ...sources.toReversed());
}

function unitsOf(source: ByteSource, { layout, tags }: MpegFile): Unit[] {
  const rest = layout.trailers.filter(({ kind }) => kind !== 'id3v2' && kind !== 'ape');
  return [
    ...tags.flatMap(({ tag, prefix }) => id3Units(tag, prefix)),
    ...apeUnits(layout.tag),
    ...rest.map(({ kind, start, end }) => ({
      id: `File/${kind}`,
      digest: digestOfRange(source, start, end),
    })),
  ];
}

/** The first tag gets all edits (a new one where there is none), any further one those of fields that it holds. */
function planTags(file: MpegFile, edits: readonly FieldEdit[], options: FormatOptions): TagPlan[] {
  if (file.tags.length === 0) {
    const seed = file.onlyId3v1 ? framesFromId3v1(file.onlyId3v1) : [];
    return [planId3(null, edits, { ...options, seed })];
  }
  return file.tags.map(({ bytes, offset, prefix }, i) =>
    shifted(planId3(bytes, edits, { ...options, prefix, onlyHeld: i > 0 }), offset),
  );
}

/** The edits of fields that have a value. Free-form names are compared without case, as APE does. */
function heldBy(values: TagValues, edits: readonly FieldEdit[]): FieldEdit[] {
  const held = new Set(Object.keys(values).map((name) => name.toLowerCase()));
  return edits.filter(({ field }) => held.has(field.toLowerCase()));
}

const shifted = (plan: TagPlan, by: number): TagPlan => ({
  ...plan,
  splices: shiftSplices(plan.splices, by),
});

/** MPEG audio (MP3 and its kin), AAC in ADTS, and TTA: ID3v2 in front, perhaps APE and ID3v1 behind. */
export const mpegFormat: TagFormat = {
  id: 'mpeg',
  matches: (source) =>
    // Nothing else that we know starts with an ID3 tag and was not claimed before us: we say why it is refused.
    source.read(0, 3).toString('latin1') === 'ID3' || detectStream(source, 0, source.size, false) !== null,
  parse(source) {
    const file = open(source);
    return {
      container: file.stream,
      values: valuesOf(file),
      units: unitsOf(source, file),
      audio: [{ start: file.layout.audioStart, end: file.layout.audioEnd }],
    };
  },
  plan(source, edits, options): EditPlan {
    const file = open(source);
    const id3 = planTags(file, edits, options);
    const ape = planApeIn(file.layout, heldBy(apeValues(file.layout.tag), edits), { onlyExisting: true });
    const plans = [...id3, ape];
    return {
      splices: tidySplices(
        plans.flatMap(({ splices }) => splices),
        (offset, length) => source.read(offset, length),
      ),
      changes: plans.flatMap(({ changes }) => changes),
      touched: [...new Set(plans.flatMap(({ touched }) => touched))],
    };
  },
};
