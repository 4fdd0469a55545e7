import { applySplices, growth } from '../../src/main/tagging/bytes/splices.ts';
import { RefusedError } from '../../src/main/tagging/errors.ts';
import type { ByteSource, EditPlan } from '../../src/main/tagging/format.ts';
import { formatOf } from '../../src/main/tagging/formats/index.ts';
import { verifyCopy } from '../../src/main/tagging/write/verify.ts';
import { type FieldEdit, type FieldName, TAG_FIELDS } from '../../src/shared/tags.ts';
import type { Random } from './random.ts';

/** How one input ended. `caught`: a plan was made, but the writer's check of the copy would have refused it. */
export type Ending = 'refused' | 'unchanged' | 'planned' | 'caught';

/** A source that counts what is read, so that reading a file over and over is noticed. */
export class CountingSource implements ByteSource {
  readonly size: number;
  readonly #bytes: Buffer;
  bytesRead = 0;
  reads = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Buffer {
    if (!(offset >= 0) || !(length >= 0)) throw new Error(`read(${offset}, ${length}) makes no sense`);
    const found = this.#bytes.subarray(offset, offset + length);
    this.bytesRead += found.length;
    this.reads += 1;
    return found;
  }
}

const FIELDS: readonly FieldName[] = [...TAG_FIELDS, 'custom:ENERGY'];
const VALUES = ['5', '2020', 'House', 'Ночь 夜', 'x'.repeat(300), '4'];

/** One to three edits; now and then one that clears. */
export function randomEdits(random: Random): FieldEdit[] {
  const fields = new Set(Array.from({ length: 1 + random.below(3) }, () => random.pick(FIELDS)));
  return [...fields].map((field) => {
    const count = random.below(8) === 0 ? 0 : field === 'genre' && random.next() < 0.3 ? 2 : 1;
    return { field, values: Array.from({ length: count }, () => random.pick(VALUES)) };
  });
}

function checkPlan(plan: EditPlan, size: number): void {
  let end = 0;
  for (const { offset, length } of plan.splices) {
    if (!(offset >= end) || !(length >= 0) || offset + length > size)
      throw new Error(`a splice of ${length} bytes at ${offset} is out of order or outside of ${size} bytes`);
    end = offset + length;
  }
}

/**
 * Parses and plans, as the writer does. Everything but a `RefusedError` is a bug and is thrown.
 */
export function attempt(source: CountingSource, bytes: Buffer, edits: readonly FieldEdit[]): Ending {
  let plan: EditPlan;
  try {
    const format = formatOf(source);
    format.parse(source);
    plan = format.plan(source, edits, { multiValue: 'joined' });
    checkPlan(plan, source.size);
  } catch (error) {
    if (error instanceof RefusedError) return 'refused';
    throw error;
  }
  if (plan.splices.length === 0) return 'unchanged';
  // Ogg pages are renumbered while copying, which needs files.
  if (plan.renumber && plan.renumber.length > 0) return 'planned';
  return survivesCheck(bytes, plan) ? 'planned' : 'caught';
}

function survivesCheck(bytes: Buffer, plan: EditPlan): boolean {
  const edited = applySplices(bytes, plan.splices);
  if (edited.length !== bytes.length + growth(plan.splices))
    throw new Error('the edited copy has a wrong size');
  try {
    const before = new CountingSource(bytes);
    const copy = new CountingSource(edited);
    const format = formatOf(copy);
    verifyCopy(format, format.parse(before), copy, plan.changes, plan.touched);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}
