import type { FieldEdit, FieldName, StandardField, TagValues } from '../../../../shared/tags.ts';
import { RefusedError } from '../../errors.ts';
import type { FormatOptions } from '../../format.ts';
import { readDate, writeDate } from './dates.ts';
import { parseGenres, printGenre } from './genres.ts';
import { readRating, writeRating } from './rating.ts';
import {
  decodeTextFrame,
  encodeTerminated,
  encodeText,
  encodeTextFrame,
  encodingFor,
  type Id3Version,
  readStrings,
} from './text.ts';
import { languageText, userText } from './unit-id.ts';
import type { WorkingFrame, WorkingFrames } from './working-frames.ts';

/** Fields that are one plain text frame: [v2.2, v2.3 and v2.4]. */
const TEXT_FRAMES = {
  title: ['TT2', 'TIT2'],
  artist: ['TP1', 'TPE1'],
  album: ['TAL', 'TALB'],
  albumArtist: ['TP2', 'TPE2'],
  genre: ['TCO', 'TCON'],
  key: ['TKE', 'TKEY'],
  bpm: ['TBP', 'TBPM'],
  composer: ['TCM', 'TCOM'],
} as const satisfies Partial<Record<StandardField, readonly [string, string]>>;

/** Fields that v2.3 and earlier keep as one string although they have several values. */
const MULTI_VALUED: ReadonlySet<FieldName> = new Set(['genre', 'artist', 'albumArtist', 'composer']);

/** Halves of `n/total` frames: [v2.2 id, later id, which half]. */
const PAIRS = {
  trackNumber: ['TRK', 'TRCK', 0],
  trackTotal: ['TRK', 'TRCK', 1],
  discNumber: ['TPA', 'TPOS', 0],
  discTotal: ['TPA', 'TPOS', 1],
} as const;

const idOf = (version: Id3Version, ids: readonly [string, string, ...unknown[]]): string =>
  version === 2 ? ids[0] : ids[1];

const isTextField = (field: string): field is keyof typeof TEXT_FRAMES => field in TEXT_FRAMES;
const isPairField = (field: string): field is keyof typeof PAIRS => field in PAIRS;

const textsOf = (frames: readonly WorkingFrame[]): string[] =>
  frames.flatMap((frame) => (frame.body ? decodeTextFrame(frame.body) : []));

/** The id of the frame that holds a field, for the preview. */
export function frameOf(frames: WorkingFrames, field: FieldName): string {
  const { version } = frames;
  if (isTextField(field)) return idOf(version, TEXT_FRAMES[field]);
  if (isPairField(field)) return idOf(version, PAIRS[field]);
  if (field === 'date') return version === 4 ? 'TDRC' : version === 3 ? 'TYER' : 'TYE';
  if (field === 'comment') return version === 2 ? 'COM' : 'COMM';
  if (field === 'grouping') return groupingId(frames);
  if (field === 'rating') return version === 2 ? 'POP' : 'POPM';
  return `${version === 2 ? 'TXX' : 'TXXX'}:${field.slice('custom:'.length)}`;
}

/** iTunes moved the grouping from TIT1 to a frame of its own; the one that is there is meant. */
function groupingId(frames: WorkingFrames): string {
  const own = frames.version === 2 ? 'GP1' : 'GRP1';
  return frames.withId(own).length > 0 ? own : frames.version === 2 ? 'TT1' : 'TIT1';
}

/** The main comment: no description. iTunes' technical comments all have one. */
function mainComments(frames: WorkingFrames): WorkingFrame[] {
  const unnamed = frames
    .withId(frames.version === 2 ? 'COM' : 'COMM')
    .filter((frame) => frame.body && frame.body.length >= 4 && languageText(frame.body).description === '');
  // Comments in other languages are other comments.
  const language = unnamed[0]?.body?.toString('latin1', 1, 4);
  return unnamed.filter((frame) => frame.body?.toString('latin1', 1, 4) === language);
}

function customFrames(frames: WorkingFrames, name: string): WorkingFrame[] {
  return frames
    .withId(frames.version === 2 ? 'TXX' : 'TXXX')
    .filter((frame) => frame.body && userText(frame.body).description.toLowerCase() === name.toLowerCase());
}

function customValues(body: Buffer): string[] {
  const { valueAt, encoding } = userText(body);
  return readStrings(body, valueAt, encoding);
}

/** What the frames say for one field. */
export function readField(frames: WorkingFrames, field: FieldName): string[] {
  if (isTextField(field)) {
    const texts = textsOf(frames.withId(idOf(frames.version, TEXT_FRAMES[field])));
    const split =
      frames.version < 4 && MULTI_VALUED.has(field) ? texts.flatMap((text) => text.split(/; +/)) : texts;
    return (field === 'genre' ? parseGenres(split, frames.version) : split).filter((text) => text !== '');
  }
  if (isPairField(field)) {
    const text = textsOf(frames.withId(idOf(frames.version, PAIRS[field])))[0] ?? '';
    const half = pairOf(text)[PAIRS[field][2]];
    return half === '' ? [] : [half];
  }
  if (field === 'date') return readDate(frames);
  if (field === 'comment')
    return mainComments(frames).flatMap(({ body }) => {
      if (!body) return [];
      const { valueAt, encoding } = languageText(body);
      return readStrings(body, valueAt, encoding);
    });
  if (field === 'grouping') return textsOf(frames.withId(groupingId(frames)));
  if (field === 'rating') return readRating(frames);
  return customFrames(frames, field.slice('custom:'.length)).flatMap(({ body }) =>
    body ? customValues(body) : [],
  );
}

const STANDARD: readonly FieldName[] = [
  ...(Object.keys(TEXT_FRAMES) as (keyof typeof TEXT_FRAMES)[]),
  ...(Object.keys(PAIRS) as (keyof typeof PAIRS)[]),
  'date',
  'comment',
  'grouping',
  'rating',
];

/** Everything that the frames say, user-defined texts as `custom:<description>`. */
export function readFields(frames: WorkingFrames): TagValues {
  const values: Partial<Record<FieldName, readonly string[]>> = {};
  const custom = frames.withId(frames.version === 2 ? 'TXX' : 'TXXX').flatMap(({ body }): FieldName[] => {
    const name = body ? userText(body).description : '';
    return name === '' ? [] : [`custom:${name}`];
  });
  const seen = new Set<string>();
  for (const field of [...STANDARD, ...custom]) {
    if (seen.has(field.toLowerCase())) continue;
    seen.add(field.toLowerCase());
    const found = readField(frames, field);
    if (found.length > 0) values[field] = found;
  }
  return values;
}

const pairOf = (text: string): [string, string] => {
  const slash = text.indexOf('/');
  return slash < 0 ? [text.trim(), ''] : [text.slice(0, slash).trim(), text.slice(slash + 1).trim()];
};

/** One string out of several values, as the version and the option have it. */
function joined(version: Id3Version, values: readonly string[], options: FormatOptions): string {
  return values.join(version === 4 || options.multiValue === 'nul' ? '\0' : '; ');
}

/**
 * Carries one edit out on the frames. A field that says the same already is left as it is, however it is coded.
 * @throws RefusedError when the frame in question can't be edited, or the value can't be stored there
 */
export function writeField(frames: WorkingFrames, edit: FieldEdit, options: FormatOptions): void {
  const { field } = edit;
  const { version } = frames;
  const isNone = (value: string): boolean => value === '' || (field === 'rating' && Number(value) === 0);
  const values = edit.values.filter((value) => !isNone(value));
  const held = readField(frames, field);
  if (held.length === values.length && held.every((value, i) => value === values[i])) return;
  const text = joined(version, values, options);
  if (isTextField(field)) {
    const id = idOf(version, TEXT_FRAMES[field]);
    const stored =
      field === 'genre'
        ? joined(
            version,
            values.map((v) => printGenre(v, version)),
            options,
          )
        : text;
    frames.replace(frames.withId(id), id, values.length > 0 ? encodeTextFrame(version, stored) : null);
  } else if (isPairField(field)) writePair(frames, field, values);
  else if (field === 'date') writeDate(frames, values);
  else if (field === 'comment') writeComment(frames, values.join(version === 4 ? '\n' : '; '));
  else if (field === 'grouping') {
    const id = groupingId(frames);
    frames.replace(frames.withId(id), id, values.length > 0 ? encodeTextFrame(version, text) : null);
  } else if (field === 'rating') writeRating(frames, values);
  else writeCustom(frames, field.slice('custom:'.length), values, text);
}

function writePair(frames: WorkingFrames, field: keyof typeof PAIRS, values: readonly string[]): void {
  const [value = '', ...more] = values;
  if (more.length > 0) throw new RefusedError(`The field ${field} takes one value.`);
  if (value.includes('/')) throw new RefusedError(`The field ${field} takes a number without a slash.`);
  const id = idOf(frames.version, PAIRS[field]);
  const held = frames.withId(id);
  const pair = pairOf(textsOf(held)[0] ?? '');
  pair[PAIRS[field][2]] = value;
  const [number, total] = pair;
  const text = total === '' ? number : `${number}/${total}`;
  frames.replace(held, id, text === '' ? null : encodeTextFrame(frames.version, text));
}

function writeComment(frames: WorkingFrames, text: string): void {
  const held = mainComments(frames);
  const language = held[0]?.body?.toString('latin1', 1, 4) ?? 'eng';
  const encoding = encodingFor(frames.version, [text]);
  const body = Buffer.concat([
    Buffer.from([encoding]),
    Buffer.from(language, 'latin1'),
    encodeTerminated('', encoding),
    encodeText(text, encoding),
  ]);
  frames.replace(held, frames.version === 2 ? 'COM' : 'COMM', text === '' ? null : body);
}

function writeCustom(frames: WorkingFrames, name: string, values: readonly string[], text: string): void {
  const held = customFrames(frames, name);
  // The spelling found is kept.
  const description = held[0]?.body ? userText(held[0].body).description : name;
  const encoding = encodingFor(frames.version, [description, ...values]);
  const body = Buffer.concat([
    Buffer.from([encoding]),
    encodeTerminated(description, encoding),
    encodeText(text, encoding),
  ]);
  frames.replace(held, frames.version === 2 ? 'TXX' : 'TXXX', values.length > 0 ? body : null);
}
