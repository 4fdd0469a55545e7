import type { Probe, ProbeInput } from '../../shared/probe.ts';
import type { FoldedTrial } from '../lab/cross-validate.ts';
import { joinColumns, type Matrix, row, takeRows } from '../lab/matrix.ts';
import { argmax, negativeLogLikelihood } from '../lab/metrics.ts';
import {
  type Examples,
  fitProbes,
  logitsOf,
  type ProbeDescription,
  takeExamples,
} from '../lab/train-probe.ts';

/** A representation whose vectors are there for every example: one row an example. */
export interface Source {
  readonly input: ProbeInput;
  readonly vectors: Matrix;
  /** The vectors are scores of this probe, see `derived.ts`; `input` has its id. */
  readonly probe?: Probe;
}

/** Examples to choose on. */
export interface ChoiceExamples {
  readonly y: readonly number[];
  readonly foldOf: readonly number[];
}

/** A set of representations that was tried, with its best strength. */
export interface TriedSet {
  readonly representations: readonly string[];
  readonly loss: number;
  readonly accuracy: number;
}

export interface Choice {
  /** What reads best. */
  readonly sources: readonly Source[];
  readonly c: number;
  /**
   * Scores of each example by a probe that has seen neither it nor its group, of a set and strength that were chosen
   * without its fold: what is to be expected of tracks to come.
   */
  readonly logits: Matrix;
  readonly tried: readonly TriedSet[];
}

/** Inverse strengths of the penalty, strong to weak (see `fitProbe`): few examples want the first, many the last. */
const STRENGTHS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

/** Representations that are joined at most. */
const MAX_JOINED = 3;

/** A set must be better by that much (in nats) to be worth a representation more. */
const WORTH = 0.01;

/** Standardised values are cut there: a track unlike all others can't shout. */
export const CLIP = 5;

/** Tells how many of how many sets were tried; throw in it to cancel. */
export type Tell = (done: number, total: number) => Promise<void>;

/** What a probe over these representations is called and reads. */
export function describeProbe(
  sources: readonly Source[],
  base: Pick<ProbeDescription, 'id' | 'version' | 'task' | 'labels'>,
): ProbeDescription {
  return { ...base, inputs: sources.map(({ input }) => input), clip: CLIP };
}

/** The vectors of several representations side by side, of some examples or all. */
export function joinSources(sources: readonly Source[], rows?: readonly number[]): Matrix {
  return joinColumns(sources.map(({ vectors }) => (rows ? takeRows(vectors, rows) : vectors)));
}

/**
 * The representations, up to three of them joined, and the strength of penalty that read the labels best under
 * cross-validation: every one alone, the given sets, then the best one with each other as long as that helps.
 *
 * @param sets ids of representations that belong together, as in the shipped probes
 */
export async function choose(
  base: Pick<ProbeDescription, 'id' | 'version' | 'task' | 'labels'>,
  sources: readonly Source[],
  sets: readonly (readonly string[])[],
  examples: ChoiceExamples,
  tell: Tell,
): Promise<Choice> {
  const attempts: Attempt[] = [];
  const known = (ids: readonly string[]) => attempts.some(({ members }) => sameSet(members.map(idOf), ids));
  let planned = sources.length + sets.length;
  const attempt = async (members: readonly Source[]): Promise<void> => {
    if (members.length === 0 || known(members.map(idOf))) return;
    const x = joinSources(members);
    attempts.push({
      members,
      trials: tryFolds(describeProbe(members, base), { x, y: examples.y }, examples.foldOf),
    });
    planned = Math.max(planned, attempts.length);
    await tell(attempts.length, planned);
  };
  for (const source of sources) await attempt([source]);
  for (const ids of sets) {
    const members = ids.map((id) => sources.find((source) => idOf(source) === id));
    if (members.every((member) => member !== undefined)) await attempt(members);
  }
  for (;;) {
    const best = bestOf(attempts);
    if (best.members.length >= MAX_JOINED) break;
    const others = sources.filter((source) => !best.members.includes(source));
    planned = attempts.length + others.length;
    for (const other of others) await attempt([...best.members, other]);
    if (bestOf(attempts) === best) break;
  }
  const best = bestOf(attempts);
  return {
    sources: best.members,
    c: bestTrial(best).c,
    logits: honestLogits(attempts, examples),
    tried: attempts
      .map((each) => {
        const trial = bestTrial(each);
        return {
          representations: each.members.map(idOf),
          loss: trial.loss,
          accuracy: shareRight(trial.logits, examples.y),
        };
      })
      .sort((a, b) => a.loss - b.loss),
  };
}

/**
 * Gradient at which a fit is good enough to be compared: the loss is then exact to some thousandths, well below
 * `WORTH`, in a tenth of the time that an exact one takes.
 */
const ROUGHLY = 1e-3;

/** As `crossValidate`, roughly: every strength, each fold scored by a probe fitted on the others. */
function tryFolds(
  description: ProbeDescription,
  examples: Examples,
  foldOf: readonly number[],
): readonly FoldedTrial[] {
  const rows = examples.y.length;
  const columns = description.labels.length;
  const all = STRENGTHS.map((): Matrix => ({ rows, columns, data: new Float64Array(rows * columns) }));
  for (const fold of new Set(foldOf)) {
    const held = placesWhere(foldOf, (each) => each === fold);
    const rest = placesWhere(foldOf, (each) => each !== fold);
    const heldVectors = takeRows(examples.x, held);
    fitProbes(description, takeExamples(examples, rest), STRENGTHS, ROUGHLY).forEach((probe, trial) => {
      const scores = logitsOf(probe, heldVectors);
      held.forEach((at, place) => {
        all[trial]!.data.set(row(scores, place), at * columns);
      });
    });
  }
  return STRENGTHS.map((c, trial) => ({
    c,
    logits: all[trial]!,
    loss: negativeLogLikelihood(all[trial]!, examples.y),
  }));
}

interface Attempt {
  readonly members: readonly Source[];
  readonly trials: readonly FoldedTrial[];
}

const idOf = ({ input }: Source): string => input.representation;

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

function bestTrial({ trials }: Attempt): FoldedTrial {
  return trials.reduce((best, trial) => (trial.loss < best.loss ? trial : best));
}

/** The attempt with the least loss; one with more representations only where it is worth it. */
function bestOf(attempts: readonly Attempt[]): Attempt {
  const cost = (attempt: Attempt) => bestTrial(attempt).loss + WORTH * attempt.members.length;
  return attempts.reduce((best, attempt) => (cost(attempt) < cost(best) ? attempt : best));
}

/**
 * The choice is made without the fold that it is judged by: for each fold, the scores of the trial that is best on the
 * others. Judged by the trial that is best on all, the best of many would look better than it is (Varma & Simon 2006).
 */
function honestLogits(attempts: readonly Attempt[], { y, foldOf }: ChoiceExamples): Matrix {
  const columns = attempts[0]!.trials[0]!.logits.columns;
  const logits: Matrix = { rows: y.length, columns, data: new Float64Array(y.length * columns) };
  for (const fold of new Set(foldOf)) {
    const rest = placesWhere(foldOf, (each) => each !== fold);
    const labels = rest.map((at) => y[at]!);
    const lossWithout = ({ logits: all }: FoldedTrial) => negativeLogLikelihood(takeRows(all, rest), labels);
    let best: { trial: FoldedTrial; cost: number } | undefined;
    for (const { members, trials } of attempts) {
      for (const trial of trials) {
        const cost = lossWithout(trial) + WORTH * members.length;
        if (!best || cost < best.cost) best = { trial, cost };
      }
    }
    for (const at of placesWhere(foldOf, (each) => each === fold)) {
      logits.data.set(row(best!.trial.logits, at), at * columns);
    }
  }
  return logits;
}

function placesWhere(values: readonly number[], test: (value: number) => boolean): number[] {
  return values.flatMap((value, at) => (test(value) ? [at] : []));
}

function shareRight(logits: Matrix, y: readonly number[]): number {
  return y.filter((label, at) => argmax(row(logits, at)) === label).length / y.length;
}
