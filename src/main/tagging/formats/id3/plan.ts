import type { FieldChange, FieldEdit } from '../../../../shared/tags.ts';
import { growth, tidySplices } from '../../bytes/splices.ts';
import { MAX_SYNCSAFE, syncsafe } from '../../bytes/syncsafe.ts';
import { RefusedError } from '../../errors.ts';
import type { FormatOptions, Splice, TagPlan } from '../../format.ts';
import { updateExtendedHeader } from './extended-header.ts';
import { frameOf, readField, writeField } from './fields.ts';
import { encodeFrame } from './frames.ts';
import { checkRestrictions } from './restrictions.ts';
import { type Id3Tag, parseId3 } from './tag.ts';
import { frameName } from './unit-id.ts';
import { addUnsync } from './unsync.ts';
import { isChanged, type WorkingFrame, WorkingFrames } from './working-frames.ts';

export interface Id3Options extends FormatOptions {
  /** Prefix of the unit ids, for a file with several tags; default `ID3v2`. */
  readonly prefix?: string;
  /** Edit a field only where the tag holds it: for a second tag in a file. */
  readonly onlyHeld?: boolean;
  /** What a new tag holds besides the edits; it counts as there before. */
  readonly seed?: readonly SeedFrame[];
}

/** A frame that a new tag starts with. */
export interface SeedFrame {
  readonly id: string;
  readonly body: Buffer;
}

/** Zeros behind the frames of a new or grown tag, so that the next edits don't move the audio. */
export const PADDING = 1024;

const NOTHING = { splices: [], changes: [], touched: [] } as const;

/**
 * What edits would do to one ID3v2 tag, wherever it stands. Version, frame order, and all frames but those of the
 * fields stay byte for byte; the tag keeps its size while its padding lasts.
 * @param tag the tag's bytes (more may follow); `null` to make a new one (v2.3)
 * @throws RefusedError when the tag isn't understood, or a frame can't be edited safely
 */
export function planId3(tag: Buffer | null, edits: readonly FieldEdit[], options: Id3Options): TagPlan {
  const parsed = tag ? parseId3(tag) : null;
  const frames = new WorkingFrames(parsed?.version ?? 3, parsed?.frames ?? []);
  if (!parsed) frames.seed(options.seed ?? []);
  const changes = editFrames(frames, edits, options);
  const changed = frames.all.filter(isChanged);
  if (changed.length === 0 || (!parsed && changes.length === 0))
    return { ...NOTHING, sizeAfter: parsed?.size ?? 0 };
  const prefix = options.prefix ?? 'ID3v2';
  const touched = [
    ...new Set(
      changed.flatMap(({ id, body, origin, removed }) => [
        ...(origin ? [frameName(id, origin.body)] : []),
        ...(removed ? [] : [frameName(id, body)]),
      ]),
    ),
  ].map((name) => `${prefix}/${name}`);
  if (!tag || !parsed) {
    const insert = newTag(changed);
    return {
      splices: [{ offset: 0, length: 0, insert }],
      sizeAfter: insert.length,
      changes,
      touched: [...touched, `${prefix}/header`],
    };
  }
  const splices = tidySplices(tagSplices(parsed, frames.all), (offset, length) =>
    tag.subarray(offset, offset + length),
  );
  const sizeAfter = parsed.size + growth(splices);
  checkRestrictions(parsed, changed, sizeAfter);
  return {
    splices,
    sizeAfter,
    changes,
    touched: parsed.extended ? [...touched, `${prefix}/extended-header`] : touched,
  };
}

/** Carries the edits out on the frames and says what they change. */
function editFrames(
  frames: WorkingFrames,
  edits: readonly FieldEdit[],
  options: Id3Options,
): readonly FieldChange[] {
  const wanted = options.onlyHeld ? edits.filter(({ field }) => readField(frames, field).length > 0) : edits;
  const before = wanted.map(({ field }) => readField(frames, field));
  for (const edit of wanted) writeField(frames, edit, options);
  return wanted.flatMap(({ field }, i): FieldChange[] => {
    const after = readField(frames, field);
    const was = before[i] ?? [];
    if (after.length === was.length && after.every((value, at) => value === was[at])) return [];
    return [{ field, before: was, after, location: `ID3v2.${frames.version} ${frameOf(frames, field)}` }];
  });
}

function newTag(added: readonly WorkingFrame[]): Buffer {
  const rule = { sizes: 'standard', allUnsynced: false } as const;
  const frames = Buffer.concat(
    added.flatMap(({ id, body }) => (body ? [encodeFrame(3, id, body, null, rule)] : [])),
  );
  const size = frames.length + PADDING;
  if (size > MAX_SYNCSAFE) throw new RefusedError('The new ID3v2 tag would be larger than 256 MB.');
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), syncsafe(size), frames, Buffer.alloc(PADDING)]);
}

interface Encoded {
  readonly start: number;
  readonly end: number;
  /** Decoded frame, and how it is stored in this tag. */
  readonly frame: Buffer;
  readonly stored: Buffer;
}

/** Splices within an existing tag: frames, padding, sizes, extended header. */
function tagSplices(tag: Id3Tag, frames: readonly WorkingFrame[]): Splice[] {
  const rule = { sizes: tag.sizes, allUnsynced: tag.version === 4 && (tag.flags & 0x80) !== 0 };
  const encoded = frames.filter(isChanged).map(({ id, body, origin, removed }): Encoded => {
    const frame = removed || !body ? Buffer.alloc(0) : encodeFrame(tag.version, id, body, origin, rule);
    return {
      start: origin?.start ?? tag.rawFramesEnd,
      end: origin?.end ?? tag.rawFramesEnd,
      frame,
      stored: tag.unsynced ? addUnsync(frame) : frame,
    };
  });
  const replaced = encoded.filter(({ start }) => start < tag.rawFramesEnd);
  const appended = encoded.filter(({ start }) => start >= tag.rawFramesEnd);
  const grown = encoded.reduce((sum, { start, end, stored }) => sum + stored.length - (end - start), 0);
  const padding = tag.rawBodyEnd - tag.rawFramesEnd;
  const paddingAfter = paddingFor(tag, padding, grown);
  // One splice for new frames and padding: they meet at the same byte.
  const tail = Buffer.concat(appended.map(({ stored }) => stored));
  const splices: Splice[] = replaced.map(({ start, end, stored }) => ({
    offset: start,
    length: end - start,
    insert: stored,
  }));
  if (tag.cleanPadding && !tag.footer) {
    splices.push({
      offset: tag.rawFramesEnd,
      length: padding,
      insert: Buffer.concat([tail, Buffer.alloc(paddingAfter)]),
    });
  } else splices.push({ offset: tag.rawFramesEnd, length: 0, insert: tail });
  if (tag.extended) splices.push(extendedSplice(tag, frames, encoded, paddingAfter));
  const bodySize = tag.rawBodyEnd - 10 + growth(splices);
  if (bodySize > MAX_SYNCSAFE) throw new RefusedError('The ID3v2 tag would become larger than 256 MB.');
  splices.push({ offset: 6, length: 4, insert: syncsafe(bodySize) });
  if (tag.footer) splices.push({ offset: tag.rawBodyEnd + 6, length: 4, insert: syncsafe(bodySize) });
  return splices;
}

/** Padding is used up and refilled so that the tag's size stays; what isn't all zero is kept as it is. */
function paddingFor(tag: Id3Tag, padding: number, grown: number): number {
  if (!tag.cleanPadding || tag.footer) return padding;
  return padding - grown >= 0 ? padding - grown : PADDING;
}

function extendedSplice(
  tag: Id3Tag,
  frames: readonly WorkingFrame[],
  encoded: readonly Encoded[],
  paddingAfter: number,
): Splice {
  const header = tag.extended!;
  const rawEnd = tag.frames[0]?.start ?? tag.rawFramesEnd;
  // Unchanged frames as they stand in the decoded body, changed ones anew, in order.
  const decoded: Buffer[] = [];
  let at = header.length;
  const newOnes = encoded.values();
  for (const frame of frames) {
    const { origin } = frame;
    const length = origin ? decodedLength(tag, origin.content.length) : 0;
    if (isChanged(frame)) decoded.push(newOnes.next().value!.frame);
    else decoded.push(tag.body.subarray(at, at + length));
    at += length;
  }
  const framesAfter = Buffer.concat(decoded);
  const rest = tag.cleanPadding ? Buffer.alloc(paddingAfter) : tag.body.subarray(tag.framesEnd);
  const updated = updateExtendedHeader(
    header,
    tag.version,
    tag.body,
    tag.framesEnd,
    Buffer.concat([framesAfter, rest]),
    framesAfter.length,
  );
  return { offset: 10, length: rawEnd - 10, insert: tag.unsynced ? addUnsync(updated) : updated };
}

const decodedLength = (tag: Id3Tag, content: number): number => content + (tag.version === 2 ? 6 : 10);
