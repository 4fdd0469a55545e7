import type { FieldEdit, TagValues } from '../../../../shared/tags.ts';
import { digest } from '../../bytes/digest.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, EditPlan, Splice, Unit } from '../../format.ts';
import { type NamedTarget, type NamedTexts, readNamedValues, resolveEdits } from '../common/named-fields.ts';
import { APE_FIELDS } from './fields.ts';
import { type ApeLayout, readApeLayout } from './layout.ts';
import { type ApeItem, type ApeTag, apeTexts, buildApeItem, buildApeTag } from './tag.ts';

/** How an APE tag may be edited. */
export interface ApeEditOptions {
  /** Only fields that the tag already has are changed (the tag stands beside the file's main one, as in MP3). */
  readonly onlyExisting?: boolean;
}

/** Offset of size and count (two 32-bit numbers) in header and footer. */
const SIZE_AND_COUNT = 12;
const KIND_BITS = 0b110;
/** Keys that the APEv2 specification forbids, because readers would take them for other tags. */
const FORBIDDEN_KEYS = new Set(['id3', 'tag', 'oggs', 'mp+']);

const sameKey = (item: ApeItem, key: string): boolean => item.key.toLowerCase() === key.toLowerCase();

function textsOf(items: readonly ApeItem[]): NamedTexts {
  const byKey = new Map<string, { spelled: string; values: string[] }>();
  for (const item of items) {
    if (item.kind !== 'text') continue;
    const entry = byKey.get(item.key.toLowerCase());
    if (entry) entry.values.push(...apeTexts(item));
    else byKey.set(item.key.toLowerCase(), { spelled: item.key, values: [...apeTexts(item)] });
  }
  return {
    get: (name) => byKey.get(name.toLowerCase())?.values,
    names: () => [...byKey.values()].map((entry) => entry.spelled),
  };
}

/** What an APE tag says, by our field names. */
export function apeValues(tag: ApeTag | undefined): TagValues {
  return readNamedValues(textsOf(tag?.items ?? []), APE_FIELDS);
}

const unitId = (key: string): string => `APE/${key.toUpperCase()}`;
const FRAME_UNIT = 'APE/(tag)';

/** The items of an APE tag, and the tag's own flags, as the verifier compares them. */
export function apeUnits(tag: ApeTag | undefined): readonly Unit[] {
  if (!tag) return [];
  const frame = {
    id: FRAME_UNIT,
    digest: digest(`${tag.version} ${tag.flags} ${tag.headerAt !== undefined}`),
  };
  const items = tag.items.map((item) => ({
    id: unitId(item.key),
    digest: digest(`${item.flags} ${item.key}\0`, item.value),
  }));
  return [frame, ...items];
}

/**
 * Plans an edit of the APE tag of a file (or of a new one, in front of ID3v1 and Lyrics3).
 * @throws RefusedError where the tag or an item is marked read-only, or its structure is not sound
 */
export function planApe(
  source: ByteSource,
  edits: readonly FieldEdit[],
  options: ApeEditOptions = {},
): EditPlan {
  return planApeIn(readApeLayout(source), edits, options);
}

/** `planApe` for a file that was taken apart already. */
export function planApeIn(
  layout: ApeLayout,
  edits: readonly FieldEdit[],
  options: ApeEditOptions = {},
): EditPlan {
  const { tag } = layout;
  const onlyExisting = options.onlyExisting ?? false;
  const resolved = resolveEdits(edits, textsOf(tag?.items ?? []), APE_FIELDS, {
    onlyExisting,
    label: tag?.version === 1000 ? 'APEv1' : 'APEv2',
  });
  if (resolved.targets.length === 0) return { splices: [], changes: [], touched: [] };
  for (const target of resolved.targets) checkTarget(tag, target);
  const splices = tag ? editTag(tag, resolved.targets) : [newTag(layout.audioEnd, resolved.targets)];
  const touched = resolved.targets.map((target) => unitId(target.name));
  return { splices, changes: resolved.changes, touched: tag ? touched : [FRAME_UNIT, ...touched] };
}

function checkTarget(tag: ApeTag | undefined, target: NamedTarget): void {
  if (!/^[\x20-\x7e]{2,255}$/.test(target.name) || FORBIDDEN_KEYS.has(target.name.toLowerCase()))
    throw new RefusedError(`“${target.name}” can't be a field name in an APE tag.`);
  if (!tag) return;
  if (tag.readOnly) throw new RefusedError('The APE tag is marked read-only.');
  for (const item of tag.items.filter((candidate) => sameKey(candidate, target.name))) {
    if (item.readOnly) throw new RefusedError(`The item ${item.key} of the APE tag is marked read-only.`);
    if (item.kind !== 'text') throw new RefusedError(`The item ${item.key} of the APE tag is not text.`);
  }
  const plain = target.values.length <= 1 && target.values.every((value) => /^[\x20-\x7e]*$/.test(value));
  if (tag.version === 1000 && !plain)
    throw new RefusedError('The file has an APE tag of version 1, which holds only single ASCII values.');
}

function newTag(at: number, targets: readonly NamedTarget[]): Splice {
  const items = targets.map((target) => buildApeItem(target.name, 0, target.values));
  return { offset: at, length: 0, insert: buildApeTag(items) };
}

/** One splice an item that changes, and one each for size and count in header and footer. */
function editTag(tag: ApeTag, targets: readonly NamedTarget[]): readonly Splice[] {
  const splices: Splice[] = [];
  const appended: Buffer[] = [];
  let count = tag.items.length;
  let size = tag.itemsEnd - tag.itemsStart;
  for (const target of targets) {
    const old = tag.items.filter((item) => sameKey(item, target.name));
    const [first] = old;
    if (first === undefined) {
      if (target.values.length > 0) appended.push(buildApeItem(target.name, 0, target.values));
      continue;
    }
    for (const item of old) {
      const keep = item === first && target.values.length > 0;
      const insert = keep ? buildApeItem(item.key, item.flags & ~KIND_BITS, target.values) : Buffer.alloc(0);
      splices.push({ offset: item.start, length: item.end - item.start, insert });
      size += insert.length - (item.end - item.start);
      if (!keep) count -= 1;
    }
  }
  if (appended.length > 0) {
    const insert = Buffer.concat(appended);
    splices.push({ offset: tag.itemsEnd, length: 0, insert });
    size += insert.length;
    count += appended.length;
  }
  for (const at of [tag.headerAt, tag.footerAt]) {
    if (at === undefined) continue;
    const insert = Buffer.alloc(8);
    insert.writeUInt32LE(size + (tag.end - tag.itemsEnd), 0);
    insert.writeUInt32LE(count, 4);
    splices.push({ offset: at + SIZE_AND_COUNT, length: 8, insert });
  }
  return splices.sort((a, b) => a.offset - b.offset);
}
