import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { largeNetOpener, type SessionOpener } from '../src/analyser/onnx/session.ts';
import { decodersOf } from '../src/analyser/representations/musicgen/candidates.ts';
import { MusicgenNet } from '../src/analyser/representations/musicgen/net.ts';
import { recipes } from '../src/main/models/recipes/index.ts';
import { MUSICGEN_FILE, type MusicgenDecoder, parseMusicgenModel } from '../src/shared/musicgen-model.ts';

/*
 * Our graphs at full size against transformers, on a random checkpoint of `musicgen-full-size.py` (make, then listen):
 *
 *   node scripts/musicgen-full-size.ts FOLDER build [musicgen|musicgen-all-layers]   # FOLDER/installed
 *   node scripts/musicgen-full-size.ts FOLDER compare [fp32|int8|fp16] [DEPTH] [RUNS]
 *
 * A process for each step, so that peaks of memory are those of the step alone.
 */

const [folder = '', command = 'compare', ...rest] = process.argv.slice(2);
const installed = join(folder, 'installed');

/** A line of `/proc/self/status` in MB; 0 where there is none. */
function memory(line: 'VmHWM' | 'RssAnon'): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Math.round(Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  } catch {
    return 0;
  }
}

async function build(id: string): Promise<void> {
  const recipe = recipes.find((r) => r.id === id);
  if (!recipe) throw new Error(`There is no recipe ${id}.`);
  rmSync(installed, { recursive: true, force: true });
  await mkdir(installed);
  const started = performance.now();
  await recipe.build({
    model: 'musicgen',
    file: (path) => join(folder, path),
    output: installed,
    keep: (path, name) => link(join(folder, path), join(installed, name)),
    progress: () => {},
    signal: new AbortController().signal,
  });
  console.log(`built in ${seconds(started)} s, peak ${memory('VmHWM')} MB`);
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(2);

function floats(name: string): Float32Array {
  const bytes = readFileSync(join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function tokens(name: string): Uint16Array {
  const bytes = readFileSync(join(folder, name));
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

async function compare(precision: MusicgenDecoder['precision'], depth: number, runs: number): Promise<void> {
  const model = parseMusicgenModel(await readFile(join(installed, MUSICGEN_FILE), 'utf8'));
  const decoders = decodersOf(model, 'cpu', precision).filter((d) => d.depth === depth);
  if (decoders.length === 0) throw new Error(`There is no ${precision} decoder of depth ${depth}.`);
  const samples = floats('audio.f32');
  const expected = floats('states.f32');
  const theirs = tokens('codes.u16');
  const steps = new Map<string, Best>();
  let ours: BigInt64Array = new BigInt64Array();
  const openLarge = largeNetOpener(2);
  /** Sessions whose runs are timed, by their files. */
  const open: SessionOpener = async (file, provider, config) => {
    const started = performance.now();
    const session = await openLarge(file, provider, config);
    const name = basename(file);
    console.log(`  ${name} opened in ${seconds(started)} s, anonymous memory ${memory('RssAnon')} MB`);
    const run = session.run.bind(session);
    const timed = async (feeds: InferenceSession.FeedsType) => {
      const step = steps.get(name) ?? new Best();
      steps.set(name, step);
      step.start();
      const result = await run(feeds);
      step.stop();
      if (result.codes) ours = result.codes.data as BigInt64Array;
      return result;
    };
    return Object.assign(session, { run: timed });
  };
  const net = new MusicgenNet({ model, folder: installed, provider: 'cpu', decoders, open, threads: 2 });
  let states = new Float32Array();
  for (let run = 0; run < runs; run++) {
    const [heard] = await net.run([{ samples, depth }]);
    states = Float32Array.from(heard!.flatMap((state) => [...state]));
    for (const step of steps.values()) step.endRound();
  }
  const equal = theirs.reduce((n, code, i) => n + (Number(ours[i]) === code ? 1 : 0), 0);
  for (const [name, best] of steps) console.log(`${name}: ${best}`);
  console.log(`peak memory ${memory('VmHWM')} MB, anonymous ${memory('RssAnon')} MB`);
  console.log(`codes equal: ${equal} of ${theirs.length} (${((100 * equal) / theirs.length).toFixed(3)} %)`);
  const { hidden } = model.network;
  for (let state = 0; state <= depth; state++) {
    const part = (array: Float32Array) => array.subarray(state * hidden, (state + 1) * hidden);
    const { error, cosine } = distance(part(states), part(expected));
    console.log(
      `state ${state}: cosine 1 - ${(1 - cosine).toExponential(1)}, error ${error.toExponential(1)} of scale`,
    );
  }
}

/** The shortest of several rounds: seconds that passed, and seconds of all cores. */
class Best {
  #wall = Infinity;
  #cpu = Infinity;
  #roundWall = 0;
  #roundCpu = 0;
  #started = 0;
  #usage = process.cpuUsage();

  start(): void {
    this.#usage = process.cpuUsage();
    this.#started = performance.now();
  }

  stop(): void {
    this.#roundWall += (performance.now() - this.#started) / 1000;
    const { user, system } = process.cpuUsage(this.#usage);
    this.#roundCpu += (user + system) / 1e6;
  }

  /** Counts the runs since the last call as one. */
  endRound(): void {
    this.#wall = Math.min(this.#wall, this.#roundWall);
    this.#cpu = Math.min(this.#cpu, this.#roundCpu);
    this.#roundWall = 0;
    this.#roundCpu = 0;
  }

  toString(): string {
    return `${this.#wall.toFixed(2)} s, ${this.#cpu.toFixed(2)} s of the cores`;
  }
}

/** Largest difference by the largest value, and the cosine. */
function distance(ours: Float32Array, theirs: Float32Array): { error: number; cosine: number } {
  let [difference, scale, product, a, b] = [0, 0, 0, 0, 0];
  for (let i = 0; i < theirs.length; i++) {
    difference = Math.max(difference, Math.abs(ours[i]! - theirs[i]!));
    scale = Math.max(scale, Math.abs(theirs[i]!));
    product += ours[i]! * theirs[i]!;
    a += ours[i]! ** 2;
    b += theirs[i]! ** 2;
  }
  return { error: difference / scale, cosine: product / Math.sqrt(a * b) };
}

if (command === 'build') await build(rest[0] ?? 'musicgen-all-layers');
else
  await compare(
    (rest[0] ?? 'fp32') as MusicgenDecoder['precision'],
    Number(rest[1] ?? 12),
    Number(rest[2] ?? 3),
  );
