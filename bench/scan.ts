/**
 * Files per second of the scan beside mutagen and beets, over the same files in one run:
 *
 *     node bench/scan.ts [folder] [--rounds 3] [--cold] [--without-beets]
 *
 * The folder (default `cratewise-bench/library2000` in the temporary folder, made by bench/scan-library.ts) is read by each tool in turn, the order
 * rotated from round to round; `--cold` drops the system's file cache before each (needs root). Each tool starts as a
 * process of its own (its start-up is counted), with an empty database of its own where it has one.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openCatalogue } from '../src/main/catalogue/index.ts';
import { nodeHost } from '../src/main/host/node-host.ts';
import { readFiles } from '../src/main/scan/read-files.ts';
import { scanLibrary } from '../src/main/scan/scan.ts';
import { Walk } from '../src/main/scan/walk.ts';

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    cold: { type: 'boolean', default: false },
    'without-beets': { type: 'boolean', default: false },
    /** Internal: one scan into this catalogue, timed from outside. */
    scan: { type: 'string' },
    /** Internal: only walk and read, in this one process, without a catalogue. */
    read: { type: 'boolean', default: false },
  },
});
/** Of the last command and its children: a figure that other load on the machine disturbs less. */
let processorSeconds = 0;
const folder = positionals[0] ?? join(tmpdir(), 'cratewise-bench', 'library2000');

if (values.scan) {
  const catalogue = openCatalogue(values.scan);
  const summary = await scanLibrary(catalogue, [folder], { host: nodeHost });
  catalogue.close();
  console.log(JSON.stringify({ ...summary, failed: summary.failed.length }));
} else if (values.read) await readOnly();
else bench();

/** What mutagen is compared with: the same work in one process, nothing kept. */
async function readOnly(): Promise<void> {
  let files = 0;
  let failed = 0;
  for await (const entries of new Walk(folder).entries()) {
    const results = await readFiles(entries.map(({ path }) => path));
    files += results.length;
    failed += results.filter(({ problem }) => problem !== null).length;
  }
  console.log(JSON.stringify({ files, failed }));
}

function bench(): void {
  const scratch = '/tmp/cratewise-bench-scan';
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const results = new Map<string, { wall: number; cpu: number }[]>();
  const details = new Map<string, string>();
  const tools: { name: string; run: (round: number) => string }[] = [
    { name: 'cratewise, first scan', run: (round) => cratewise(join(scratch, `${round}.db`)) },
    { name: 'cratewise, read + hash only', run: () => self('--read') },
    { name: 'mutagen (tags only)', run: () => python('scan_mutagen.py', folder) },
    { name: 'mutagen + the same hashing', run: () => python('scan_mutagen.py', folder, '--hash') },
  ];
  if (!values['without-beets'])
    tools.push({ name: 'beets import -A -C -W -q', run: (round) => beets(join(scratch, `beets-${round}`)) });
  const rounds = Number(values.rounds);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < tools.length; i++) measure(tools[(i + round) % tools.length]!, round);
    // Last in each round: it needs what the first scan left.
    measure(
      { name: 'cratewise, nothing changed', run: () => cratewise(join(scratch, `${round}.db`)) },
      round,
    );
  }
  const [first = ''] = [...details.values()];
  const files = Number(/"(?:seen|files)": ?(\d+)/.exec(first)?.[1] ?? 0);
  console.log(`\n${files} files, ${availableParallelism()} cores, ${values.cold ? 'cold' : 'warm'} cache`);
  for (const [name, runs] of results) {
    const wall = Math.min(...runs.map((run) => run.wall));
    const cpu = Math.min(...runs.map((run) => run.cpu));
    const rate = `${(files / wall).toFixed(0).padStart(6)} files/s`;
    console.log(
      `${name.padEnd(28)} ${rate}  best ${wall.toFixed(2)} s; processor ${((cpu / files) * 1000).toFixed(2)} ms a file`,
    );
  }
  rmSync(scratch, { recursive: true, force: true });

  function measure(tool: (typeof tools)[number], round: number): void {
    if (values.cold) {
      execFileSync('sync');
      writeFileSync('/proc/sys/vm/drop_caches', '3');
    }
    const started = performance.now();
    const output = tool.run(round).trim();
    const seconds = (performance.now() - started) / 1000;
    details.set(tool.name, output);
    results.set(tool.name, [...(results.get(tool.name) ?? []), { wall: seconds, cpu: processorSeconds }]);
    const load = loadavg()[0]!.toFixed(1);
    console.log(
      `round ${round + 1}: ${tool.name}: ${seconds.toFixed(2)} s, processor ${processorSeconds.toFixed(2)} s (load ${load}) ${output.split('\n').at(-1)}`,
    );
  }
}

function self(...args: string[]): string {
  return timed([process.execPath, fileURLToPath(import.meta.url), folder, ...args]);
}

function cratewise(database: string): string {
  return self('--scan', database);
}

function python(script: string, ...args: string[]): string {
  return timed(['/usr/bin/python3', join(here, script), ...args]);
}

function beets(place: string): string {
  mkdirSync(place, { recursive: true });
  const config = join(place, 'config.yaml');
  writeFileSync(
    config,
    [
      `directory: ${place}/music`,
      `library: ${place}/library.db`,
      'import: { copy: no, move: no, write: no, autotag: no, quiet: yes, resume: no, duplicate_action: keep }',
      'plugins: []',
    ].join('\n'),
  );
  const beet = ['env', `BEETSDIR=${place}`, 'beet', '-c', config];
  timed([...beet, 'import', '-A', '-C', '-W', '-q', folder]);
  const listed = execFileSync(beet[0]!, [...beet.slice(1), 'ls'], { encoding: 'utf8' });
  return `${listed.split('\n').length - 1} items in the library`;
}

function timed(command: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bench', ...command],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  processorSeconds = Number(user) + Number(system);
  return stdout;
}
