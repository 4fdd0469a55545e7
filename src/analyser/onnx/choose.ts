import { type DeviceVerdict, PROVIDER_NAMES } from '../../shared/device.ts';
import { type Candidate, closeQuietly, type Engine } from './engine.ts';
import { failureOf, messageOf } from './failures.ts';
import { allFinite, cosine } from './similarity.ts';
import type { VerdictStore } from './verdicts.ts';

/** What a device's vectors must come up to beside those of the processor in 32 bits. */
export const PARITY = 0.999;

/**
 * The same for the small input, which only sorts out what is plainly wrong: over a second the errors of rounding do not
 * average out. MusicGen in 8 bits has .998 there and .9997 over a half-minute.
 */
export const ROUGH_PARITY = 0.9;

/** Of the rules here and of the clip: a verdict by other ones is no verdict any more. */
export const RULES_VERSION = 2;

/** Trials that may vanish together with their process before a device is left alone. */
const VANISHED = 2;

/** A device that is so many times slower with little input need not be tried with much: it is emulated in software. */
const HOPELESS = 4;

/** What is needed to find out where a net should run. */
export interface Choosing<I, O> {
  /** In order of preference; every one of them has to prove itself. */
  readonly candidates: readonly Candidate[];
  /** The processor with 32-bit arithmetic: the yardstick, and what is left when nothing else will do. */
  readonly reference: Candidate;
  /** Opens the net. Throws what the runtime throws. */
  open(candidate: Candidate): Promise<Engine<I, O>>;
  /**
   * A real window's worth of input: some providers are right with small tensors and wrong with large ones. Made only
   * when something has to be tried.
   */
  probe(): I;
  /** A small input, tried first where speed matters. */
  quickProbe(): I;
  /** The vectors of an answer. */
  vectors(answer: O): readonly Float32Array[];
  readonly verdicts: VerdictStore;
  /** Whether a candidate that is right but slower than the reference is refused; not when the user named it. */
  readonly mustBeFaster: boolean;
  /** Milliseconds; default the process's clock. */
  readonly now?: () => number;
}

/** The outcome. */
export interface Chosen<I, O> {
  readonly candidate: Candidate;
  readonly engine: Engine<I, O>;
  readonly reason: string;
  readonly considered: readonly DeviceVerdict[];
}

interface Trial {
  readonly vectors: readonly Float32Array[];
  readonly seconds: number;
}

/**
 * The first candidate whose vectors of `probe` agree with the processor's and that is faster than it, else the
 * processor. A trial is on record before it begins: a driver that takes the process with it is not tried for ever.
 * Verdicts about right or wrong are kept; a failure to open or to run is tried again at the next start, since what
 * was out of memory or out of order then may not be so any more.
 */
export async function choose<I, O>(choosing: Choosing<I, O>): Promise<Chosen<I, O>> {
  const { candidates, reference, verdicts } = choosing;
  const considered: DeviceVerdict[] = [];
  let yardstick: Engine<I, O> | undefined;
  const trialsOfYardstick = new Map<string, Trial>();

  const consider = (candidate: Candidate, accepted: boolean, reason: string) => {
    const { provider, device, precision } = candidate;
    considered.push({ provider, device, precision, accepted, reason });
  };

  /** Compares an engine with the yardstick, with little input first. */
  const judged = async (engine: Engine<I, O>, beside: Engine<I, O>): Promise<Judgement> => {
    const compare = async (name: 'quickProbe' | 'probe', parity: number, leastSpeed: number) => {
      const input = choosing[name]();
      const trial = await runTrial(choosing, engine, input);
      const known = trialsOfYardstick.get(name) ?? (await runTrial(choosing, beside, input));
      trialsOfYardstick.set(name, known);
      return judge(trial, known, parity, leastSpeed);
    };
    if (choosing.mustBeFaster) {
      const quick = await compare('quickProbe', ROUGH_PARITY, 1 / HOPELESS);
      if (!quick.accepted) return quick;
    }
    return compare('probe', PARITY, choosing.mustBeFaster ? 1 : 0);
  };

  /** Opens it, and proves it unless that was done before. Undefined where it is refused. */
  const tried = async (candidate: Candidate): Promise<Engine<I, O> | undefined> => {
    const stored = verdicts.get(candidate.key);
    if (stored?.state === 'refused') {
      consider(candidate, false, stored.reason);
      return undefined;
    }
    const attempts = stored?.state === 'trying' ? stored.attempts : 0;
    if (attempts >= VANISHED) {
      consider(candidate, false, `the process ended ${attempts} times while trying it`);
      return undefined;
    }
    const known = stored?.state === 'accepted';
    if (!known) verdicts.set(candidate.key, { state: 'trying', reason: '', attempts: attempts + 1 });
    let engine: Engine<I, O> | undefined;
    try {
      engine = await choosing.open(candidate);
      if (known) {
        consider(candidate, true, stored.reason);
        return engine;
      }
      yardstick ??= await choosing.open(reference);
      const { accepted, reason } = await judged(engine, yardstick);
      verdicts.set(candidate.key, { state: accepted ? 'accepted' : 'refused', reason, attempts: 0 });
      consider(candidate, accepted, reason);
      if (accepted) return engine;
    } catch (error) {
      if (!known) verdicts.set(candidate.key, { state: 'trying', reason: '', attempts: 0 });
      const what = {
        'out-of-memory': 'out of memory',
        'device-lost': 'the device was lost',
        other: 'failed',
      };
      consider(candidate, false, `${what[failureOf(error)]}: ${messageOf(error)}`);
    }
    await closeQuietly(engine);
    return undefined;
  };

  for (const candidate of candidates) {
    const engine = await tried(candidate);
    if (!engine) continue;
    await closeQuietly(yardstick);
    return { candidate, engine, reason: considered.at(-1)!.reason, considered };
  }
  const engine = yardstick ?? (await choosing.open(reference));
  const refused = considered.map(
    ({ provider, precision, reason }) => `${PROVIDER_NAMES[provider]} ${precision}: ${reason}`,
  );
  const reason = refused.length === 0 ? 'nothing else was to be had' : refused.join('; ');
  consider(reference, true, reason);
  return { candidate: reference, engine, reason, considered };
}

/** Runs the probe twice: the first run of a device compiles its kernels, or reads its weights from disk. */
async function runTrial<I, O>(choosing: Choosing<I, O>, engine: Engine<I, O>, probe: I): Promise<Trial> {
  const { now = () => performance.now() } = choosing;
  let seconds = Number.POSITIVE_INFINITY;
  let vectors: readonly Float32Array[] = [];
  for (let run = 0; run < 2; run++) {
    const began = now();
    const [answer] = await engine.run([probe]);
    seconds = Math.min(seconds, (now() - began) / 1000);
    if (answer === undefined) throw new Error('no answer');
    vectors = choosing.vectors(answer);
  }
  return { vectors, seconds };
}

interface Judgement {
  readonly accepted: boolean;
  readonly reason: string;
}

/** @param parity least cosine @param leastSpeed as a multiple of the reference's */
function judge(trial: Trial, reference: Trial, parity: number, leastSpeed: number): Judgement {
  if (trial.vectors.length !== reference.vectors.length)
    return {
      accepted: false,
      reason: `gives ${trial.vectors.length} vectors of ${reference.vectors.length}`,
    };
  if (!trial.vectors.every(allFinite)) return { accepted: false, reason: 'gives what is no number' };
  const worst = Math.min(...trial.vectors.map((vector, i) => cosine(vector, reference.vectors[i]!)));
  const digits = worst.toFixed(worst > 0.99 ? 6 : 3);
  // Not the same as `<`: NaN compares false.
  if (!(worst >= parity)) {
    return {
      accepted: false,
      reason: `differs from the processor’s result (cosine ${digits}, below ${parity})`,
    };
  }
  const speed = reference.seconds / trial.seconds;
  if (speed <= leastSpeed) {
    return { accepted: false, reason: `slower than the processor (${speed.toFixed(2)} of its speed)` };
  }
  return {
    accepted: true,
    reason: `cosine ${digits}, ${speed.toFixed(1)} times as fast as the processor in fp32`,
  };
}
