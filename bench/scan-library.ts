/**
 * Makes the libraries that scans are measured on, from the freely licensed game music in Debian's packages:
 *
 *     node bench/scan-library.ts [folder with the unpacked packages] [library] [library2000]
 *
 * The first folder is filled by
 *
 *     apt-get download wesnoth-1.16-music warzone2100-music hyperrogue-music singularity-music nexuiz-music \
 *       ufoai-music planetblupi-music-ogg drascula-music && for d in *.deb; do dpkg -x "$d" x; done
 *
 * `library`: 60 tracks as they came and 90-second excerpts of others in ten containers, tagged, most without a
 * genre or key. `library2000`: 2,000+ copies of those with tags of their own (bench/scan_variants.py), because
 * hard links would be one file to a scanner.
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Target {
  readonly extension: string;
  readonly count: number;
  readonly args: readonly string[];
}

const TARGETS: readonly Target[] = [
  { extension: 'mp3', count: 45, args: ['-c:a', 'libmp3lame', '-q:a', '2', '-id3v2_version', '3'] },
  { extension: 'mp3', count: 15, args: ['-c:a', 'libmp3lame', '-b:a', '192k', '-id3v2_version', '4'] },
  { extension: 'flac', count: 40, args: ['-c:a', 'flac', '-sample_fmt', 's16'] },
  { extension: 'm4a', count: 30, args: ['-c:a', 'aac', '-b:a', '160k'] },
  { extension: 'm4a', count: 8, args: ['-c:a', 'alac', '-sample_fmt', 's16p'] },
  { extension: 'opus', count: 25, args: ['-c:a', 'libopus', '-b:a', '96k'] },
  { extension: 'ogg', count: 20, args: ['-c:a', 'libvorbis', '-q:a', '4'] },
  { extension: 'wav', count: 6, args: ['-c:a', 'pcm_s16le'] },
  { extension: 'aiff', count: 6, args: ['-c:a', 'pcm_s16be', '-write_id3v2', '1'] },
  { extension: 'wma', count: 6, args: ['-c:a', 'wmav2', '-b:a', '128k'] },
  { extension: 'wv', count: 6, args: ['-c:a', 'wavpack', '-sample_fmt', 's16p'] },
];
const ORIGINALS = 60;
const GENRES = ['Electronic', 'Ambient', 'Rock', 'Classical', 'Folk', 'Jazz', 'Metal', 'Hip-Hop'];
const KEYS = ['Am', 'C', 'F#m', 'Eb', '8A', 'Gm', 'Bb', 'Dm'];

function music(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(ogg|mp3|opus)$/i.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    // Sound effects and jingles are no music; 400 kB is about 20 seconds.
    if (statSync(path).size > 400_000) found.push(path);
  }
  return found.sort();
}

/** Unpacks the `.pk3` archives (zip) that some games keep their music in. */
function unpackArchives(folder: string): void {
  const code = `
import sys, os, zipfile
for base, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(('.pk3', '.zip')):
            path = os.path.join(base, name)
            with zipfile.ZipFile(path) as archive:
                wanted = [n for n in archive.namelist() if n.lower().endswith(('.ogg', '.mp3'))]
                archive.extractall(path + '.d', [n for n in wanted if '..' not in n])
`;
  execFileSync('python3', ['-c', code, folder]);
}

async function convert(source: string, target: Target, file: string, tags: readonly string[]): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const metadata = tags.flatMap((tag) => ['-metadata', tag, '-metadata:s:a', tag]);
  await run('nice', [
    ...['-n', '5', 'ffmpeg', '-nostdin', '-v', 'error', '-y', '-t', '90', '-i', source, '-map', '0:a:0'],
    // Vorbis comments belong to the stream, other tags to the file; both are set, stale ones are dropped.
    ...['-map_metadata', '-1', ...metadata, '-ac', '2', ...target.args, file],
  ]);
}

function tagsOf(index: number, title: string): string[] {
  const tags = [
    `title=${title}`,
    `artist=Артист ${index % 12}`,
    `album=Album №${index % 25}`,
    `track=${(index % 14) + 1}/14`,
    `date=${1980 + (index % 45)}`,
  ];
  if (index % 3 === 0) tags.push(`genre=${GENRES[index % GENRES.length]}`);
  if (index % 7 === 0) tags.push(`INITIALKEY=${KEYS[index % KEYS.length]}`);
  return tags;
}

async function makeLibrary(packages: string, library: string): Promise<void> {
  unpackArchives(packages);
  const sources = music(packages);
  mkdirSync(join(library, 'originals'), { recursive: true });
  // Every second source stays as it came, up to the limit; excerpts are made of all of them in turn.
  const originals = sources.filter((_, i) => i % 2 === 0).slice(0, ORIGINALS);
  for (const [i, source] of originals.entries()) {
    const file = join(library, 'originals', `${String(i).padStart(2, '0')} ${basename(source)}`);
    if (!existsSync(file)) copyFileSync(source, file);
  }
  const jobs: { source: string; target: Target; file: string; tags: string[] }[] = [];
  for (const target of TARGETS) {
    for (let i = 0; i < target.count; i++) {
      const index = jobs.length;
      const source = sources[index % sources.length]!;
      const title = basename(source, extname(source)).replaceAll(/[_-]+/g, ' ');
      const folder = join(library, `Артист ${index % 12}`, `Album №${index % 25}`);
      const file = join(folder, `${index} ${title}.${target.extension}`);
      jobs.push({ source, target, file, tags: tagsOf(index, title) });
    }
  }
  const started = Date.now();
  const work = async (lane: number) => {
    for (let i = lane; i < jobs.length; i += 2) {
      const job = jobs[i]!;
      if (existsSync(job.file)) continue;
      try {
        await convert(job.source, job.target, job.file, job.tags);
      } catch (error) {
        // hr-savino-caribbean.ogg, for one, has headers that FFmpeg refuses. The library goes without it.
        console.error(`left out: ${job.source}: ${(error as Error).message.split('\n').at(-2)}`);
        rmSync(job.file, { force: true });
      }
    }
  };
  await Promise.all([work(0), work(1)]);
  writeFileSync(join(library, 'READY'), '');
  console.log(
    `${originals.length} originals and ${jobs.length} excerpts in ${(Date.now() - started) / 1000} s`,
  );
}

function makeVariants(library: string, target: string): void {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'scan_variants.py');
  execFileSync('nice', ['-n', '5', '/usr/bin/python3', script, library, target, '2000'], {
    stdio: 'inherit',
  });
}

const base = join(tmpdir(), 'cratewise-bench');
const [packages = join(base, 'packages'), library = join(base, 'library'), many = join(base, 'library2000')] =
  process.argv.slice(2);
await makeLibrary(packages, library);
makeVariants(library, many);
