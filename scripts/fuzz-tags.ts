/**
 * Fuzzes every tag parser and planner: `node scripts/fuzz-tags.ts [--count 1000000] [--seed 1] [--only INDEX]`.
 *
 * Valid files (small ones, from tests/preservation/fixtures) are mutated: bits flipped, size fields changed, pieces
 * cut, doubled, taken from other files. Each input is parsed and planned as the writer does it. Allowed endings: a
 * plan, nothing to do, or `RefusedError`. Anything else, an input that takes longer than the limit, reads without
 * end, or memory that grows, fails the run and names the input (`--seed S --only INDEX` repeats it).
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { attempt, CountingSource, type Ending, randomEdits } from './fuzz-tags/attempt.ts';
import { mutate } from './fuzz-tags/mutate.ts';
import { Random } from './fuzz-tags/random.ts';

/** CPU time after which a worker that has reported nothing hangs; its reports are a second or two apart. */
const HANG_MS = 30_000;
/** Wall time for one input on a machine that does other things too; what takes longer fails. */
const SLOW_MS = 5_000;
/** A parser may look at a byte several times (detection, units, audio), not hundreds of times. */
const MAX_READ_FACTOR = 400;
const MAX_RSS = 700 << 20;
const REPORT_EVERY = 2_000;

interface Progress {
  readonly at: number;
  readonly done: number;
  readonly endings: Readonly<Record<Ending, number>>;
  readonly rss: number;
  readonly slowestMs: number;
  readonly failures: readonly string[];
}

interface Corpus {
  readonly names: readonly string[];
  readonly seeds: readonly Buffer[];
}

function readCorpus(folder: string): Corpus {
  const names = readdirSync(folder).sort();
  const all = names
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .filter(({ bytes }) => bytes.length > 0);
  return { names: all.map(({ name }) => name), seeds: all.map(({ bytes }) => bytes) };
}

/** Makes input number `index` and tries it. Returns how it ended, or throws what the parser threw. */
function tryOne(corpus: Corpus, seed: number, index: number): { ending: Ending; ms: number } {
  const random = new Random(seed, index);
  const which = random.below(corpus.seeds.length);
  const input = mutate(corpus.seeds[which]!, random.pick(corpus.seeds), random);
  const pristine = Buffer.from(input);
  const source = new CountingSource(input);
  const edits = randomEdits(random);
  const start = performance.now();
  try {
    const ending = attempt(source, input, edits);
    if (source.bytesRead > MAX_READ_FACTOR * Math.max(input.length, 4096))
      throw new Error(`${source.bytesRead} bytes read from an input of ${input.length}`);
    if (!input.equals(pristine)) throw new Error('the input was written to');
    return { ending, ms: performance.now() - start };
  } catch (error) {
    throw new Error(`${corpus.names[which]} with ${JSON.stringify(edits).slice(0, 200)}`, { cause: error });
  }
}

function explain(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner =
    cause instanceof Error ? (cause.stack ?? '').split('\n').slice(0, 4).join(' | ') : String(cause);
  return `${error instanceof Error ? error.message : String(error)}: ${inner}`;
}

/** A worker: the inputs from `from` up to `to`. */
function work(folder: string, seed: number, from: number, to: number): void {
  const corpus = readCorpus(folder);
  const endings = { refused: 0, unchanged: 0, planned: 0, caught: 0 };
  let failures: string[] = [];
  let slowestMs = 0;
  let done = 0;
  const tell = (at: number): void => {
    process.send?.({
      at,
      done,
      endings,
      rss: process.memoryUsage.rss(),
      slowestMs,
      failures,
    } satisfies Progress);
    failures = [];
  };
  for (let index = from; index < to; index += 1) {
    try {
      const { ending, ms } = tryOne(corpus, seed, index);
      endings[ending] += 1;
      slowestMs = Math.max(slowestMs, ms);
      if (ms > SLOW_MS) failures.push(`input ${index} took ${ms.toFixed(0)} ms`);
    } catch (error) {
      failures.push(`input ${index}: ${explain(error)}`);
    }
    done += 1;
    if (done % REPORT_EVERY === 0) tell(index);
  }
  tell(to);
  process.disconnect?.();
}

/** CPU time that a process has used, in ms (Linux counts in hundredths of a second); wall time elsewhere. */
function cpuOf(pid: number): number {
  try {
    // Behind the name in parentheses, user and system time are the 12th and 13th fields (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return performance.now();
  }
}

/** Runs a worker to its end; kills it when it works on without telling how far it is. */
function supervise(
  child: ChildProcess,
  onProgress: (progress: Progress) => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let last = -1;
    let hung: string | undefined;
    let cpuAtLast = cpuOf(child.pid!);
    const watch = setInterval(() => {
      if (cpuOf(child.pid!) - cpuAtLast < HANG_MS) return;
      hung = `a worker used ${HANG_MS / 1000} s of CPU and said nothing after input ${last}: it hangs`;
      child.kill('SIGKILL');
    }, 1000);
    child.on('message', (message) => {
      const progress = message as Progress;
      last = progress.at;
      cpuAtLast = cpuOf(child.pid!);
      onProgress(progress);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(hung ?? (code === 0 ? undefined : `a worker died (${signal ?? code}) after input ${last}`));
    });
  });
}

/** Inputs for one process; the next ones go to a fresh one, so that what Node itself leaks does not add up. */
const PORTION = 50_000;

async function run(folder: string, seed: number, count: number, processes: number): Promise<number> {
  const started = performance.now();
  const latest = new Map<number, Progress>();
  const problems: string[] = [];
  let peak = 0;
  let next = 0;
  const self = fileURLToPath(import.meta.url);
  const total = (): number => [...latest.values()].reduce((sum, { done }) => sum + done, 0);
  const onProgress = (from: number, progress: Progress): void => {
    latest.set(from, progress);
    peak = Math.max(peak, progress.rss);
    problems.push(...progress.failures);
    for (const failure of progress.failures) console.log(`FAIL ${failure}`);
    const seconds = (performance.now() - started) / 1000;
    process.stderr.write(`\r${total()} inputs, ${(total() / seconds).toFixed(0)}/s `);
  };
  const lane = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next = Math.min(count, from + PORTION);
      const args = ['--worker', folder, '--seed', String(seed), '--from', String(from), '--to', String(next)];
      const child = fork(self, args, { execArgv: ['--max-old-space-size=512'] });
      const end = await supervise(child, (progress) => onProgress(from, progress));
      if (end !== undefined) problems.push(end);
    }
  };
  await Promise.all(Array.from({ length: processes }, lane));
  if (peak > MAX_RSS) problems.push(`memory grew to ${(peak / 2 ** 20).toFixed(0)} MB`);
  const seconds = (performance.now() - started) / 1000;
  const sum = (key: Ending): number =>
    [...latest.values()].reduce((all, { endings }) => all + endings[key], 0);
  const slowest = Math.max(...[...latest.values()].map(({ slowestMs }) => slowestMs));
  console.log(
    `\n${total()} inputs in ${seconds.toFixed(0)} s (${(total() / seconds).toFixed(0)}/s), seed ${seed}: ` +
      `${sum('refused')} refused, ${sum('unchanged')} with nothing to do, ${sum('planned')} planned, ` +
      `${sum('caught')} planned and caught by the check of the copy; ` +
      `slowest ${slowest.toFixed(0)} ms, peak ${(peak / 2 ** 20).toFixed(0)} MB; ${problems.length} failures.`,
  );
  for (const problem of problems.slice(0, 20)) console.log(`FAIL ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    corpus: { type: 'string' },
    only: { type: 'string' },
    worker: { type: 'string' },
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '0' },
  },
});
const [seed, count] = [Number(values.seed), Number(values.count)];
if (values.worker) work(values.worker, seed, Number(values.from), Number(values.to));
else {
  const folder = values.corpus ?? mkdtempSync(join(tmpdir(), 'cratewise-fuzz-'));
  try {
    if (!values.corpus) {
      const script = fileURLToPath(new URL('../tests/preservation/fixtures/make.py', import.meta.url));
      execFileSync('/usr/bin/python3', [script, folder], {
        env: { ...process.env, CRATEWISE_SMALL_FIXTURES: '1' },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
    }
    if (values.only) console.log(tryOne(readCorpus(folder), seed, Number(values.only)));
    else process.exitCode = await run(folder, seed, count, Number(values.processes));
  } finally {
    if (!values.corpus) rmSync(folder, { recursive: true });
  }
}
