import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { memorySource } from '../../../../src/main/tagging/bytes/memory-source.ts';
import { applySplices } from '../../../../src/main/tagging/bytes/splices.ts';
import type { AudioRange, EditPlan, FormatOptions, TagFormat } from '../../../../src/main/tagging/format.ts';
import { reverseSplices } from '../../../../src/main/tagging/write/reverse.ts';
import { verifyCopy } from '../../../../src/main/tagging/write/verify.ts';
import type { FieldEdit } from '../../../../src/shared/tags.ts';

const OPTIONS: FormatOptions = { multiValue: 'joined' };

function audioOf(bytes: Buffer, ranges: readonly AudioRange[]): string {
  const hash = createHash('sha256');
  for (const { start, end } of ranges) hash.update(bytes.subarray(start, end));
  return hash.digest('hex');
}

/**
 * Edits bytes in memory and checks what must hold for every edit of every container without page numbers: nothing but
 * the fields changes, the audio stays, a second edit does nothing, undoing gives the very bytes back.
 */
export function editAndCheck(
  format: TagFormat,
  bytes: Buffer,
  edits: readonly FieldEdit[],
  options = OPTIONS,
): { readonly plan: EditPlan; readonly after: Buffer } {
  const source = memorySource(bytes);
  expect(format.matches(source)).toBe(true);
  const before = format.parse(source);
  const plan = format.plan(source, edits, options);
  const after = applySplices(bytes, plan.splices);
  const copy = memorySource(after);
  expect(format.matches(copy)).toBe(true);
  const parsed = verifyCopy(format, before, copy, plan.changes, plan.touched);
  expect(audioOf(after, parsed.audio)).toBe(audioOf(bytes, before.audio));
  expect(format.plan(copy, edits, options).splices).toEqual([]);
  const journaled = plan.splices.map(({ offset, length, insert }) => ({
    offset,
    before: bytes.subarray(offset, offset + length),
    after: insert,
  }));
  const back = reverseSplices(journaled).map(({ offset, before: old, after: insert }) => ({
    offset,
    length: old.length,
    insert,
  }));
  expect(applySplices(after, back).equals(bytes)).toBe(true);
  return { plan, after };
}
