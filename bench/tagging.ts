/**
 * Files per second when genre and key of 2,000 files are written, beside mutagen and kid3 on the same files in one
 * run, and the memory that a file of 2 GB takes:
 *
 *     node bench/tagging.ts [--files 2000] [--rounds 1] [--without-big]
 *
 * Each tool gets a fresh copy of the library (five containers, covers, DJ frames), on the disk and in the cache, and
 * starts as a process of its own. Ours journals, copies, checks the copy and its audio, and flushes each file to the
 * disk; mutagen and kid3 edit in place. Theirs are measured as they are, with all flushed at the end (`sync`), and
 * mutagen also with a flush after each file, which is the nearest to equal terms that an editor in place can come.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openCatalogue } from '../src/main/catalogue/index.ts';
import { nodeHost } from '../src/main/host/node-host.ts';
import { answers } from '../src/main/tagging/answers.ts';
import { TagWriter } from '../src/main/tagging/writer.ts';
import type { FieldEdit } from '../src/shared/tags.ts';

const here = dirname(fileURLToPath(import.meta.url));
const EDITS: readonly FieldEdit[] = [
  { field: 'genre', values: ['Deep House'] },
  { field: 'key', values: ['Ebm'] },
];

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '1' },
    'without-big': { type: 'boolean', default: false },
    /** Internal: write to all files of this folder with so many processes. */
    write: { type: 'string' },
    processes: { type: 'string', default: '1' },
    /** Internal: write to this one file in this process and tell its peak memory. */
    one: { type: 'string' },
  },
});

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

async function writeAll(folder: string, processes: number): Promise<void> {
  const catalogue = openCatalogue(`${folder}.cratewise`);
  const writer = new TagWriter(catalogue.journal, nodeHost, { processes });
  const report = await writer.write(
    filesIn(folder).map((path) => ({ path, expected: null, edits: EDITS })),
    { label: 'bench' },
  );
  await writer.close();
  catalogue.close();
  const failed = report.files.filter(({ state }) => state !== 'written');
  if (failed.length > 0) throw new Error(`${failed.length} were not written: ${failed[0]?.error?.message}`);
}

/** Plan and write as the tagging process does it, but in this one, whose peak can be read. */
async function writeOne(path: string): Promise<void> {
  const base = process.resourceUsage().maxRSS;
  const [planned] = await answers.plan([{ path, expected: null, edits: EDITS }], {
    multiValue: 'joined',
    hardLinks: 'refuse',
  });
  if (!planned || !('planned' in planned) || !planned.planned) throw new Error(JSON.stringify(planned));
  const [applied] = await answers.apply([planned.planned], { hardLinks: 'refuse', keepMtime: false });
  if (!applied || 'error' in applied) throw new Error(JSON.stringify(applied));
  console.log(JSON.stringify({ base: base / 1024, peak: process.resourceUsage().maxRSS / 1024 }));
}

interface Run {
  readonly wall: number;
  readonly cpu: number;
}

/** Runs a command line to its end, flush of the disk included; times it and its children. */
function timed(command: readonly string[]): Run {
  const script = 'TIMEFORMAT="cpu %U %S"; time ("$@" && sync)';
  const started = performance.now();
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bench', ...command], { encoding: 'utf8' });
  const wall = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return { wall, cpu: Number(user) + Number(system) };
}

const kid3 = (folder: string): string[] => [
  'kid3-cli',
  ...readdirSync(folder).flatMap((inner) =>
    [
      `cd '${join(folder, inner)}'`,
      'select all',
      "set genre 'Deep House' 2",
      "set initialkey 'Ebm' 2",
      'save',
    ].flatMap((text) => ['-c', text]),
  ),
];

const self = (...args: string[]): string[] => [process.execPath, fileURLToPath(import.meta.url), ...args];
const mutagen = (...args: string[]): string[] => [
  '/usr/bin/python3',
  join(here, 'tagging_mutagen.py'),
  ...args,
];

function compare(scratch: string): void {
  const library = join(scratch, 'library');
  execFileSync('/usr/bin/python3', [join(here, 'tagging_library.py'), library, values.files]);
  const files = filesIn(library);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(`${files.length} files, ${(bytes / 1e6).toFixed(0)} MB, ${availableParallelism()} cores`);
  const tools: readonly (readonly [string, (folder: string) => string[]])[] = [
    ['cratewise, 1 process', (folder) => self('--write', folder)],
    ['cratewise, 2 processes', (folder) => self('--write', folder, '--processes', '2')],
    ['mutagen, fsync per file', (folder) => mutagen(folder, '--fsync')],
    ['mutagen, sync at the end', (folder) => mutagen(folder)],
    ['kid3-cli, sync at the end', kid3],
  ];
  const best = new Map<string, Run>();
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (let index = 0; index < tools.length; index += 1) {
      const [name, commandFor] = tools[(index + round) % tools.length]!;
      const copy = join(scratch, 'copy');
      execFileSync('cp', ['-r', library, copy]);
      execFileSync('sync');
      const run = timed(commandFor(copy));
      const load = loadavg()[0]!.toFixed(1);
      console.log(
        `round ${round + 1}: ${name}: ${run.wall.toFixed(1)} s, processor ${run.cpu.toFixed(1)} s (load ${load})`,
      );
      const old = best.get(name);
      if (!old || run.wall < old.wall) best.set(name, run);
      rmSync(copy, { recursive: true });
      rmSync(`${copy}.cratewise`, { force: true });
    }
  }
  for (const [name, { wall, cpu }] of best)
    console.log(
      `${name.padEnd(28)} ${(files.length / wall).toFixed(0).padStart(5)} files/s, processor ${((cpu / files.length) * 1000).toFixed(2)} ms a file`,
    );
}

/** A WAV file of so many bytes of silence; the disk need not hold them before it is copied. */
function makeWav(path: string, size: number): void {
  const header = Buffer.alloc(44);
  header.write('RIFF    WAVEfmt ', 'latin1');
  header.writeUInt32LE(size - 8, 4);
  header.writeUInt32LE(16, 16);
  header.set([1, 0, 2, 0], 20);
  header.writeUInt32LE(44_100, 24);
  header.writeUInt32LE(176_400, 28);
  header.set([4, 0, 16, 0], 32);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(size - 44, 40);
  const fd = openSync(path, 'w');
  writeSync(fd, header);
  ftruncateSync(fd, size);
  closeSync(fd);
}

function big(scratch: string): void {
  // What strips the types would count as memory of the writer: the first, small file fills the cache of that.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(scratch, 'compile-cache') };
  for (const size of [1 << 10, 1 << 20, 2_000_000_000]) {
    const path = join(scratch, 'big.wav');
    makeWav(path, size);
    const started = performance.now();
    const { base, peak } = JSON.parse(
      execFileSync(process.execPath, self('--one', path).slice(1), {
        encoding: 'utf8',
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as Record<string, number>;
    console.log(
      `a WAV of ${(size / 1e6).toFixed(0)} MB: peak memory of the tagging process ${peak!.toFixed(0)} MB (${base!.toFixed(0)} MB before it began), ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
    rmSync(path);
  }
}

if (values.write) await writeAll(values.write, Number(values.processes));
else if (values.one) await writeOne(values.one);
else {
  const scratch = mkdtempSync(join(tmpdir(), 'cratewise-bench-tagging-'));
  try {
    if (!values['without-big']) big(scratch);
    compare(scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
