import { CratewiseError } from '../../shared/errors.ts';
import { type Candidate, closeQuietly, type Engine } from './engine.ts';
import { failureOf, messageOf } from './failures.ts';

/** An engine, and what it runs on. */
export interface Running<I, O> {
  readonly candidate: Candidate;
  readonly engine: Engine<I, O>;
}

/** How a `RecoveringEngine` gets new engines, and how it knows a bad answer. */
export interface Recovery<I, O> {
  readonly reference: Candidate;
  open(candidate: Candidate): Promise<Engine<I, O>>;
  /** Whether an answer can be used: arithmetic of 16 bits may overflow. */
  sound(answer: O): boolean;
}

/**
 * Keeps a net going when its device does not: out of memory → smaller batches, then the processor; device lost
 * (driver updated, laptop asleep, cable out) → opened once more, then the processor; anything else → the processor.
 * What the processor itself can't do is thrown.
 */
export class RecoveringEngine<I, O> implements Engine<I, O> {
  readonly #recovery: Recovery<I, O>;
  readonly #events: string[] = [];
  #running: Running<I, O>;
  #batch: number;
  #reopened = false;
  /** One thing at a time, whoever asks. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(running: Running<I, O>, recovery: Recovery<I, O>) {
    this.#running = running;
    this.#recovery = recovery;
    this.#batch = running.candidate.batch;
  }

  get candidate(): Candidate {
    return this.#running.candidate;
  }

  /** Inputs that go through at once, now. */
  get batch(): number {
    return this.#batch;
  }

  /** What had to be recovered from, in words, the oldest first. */
  get events(): readonly string[] {
    return this.#events;
  }

  /**
   * @throws CratewiseError `out-of-memory` where even one input at a time on the processor is too much, `not-finite`
   * where the net's answer holds what is no number
   */
  run(inputs: readonly I[]): Promise<O[]> {
    const result = this.#last.then(() => this.#runAll(inputs));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
    await closeQuietly(this.#running.engine);
  }

  async #runAll(inputs: readonly I[]): Promise<O[]> {
    const answers: O[] = [];
    while (answers.length < inputs.length) {
      const batch = inputs.slice(answers.length, answers.length + this.#batch);
      const done = await this.#attempt(batch);
      if (done) answers.push(...done);
    }
    return answers;
  }

  /** One batch; undefined where it failed and something was changed, so that it is worth trying again. */
  async #attempt(inputs: readonly I[]): Promise<O[] | undefined> {
    try {
      const answers = await this.#running.engine.run(inputs);
      if (answers.length !== inputs.length) throw new Error(`${answers.length} answers to ${inputs.length}`);
      if (!answers.every((answer) => this.#recovery.sound(answer)))
        throw new CratewiseError('not-finite', 'The net’s answer is not a number.');
      return answers;
    } catch (error) {
      await this.#recover(error);
      return undefined;
    }
  }

  /** Changes what can be changed. @throws what can't be helped */
  async #recover(error: unknown): Promise<void> {
    const failure = failureOf(error);
    if (failure === 'out-of-memory' && this.#batch > 1) {
      this.#batch = Math.floor(this.#batch / 2);
      this.#note(error, `${this.#batch} at a time from here on`);
      return;
    }
    const { candidate, engine } = this.#running;
    if (candidate === this.#recovery.reference) {
      if (failure !== 'out-of-memory') throw error;
      throw new CratewiseError(
        'out-of-memory',
        `There is not enough memory to run this net. Close other programs and try again (${messageOf(error)}).`,
        { cause: error },
      );
    }
    await closeQuietly(engine);
    if (failure === 'device-lost' && !this.#reopened) {
      this.#reopened = true;
      try {
        this.#running = { candidate, engine: await this.#recovery.open(candidate) };
        this.#note(error, 'opened again');
        return;
      } catch {
        // Then the processor, as for any other failure.
      }
    }
    const { reference } = this.#recovery;
    this.#note(error, 'the processor goes on');
    this.#running = { candidate: reference, engine: await this.#recovery.open(reference) };
    this.#batch = reference.batch;
  }

  #note(error: unknown, then: string): void {
    const { device, precision } = this.#running.candidate;
    this.#events.push(`${device} (${precision}) failed: ${messageOf(error)}; ${then}`);
  }
}
