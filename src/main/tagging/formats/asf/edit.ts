import type { FieldEdit } from '../../../../shared/tags.ts';
import { tidySplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, EditPlan, Splice } from '../../format.ts';
import { type NamedTarget, resolveEdits } from '../common/named-fields.ts';
import {
  type AsfAttribute,
  type AsfTags,
  type AttributeList,
  attributeText,
  buildDescription,
  buildExtendedRecord,
  DESCRIPTION_NAMES,
  encodeText,
  readAsfTags,
  TYPE,
} from './attributes.ts';
import { ASF_FIELDS, asfTexts, RATING_NAME, sharedRatingOf } from './fields.ts';
import { HeaderSplices } from './header-splices.ts';
import { type AsfFile, GUID, readAsf } from './objects.ts';
import { attributeUnitId } from './units.ts';

const MAX_COUNT = 0xffff;

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const uint16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

/**
 * Plans an edit of a WMA/ASF header.
 * @throws RefusedError where the file is cut short or signed, an object does not add up or a value does not fit
 */
export function planAsf(source: ByteSource, edits: readonly FieldEdit[]): EditPlan {
  const file = readAsf(source);
  const tags = readAsfTags(file);
  const resolved = resolveEdits(edits.map(normalEdit), asfTexts(tags), ASF_FIELDS, {
    onlyExisting: false,
    label: 'ASF',
  });
  if (resolved.targets.length === 0) return { splices: [], changes: [], touched: [] };
  refuseUnsafe(file);
  const edit = new TagEdit(tags);
  for (const target of resolved.targets) edit.apply(target);
  const splices = edit.finish(new HeaderSplices(file));
  const inHeader = (offset: number, length: number): Buffer => file.bytes.subarray(offset, offset + length);
  return { splices: tidySplices(splices, inHeader), changes: resolved.changes, touched: [...edit.touched] };
}

/** A value given twice is one value, as the homes of attributes repeat each other; no stars are no rating. */
function normalEdit({ field, values }: FieldEdit): FieldEdit {
  if (field !== 'rating') return { field, values: [...new Set(values)] };
  if (values.length > 1) throw new RefusedError('A file has one rating.');
  return { field, values: values[0]?.trim() === '0' ? [] : values };
}

function refuseUnsafe(file: AsfFile): void {
  if (file.truncated) throw new RefusedError('The file ends in the middle of its audio; it looks cut short.');
  if (file.objects.some((object) => object.guid === GUID.digitalSignature))
    throw new RefusedError(
      'The header of this WMA file is digitally signed; any edit would break the signature.',
    );
}

/** Collects what changes in each of the homes of attributes. */
class TagEdit {
  readonly touched = new Set<string>();
  readonly #tags: AsfTags;
  /** Records → what stands in their place; several records make one splice each. */
  readonly #replaced = new Map<AsfAttribute, { bytes: Buffer; count: number }>();
  readonly #appended: Buffer[] = [];
  readonly #description = new Map<number, Buffer>();

  constructor(tags: AsfTags) {
    this.#tags = tags;
  }

  apply(target: NamedTarget): void {
    this.touched.add(attributeUnitId(target.name, 0));
    const old = this.#recordsOf(target.name);
    for (const record of old) {
      if (attributeText(record) === undefined)
        throw new RefusedError(`The attribute ${record.name} of this WMA file is not text.`);
      this.touched.add(attributeUnitId(record.name, 0));
      this.#replaced.set(record, { bytes: Buffer.alloc(0), count: 0 });
    }
    const index = DESCRIPTION_NAMES.findIndex((name) => sameName(name, target.name));
    const listed = index < 0 ? target.values : target.values.slice(1);
    if (index >= 0) {
      const [first] = target.values;
      this.#description.set(index, first === undefined ? Buffer.alloc(0) : encodeText(first));
    }
    const first = old.find((record) => record.home === 'extended');
    const records = listed.map((value) => buildRecord(first?.name ?? target.name, value, first));
    if (first) this.#replaced.set(first, { bytes: Buffer.concat(records), count: records.length });
    else this.#appended.push(...records);
  }

  #recordsOf(name: string): AsfAttribute[] {
    const { extended, metadata, library } = this.#tags;
    return [extended, metadata, library]
      .flatMap((list) => list?.attributes ?? [])
      .filter((attribute) => attribute.stream === 0 && sameName(attribute.name, name));
  }

  /** All splices, sizes and padding included. */
  finish(header: HeaderSplices): Splice[] {
    const { extended, metadata, library } = this.#tags;
    for (const list of [metadata, library]) if (list) this.#finishList(header, list, []);
    if (extended) this.#finishList(header, extended, this.#appended);
    else if (this.#appended.length > 0) {
      const payload = Buffer.concat([countOf(this.#appended.length), ...this.#appended]);
      header.addObject(GUID.extendedContentDescription, payload);
    }
    this.#finishDescription(header);
    return header.finish();
  }

  #finishList(header: HeaderSplices, list: AttributeList, appended: readonly Buffer[]): void {
    const splices: Splice[] = [];
    let count = list.attributes.length + appended.length;
    for (const attribute of list.attributes) {
      const change = this.#replaced.get(attribute);
      if (!change) continue;
      splices.push({
        offset: attribute.start,
        length: attribute.end - attribute.start,
        insert: change.bytes,
      });
      count += change.count - 1;
    }
    if (appended.length > 0)
      splices.push({ offset: list.object.end, length: 0, insert: Buffer.concat(appended) });
    if (splices.length === 0) return;
    splices.push({ offset: list.object.dataStart, length: 2, insert: countOf(count) });
    header.change(list.object, splices);
  }

  #finishDescription(header: HeaderSplices): void {
    if (this.#description.size === 0) return;
    const { description } = this.#tags;
    const strings = DESCRIPTION_NAMES.map(
      (_, index) => this.#description.get(index) ?? description?.strings[index] ?? Buffer.alloc(0),
    );
    const payload = buildDescription(strings);
    if (!description) {
      header.addObject(GUID.contentDescription, payload);
      return;
    }
    const { dataStart, end } = description.object;
    header.change(description.object, [{ offset: dataStart, length: end - dataStart, insert: payload }]);
  }
}

function countOf(count: number): Buffer {
  if (count > MAX_COUNT) throw new RefusedError('The WMA file has no room for further attributes.');
  return uint16(count);
}

/** The record of one value; a number stays a number of the size that it was. */
function buildRecord(name: string, value: string, old: AsfAttribute | undefined): Buffer {
  const rating = sameName(name, RATING_NAME);
  const text = rating ? sharedRatingOf(value) : value;
  const type = old?.type ?? (rating ? TYPE.uint32 : TYPE.text);
  const number = /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
  if (type === TYPE.uint32 && number <= 0xffff_ffff) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return buildExtendedRecord(name, type, bytes);
  }
  if (type === TYPE.uint16 && number <= 0xffff) return buildExtendedRecord(name, type, uint16(number));
  if (type === TYPE.uint64 && !Number.isNaN(number)) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(number));
    return buildExtendedRecord(name, type, bytes);
  }
  return buildExtendedRecord(name, TYPE.text, encodeText(text));
}
