import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One run, as a contender's process tells it. */
export interface Run {
  readonly seconds: number;
  /** User and system time of all threads. */
  readonly cpuSeconds: number;
  /** Seconds by stage, where the contender can tell. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** What a contender tells when it ends. */
export interface Ending {
  /** Largest resident set. */
  readonly peakBytes: number;
  /** The vector of the last run, where there is one. */
  readonly vector?: readonly number[];
}

/**
 * A contender in a process of its own, which waits between its runs: it prints a line of JSON when it is ready, one
 * for each line that it reads, and one when its input ends. So contenders take turns, and have memory of their own.
 */
export class Contender {
  readonly name: string;
  readonly runs: Run[] = [];
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  private constructor(
    name: string,
    command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) {
    this.name = name;
    this.#child = spawn(command, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts it, and waits until it is loaded and warm. */
  static async start(
    name: string,
    command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Contender> {
    const contender = new Contender(name, command, args, environment);
    await contender.#answer();
    return contender;
  }

  /** One run, kept in `runs`. */
  async run(): Promise<Run> {
    this.#child.stdin!.write('run\n');
    const run = (await this.#answer()) as Run;
    this.runs.push(run);
    return run;
  }

  async end(): Promise<Ending> {
    this.#child.stdin!.end();
    return (await this.#answer()) as Ending;
  }

  /** The shortest run; CPU seconds are the least of all runs, which need not be the same one. */
  get best(): Run {
    const fastest = this.runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    const parts: Record<string, number> = {};
    for (const run of this.runs) {
      for (const [part, seconds] of Object.entries(run.parts ?? {}))
        parts[part] = Math.min(parts[part] ?? Number.POSITIVE_INFINITY, seconds);
    }
    return {
      seconds: fastest.seconds,
      cpuSeconds: Math.min(...this.runs.map((run) => run.cpuSeconds)),
      parts,
    };
  }

  async #answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    throw new Error(`${this.name} ended without an answer.\n${this.#complaints}`);
  }
}
