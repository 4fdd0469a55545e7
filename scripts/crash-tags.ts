/**
 * Kills the writer with SIGKILL at random moments and looks at what is left:
 * `node scripts/crash-tags.ts [--kills 2000] [--seed 1] [--lanes 2] [--no-disk-full]`.
 *
 * A process writes batches over files of every container through the real writer and journal; it is killed (alone,
 * with its workers, or only its workers) and a recovery runs. Then each file must be, byte for byte, one of the
 * states that were written whole, and the one that the journal says; no journal entry may be open, no temporary
 * file left. A second loop writes to a small file system until it is full.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openCatalogue } from '../src/main/catalogue/index.ts';
import { TagWriter } from '../src/main/tagging/writer.ts';
import { inProcessHost } from '../tests/main/tagging/support/in-process-host.ts';
import { STATES } from './crash-tags/edits.ts';
import { Random } from './fuzz-tags/random.ts';

/** One file of each container and of the harder shapes; all can be edited. */
const FILES = [
  'mp3-v23-rich-ape-id3v1.mp3',
  'mp3-v24-unsynchronised.mp3',
  'mp3-v22-rich.mp3',
  'mp3-bare.mp3',
  'aac-adts-v24.aac',
  'tta-v23-ape.tta',
  'flac-rich.flac',
  'flac-id3-in-front.flac',
  'vorbis-rich.ogg',
  'vorbis-chained.ogg',
  'opus-rich.opus',
  'speex-bare.spx',
  'oggflac-bare.oga',
  'm4a-rich-moov-behind.m4a',
  'm4a-no-free-in-front.m4a',
  'm4a-fragmented.m4a',
  'm4b-chapters.m4b',
  'wav-broadcast.wav',
  'wav-rf64.wav',
  'aiff-rich.aiff',
  'aifc-sowt.aifc',
  'dsf-rich.dsf',
  'wma-rich.wma',
  'ape-rich.ape',
  'wavpack-rich.wv',
  'musepack-sv8-rich.mpc',
];

const VICTIM = fileURLToPath(new URL('crash-tags/victim.ts', import.meta.url));
const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A folder of files and a catalogue, with every valid content of every file known. */
interface Lane {
  readonly catalogue: string;
  readonly folder: string;
  /** Path → hash → which of `STATES` it is. */
  readonly states: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Writes both states in turn until each file only goes back and forth between two contents. */
async function prepare(root: string, fixtures: string): Promise<Lane> {
  const [folder, catalogue] = [join(root, 'music'), join(root, 'library.cratewise')];
  mkdirSync(folder, { recursive: true });
  for (const name of FILES) copyFileSync(join(fixtures, name), join(folder, name));
  const paths = FILES.map((name) => join(folder, name));
  const states = new Map<string, Map<string, number>>();
  await withWriter(catalogue, async (writer) => {
    for (let round = 0; round < 4 * STATES.length; round += 1) {
      const state = round % STATES.length;
      const report = await writer.write(
        paths.map((path) => ({ path, expected: null, edits: STATES[state]! })),
        { label: 'prepare' },
      );
      const failed = report.files.find(({ error }) => error !== null);
      if (failed) throw new Error(`${basename(failed.path)} can't be edited: ${failed.error?.message}`);
      for (const path of paths) {
        if (round >= 2 * STATES.length && states.get(path)?.get(hashOf(path)) !== state)
          throw new Error(
            `${basename(path)} does not come back to the same bytes when it is edited to and fro`,
          );
        if (round >= STATES.length)
          states.set(path, (states.get(path) ?? new Map<string, number>()).set(hashOf(path), state));
      }
    }
  });
  return { catalogue, folder, states };
}

async function withWriter<T>(
  file: string,
  use: (writer: TagWriter, catalogue: ReturnType<typeof openCatalogue>) => Promise<T>,
): Promise<T> {
  const catalogue = openCatalogue(file);
  const writer = new TagWriter(
    catalogue.journal,
    inProcessHost(() => false),
    { processes: 1 },
  );
  try {
    return await use(writer, catalogue);
  } finally {
    await writer.close();
    catalogue.close();
  }
}

const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
};

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
};

const exited = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** Waits until every process of a group is gone: a writer that goes on after our look would spoil the check. */
async function groupGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(-pid, 0);
    } catch {
      return;
    }
    await sleep(5);
  }
}

/** Starts a victim, kills it somewhere, waits until all of it is gone. Returns how often it was killed. */
async function killOne(lane: Lane, random: Random, compileCache: string): Promise<number> {
  const workers = random.next() < 0.4;
  const child = spawn(
    process.execPath,
    [VICTIM, lane.catalogue, lane.folder, workers ? 'workers' : 'in-process'],
    {
      // A group of its own, so that it dies whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const pid = child.pid!;
  const early = random.next() < 0.05;
  await Promise.race([
    early ? sleep(random.below(400)) : new Promise((resolve) => child.stdout.once('data', resolve)),
    exited(child),
  ]);
  let kills = 0;
  if (!early && workers && random.next() < 0.7) {
    // Only the workers, again and again: the main process must live through it.
    for (let times = 1 + random.below(8); times > 0; times -= 1) {
      await sleep(random.below(500));
      for (const worker of childrenOf(pid)) {
        killQuietly(worker);
        kills += 1;
      }
    }
  }
  await sleep(random.below(random.pick([30, 200, 600])));
  if (child.exitCode !== null) throw new Error(`the victim ended by itself: ${stderr.slice(-2000)}`);
  killQuietly(-pid);
  await exited(child);
  await groupGone(pid);
  return kills + 1;
}

/** Recovers, then compares everything with what it must be. */
async function check(lane: Lane): Promise<string[]> {
  return withWriter(lane.catalogue, async (writer, catalogue) => {
    await writer.recover();
    const problems: string[] = [];
    if (catalogue.journal.unfinished().length > 0)
      problems.push('the journal has open entries after recovery');
    for (const name of readdirSync(lane.folder))
      if (!lane.states.has(join(lane.folder, name))) problems.push(`${name} was left behind`);
    for (const [path, states] of lane.states) {
      const state = existsSync(path) ? states.get(hashOf(path)) : undefined;
      if (state === undefined) {
        problems.push(`${basename(path)} is neither as before nor as after`);
        continue;
      }
      const last = catalogue.journal.entriesOfPath(path, 50).find((entry) => entry.state === 'done');
      const genre = last?.changes.find(({ field }) => field === 'genre')?.after;
      const wanted = STATES[state]!.find(({ field }) => field === 'genre')!.values;
      if (genre && genre.join() !== wanted.join())
        problems.push(`${basename(path)} is not what the journal says`);
    }
    return problems;
  });
}

/** The journal of thousands of rounds would only slow the loop down: start anew now and then. */
const KILLS_A_LANE = 250;

async function killLoop(
  kills: number,
  seed: number,
  laneCount: number,
  fixtures: string,
  root: string,
): Promise<string[]> {
  const problems: string[] = [];
  let done = 0;
  const compileCache = join(root, 'compile-cache');
  const started = performance.now();
  const runLane = async (index: number): Promise<void> => {
    const random = new Random(seed, index);
    for (let generation = 0; done < kills; generation += 1) {
      const home = join(root, `lane-${index}-${generation}`);
      const lane = await prepare(home, fixtures);
      for (let own = 0; own < KILLS_A_LANE && done < kills; ) {
        const count = await killOne(lane, random, compileCache);
        own += count;
        done += count;
        const found = await check(lane);
        for (const problem of found) console.log(`BAD after kill ${done} (lane ${index}): ${problem}`);
        problems.push(...found);
        const rate = done / ((performance.now() - started) / 1000);
        process.stderr.write(`\r${done} kills, ${rate.toFixed(1)}/s `);
        // What is broken stays broken: keep it and go on with fresh files.
        if (found.length > 0) break;
      }
      if (problems.length === 0) rmSync(home, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: laneCount }, (_, index) => runLane(index)));
  console.log(
    `\n${done} kills over ${FILES.length} files in ${((performance.now() - started) / 1000).toFixed(0)} s: ${problems.length} problems.`,
  );
  return problems;
}

/** Writes on a file system with less and less room, down to none. */
async function diskFull(fixtures: string, root: string): Promise<string[]> {
  if (process.getuid?.() !== 0) {
    console.log('Full disk: skipped, because mounting a small file system needs root.');
    return [];
  }
  const mount = join(root, 'small-disk');
  mkdirSync(mount);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'cratewise-test', mount]).status !== 0) {
    console.log('Full disk: skipped, because this system does not allow mounting.');
    return [];
  }
  const problems: string[] = [];
  let [written, failed] = [0, 0];
  try {
    const lane = await prepare(mount, fixtures);
    const filler = join(mount, 'filler');
    for (let round = 0; round < 60; round += 1) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(mount);
      // From "nothing fits" to "a few files fit, and the journal perhaps".
      const leave = (round % 30) * 24 * 1024;
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
      try {
        await withWriter(lane.catalogue, async (writer) => {
          const paths = [...lane.states.keys()];
          const report = await writer.write(
            paths.map((path) => ({ path, expected: null, edits: STATES[round % 2]! })),
            { label: `full ${round}` },
          );
          written += report.files.filter(({ state }) => state === 'written').length;
          failed += report.files.filter(({ state }) => state === 'failed').length;
        });
      } catch {
        // The catalogue itself may find no room: then nothing was written.
        failed += lane.states.size;
      }
      rmSync(filler, { force: true });
      problems.push(...(await check(lane)));
    }
  } finally {
    execFileSync('umount', [mount]);
  }
  console.log(
    `Full disk: 60 rounds, ${written} files written, ${failed} failed and as they were: ${problems.length} problems.`,
  );
  for (const problem of problems) console.log(`BAD on a full disk: ${problem}`);
  return problems;
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '2' },
    'no-disk-full': { type: 'boolean', default: false },
  },
});
const root = mkdtempSync(join(tmpdir(), 'cratewise-crash-'));
const fixtures = join(root, 'fixtures');
execFileSync(
  '/usr/bin/python3',
  [fileURLToPath(new URL('../tests/preservation/fixtures/make.py', import.meta.url)), fixtures],
  {
    env: { ...process.env, CRATEWISE_SMALL_FIXTURES: '1' },
    stdio: 'inherit',
  },
);
const problems = values['no-disk-full'] ? [] : await diskFull(fixtures, root);
problems.push(
  ...(await killLoop(Number(values.kills), Number(values.seed), Number(values.lanes), fixtures, root)),
);
if (problems.length === 0) rmSync(root, { recursive: true });
else console.log(`Kept for a look: ${root}`);
process.exitCode = problems.length === 0 ? 0 : 1;
