import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelCheck } from '../../shared/analysis.ts';
import { ModelError } from './errors.ts';

/*
 * The known-answer test: an installed model hears a clip that we synthesise, and has to say what a verified
 * installation said (`models/known-answers/<id>.json`, made by `scripts/known-answers.ts`). Where nobody of us had the
 * weights, the answer has to be finite, not constant, of a sane size, and the same twice.
 */

/** Numbers kept of a vector: spread evenly over it. */
const KEPT = 16;

/** How far the numbers may be off, relative to the largest of them: other processors add in another order. */
export const TOLERANCE = 2e-3;

/** Two runs on the same machine may differ by as much: threads add in any order. */
const REPEAT_TOLERANCE = 1e-4;

/** No net that we know answers with numbers outside of this. */
const LARGEST = 1e6;

const answerSchema = z.strictObject({
  dimension: z.int().positive(),
  /** Every so-manyth number of the vector, from the first. */
  values: z.array(z.number()).min(1).max(KEPT),
});

const knownSchema = z.strictObject({
  format: z.literal('cratewise-known-answer'),
  formatVersion: z.literal(1),
  model: z.string(),
  /** Of the manifest that it was made with. */
  version: z.string(),
  tolerance: z.number().positive().max(0.1),
  answers: z.record(z.string(), answerSchema),
});

export type KnownAnswer = z.infer<typeof knownSchema>;

/** The known answer of a model; undefined where there is none. @throws ModelError where it is damaged */
export async function readKnownAnswer(folder: string, model: string): Promise<KnownAnswer | undefined> {
  const text = await readFile(join(folder, `${model}.json`), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return knownSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ModelError('check-failed', `The known answer of ${model} is damaged.`, { cause });
  }
}

/** What a verified installation said, in the form that is kept. */
export function knownAnswerOf(model: string, version: string, check: ModelCheck): KnownAnswer {
  const answers = check.answers.map(({ representation, vector }) => [
    representation,
    { dimension: vector.length, values: sampled(vector).map((x) => Number(x.toPrecision(6))) },
  ]);
  return {
    format: 'cratewise-known-answer',
    formatVersion: 1,
    model,
    version,
    tolerance: TOLERANCE,
    answers: Object.fromEntries(answers),
  };
}

/**
 * Judges what a model said to the clip.
 * @param known what it has to say
 * @throws ModelError `check-failed` that says what is wrong
 */
export function judgeAnswers(model: string, check: ModelCheck, known?: KnownAnswer): void {
  if (check.answers.length === 0) throw failed(model, 'it says nothing');
  for (const { representation, vector } of check.answers) {
    if (!vector.every(Number.isFinite)) throw failed(model, `${representation} is not finite`);
    const scale = largest(vector);
    if (scale > LARGEST) throw failed(model, `${representation} is far too large (${scale})`);
    const [head = 0] = vector;
    if (vector.every((x) => Math.abs(x - head) <= 1e-6 * scale)) {
      throw failed(model, `${representation} is constant`);
    }
  }
  if (known) compareKnown(model, check, known);
}

/**
 * Judges whether a model says the same to the same clip: for those of which no answer is known.
 * @throws ModelError `check-failed`
 */
export function judgeRepeated(model: string, first: ModelCheck, again: ModelCheck): void {
  for (const [i, { representation, vector }] of first.answers.entries()) {
    const second = again.answers[i]?.vector ?? new Float32Array();
    if (!close(vector, second, REPEAT_TOLERANCE)) {
      throw failed(model, `${representation} is another at each run`);
    }
  }
}

function compareKnown(model: string, check: ModelCheck, known: KnownAnswer): void {
  for (const [representation, { dimension, values }] of Object.entries(known.answers)) {
    const vector = check.answers.find((answer) => answer.representation === representation)?.vector;
    if (!vector) throw failed(model, `it has no ${representation}`);
    if (vector.length !== dimension) throw failed(model, `${representation} has ${vector.length} dimensions`);
    if (!close(sampled(vector), values, known.tolerance)) {
      throw failed(model, `${representation} is not what it has to be`);
    }
  }
}

function sampled(vector: Float32Array): number[] {
  const count = Math.min(KEPT, vector.length);
  return Array.from(
    { length: count },
    (_, i) => vector[Math.floor((i * vector.length) / count)] ?? Number.NaN,
  );
}

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): boolean {
  if (a.length !== b.length) return false;
  const allowed = tolerance * Math.max(largest(a), largest(b));
  for (let i = 0; i < a.length; i++) if (!(Math.abs((a[i] ?? 0) - (b[i] ?? 0)) <= allowed)) return false;
  return true;
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
  return most;
}

function failed(model: string, why: string): ModelError {
  return new ModelError('check-failed', `${model} did not pass its test: ${why}.`);
}
