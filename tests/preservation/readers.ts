import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What a program said about a file. */
interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One metadata entry as a reader sees it. */
export interface Entry {
  readonly name: string;
  readonly digest: string;
  readonly preview: string;
}

/** Everything that independent readers find in one file. */
export interface Reading {
  readonly mutagen: readonly Entry[];
  readonly values: { readonly genre?: readonly string[]; readonly key?: readonly string[] };
  readonly info: string;
  readonly kid3: readonly Entry[];
  readonly ffprobe: readonly Entry[];
  /** MD5 of the decoded audio, and what the codec's own checker says. */
  readonly audio: string;
  /** How many complaints the decoder had. */
  readonly complaints: number;
}

function run(command: string, args: readonly string[]): Promise<Output> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 << 20, timeout: 60_000, encoding: 'utf8' as const };
    execFile(command, [...args], options, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

const DUMP = fileURLToPath(new URL('dump.py', import.meta.url));

type Dump = Pick<Reading, 'values'> & { path: string; entries: [string, string, string][]; info: object };

/** mutagen's view of many files at once: starting Python takes longer than reading a file. */
function dumpAll(paths: readonly string[]): Promise<Map<string, Dump>> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/python3', [DUMP], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const dumps = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Dump);
      if (code !== 0 || dumps.length !== paths.length)
        reject(new Error(`dump.py failed with exit code ${code}`));
      else resolve(new Map(dumps.map((dump) => [dump.path, dump])));
    });
    child.stdin.end(`${paths.join('\n')}\n`);
  });
}

const asEntry = (name: string, value: string): Entry => ({
  name,
  digest: value,
  preview: value.slice(0, 60),
});

/** kid3's frame list. The first lines name the file and guess its bit rate; further lines belong to a text. */
async function readKid3(path: string): Promise<Entry[]> {
  const output = await run('kid3-cli', ['-c', 'get', path]);
  const stdout = output.stdout.trimEnd();
  const entries: Entry[] = [];
  let tag = '';
  for (const line of stdout.split('\n')) {
    const field = /^ {2}(\S.*?)?(?: {2,}(.*))?$/.exec(line);
    if (/^Tag \d/.test(line)) tag = line.slice(0, 5);
    else if (tag === '') continue;
    else if (field) entries.push(asEntry(`${tag} ${field[1] ?? '(no name)'}`, field[2] ?? ''));
    else if (entries.length > 0) {
      const last = entries.at(-1)!;
      entries[entries.length - 1] = asEntry(last.name, `${last.digest}\n${line}`);
    }
  }
  // Blank ends of the last text in the list are lost.
  const texts = entries.map(({ name, digest }) => asEntry(name, digest.trimEnd()));
  // Empty strings of an ASF Content Description show up as soon as one of them is set.
  return texts.filter(({ digest, name }) => digest !== '' || /picture|object|beats/i.test(name));
}

interface Probe {
  streams?: { tags?: Record<string, string>; [key: string]: unknown }[];
  chapters?: unknown[];
  format?: { tags?: Record<string, string>; format_name?: string };
}

/** What moves when a file grows or is guessed from its size. */
const VOLATILE = [
  'bit_rate',
  'duration',
  'duration_ts',
  'start_time',
  'start_pts',
  'nb_frames',
  'extradata_size',
];

async function readFfprobe(path: string): Promise<Entry[]> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-of',
    'json',
    '-show_streams',
    '-show_chapters',
    '-show_format',
    path,
  ]);
  const probe = JSON.parse(stdout === '' ? '{}' : stdout) as Probe;
  const tags = (list: Record<string, string> | undefined): Entry[] =>
    Object.entries(list ?? {}).map(([name, value]) => asEntry(name, value));
  return [
    asEntry('format', probe.format?.format_name ?? 'none'),
    ...tags(probe.format?.tags),
    ...(probe.streams ?? []).flatMap(({ tags: own, ...stream }) => {
      for (const name of VOLATILE) delete stream[name];
      return [asEntry('stream', JSON.stringify(stream)), ...tags(own)];
    }),
    ...(probe.chapters ?? []).map((chapter) => asEntry('chapter', JSON.stringify(chapter))),
  ];
}

/** Checkers by the file's extension: exit code and warnings count. */
const CHECKERS: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/\.flac$/, 'flac', ['-t', '-s']],
  [/\.(ogg|oga|spx)$/, 'ogginfo', []],
  [/\.opus$/, 'opusinfo', []],
  [/\.wv$/, 'wvunpack', ['-q', '-v']],
];

/** Musepack's own decoder: FFmpeg takes the tag behind an SV8 stream for audio. */
async function readMusepack(path: string): Promise<Pick<Reading, 'audio' | 'complaints'>> {
  const wav = `${path}.decoded.wav`;
  const { code } = await run('mpcdec', [path, wav]);
  const digest = createHash('md5')
    .update(await readFile(wav))
    .digest('hex');
  await rm(wav, { force: true });
  return { audio: `MD5=${digest} code ${code}`, complaints: 0 };
}

async function readAudio(path: string): Promise<Pick<Reading, 'audio' | 'complaints'>> {
  if (path.endsWith('.mpc')) return readMusepack(path);
  const decoded = await run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    '-i',
    path,
    '-map',
    '0:a',
    '-f',
    'md5',
    '-',
  ]);
  const complaints = decoded.stderr.split('\n').filter(Boolean).length;
  let audio = `${decoded.stdout.trim()} code ${decoded.code}`;
  for (const [pattern, command, args] of CHECKERS) {
    if (!pattern.test(path)) continue;
    const { code, stdout, stderr } = await run(command, [...args, path]);
    const warnings = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => /^\s*(warning|error)/i.test(line)).length;
    audio += ` · ${command} code ${code} warnings ${warnings}`;
  }
  return { audio, complaints };
}

/** Reads files with all readers, two at a time. */
export async function readAll(paths: readonly string[]): Promise<Map<string, Reading>> {
  const dumps = await dumpAll(paths);
  const readings = new Map<string, Reading>();
  const queue = [...paths];
  const lane = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const dump = dumps.get(path)!;
      const [kid3, ffprobe, audio] = [await readKid3(path), await readFfprobe(path), await readAudio(path)];
      readings.set(path, {
        mutagen: dump.entries.map(([name, digest, preview]) => ({ name, digest, preview })),
        values: dump.values,
        info: JSON.stringify(dump.info),
        kid3,
        ffprobe,
        ...audio,
      });
    }
  };
  await Promise.all([lane(), lane()]);
  return readings;
}
