import { expect } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { RefusedError } from '../../../../../src/main/tagging/errors.ts';
import type { AudioRange, ParsedFile, TagFormat, Unit } from '../../../../../src/main/tagging/format.ts';
import type { FieldEdit } from '../../../../../src/shared/tags.ts';
import { applyPlan, invertPlan } from './apply-plan.ts';

const OPTIONS = { multiValue: 'joined' } as const;

/** The audio's bytes; of Ogg pages without their number and CRC. */
export function audioBytes(bytes: Buffer, ranges: readonly AudioRange[]): Buffer {
  return Buffer.concat(
    ranges.map(({ start, end, mask }) => {
      const part = Buffer.from(bytes.subarray(start, end));
      if (mask) {
        for (let at = 0; part.toString('latin1', at, at + 4) === 'OggS'; ) {
          part.fill(0, at + 18, at + 26);
          const segments = part[at + 26]!;
          at += 27 + segments + part.subarray(at + 27, at + 27 + segments).reduce((sum, one) => sum + one, 0);
        }
      }
      return part;
    }),
  );
}

const untouched = (units: readonly Unit[], touched: readonly string[]): string[] =>
  units.filter(({ id }) => !touched.includes(id)).map(({ id, digest }) => `${id} ${digest}`);

export interface Outcome {
  readonly edited: Buffer;
  readonly before: ParsedFile;
  readonly after: ParsedFile;
}

/** Edits, then checks all that must hold of any edit: what was asked is there, and nothing else changed. */
export function expectHarmlessEdit(format: TagFormat, bytes: Buffer, edits: readonly FieldEdit[]): Outcome {
  const before = format.parse(memorySource(bytes));
  const plan = format.plan(memorySource(bytes), edits, OPTIONS);
  const edited = applyPlan(bytes, plan);
  const after = format.parse(memorySource(edited));

  expect(after.container).toBe(before.container);
  expect(audioBytes(edited, after.audio).equals(audioBytes(bytes, before.audio))).toBe(true);
  expect(untouched(after.units, plan.touched)).toEqual(untouched(before.units, plan.touched));
  expect(format.plan(memorySource(edited), edits, OPTIONS).splices).toEqual([]);
  expect(applyPlan(edited, invertPlan(bytes, plan)).equals(bytes)).toBe(true);
  if (plan.splices.length === 0) expect(plan.touched).toEqual([]);
  return { edited, before, after };
}

/** Reads and plans an edit of any bytes: an answer or a refusal, never another error. */
export function expectNoCrash(format: TagFormat, bytes: Buffer, edits: readonly FieldEdit[]): void {
  const source = memorySource(bytes);
  for (const attempt of [
    () => format.matches(source),
    () => format.parse(source),
    () => applyPlan(bytes, format.plan(source, edits, OPTIONS)),
  ]) {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
    }
  }
}
