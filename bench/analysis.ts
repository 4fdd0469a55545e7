/**
 * How many times faster than real time one core analyses, stage by stage, beside peers on the same audio in the
 * same run, and what memory 500 windows cost.
 *
 *   node bench/analysis.ts <audio file> [--runs 5] [--python venv/bin/python] [--json]
 *
 * The file (a few minutes of music) is converted with the ffmpeg program to five formats, five minutes each. Times are CPU
 * seconds (user + system), so that what else runs on the machine matters less. Peers: the ffmpeg program for
 * decoding to 22,050 Hz mono; librosa for features, if --python names a Python that has it (set to one thread).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AudioFile } from '../src/analyser/decode/decode.ts';
import { loadPredictors } from '../src/analyser/predictors/index.ts';
import { PreparedWindow } from '../src/analyser/prepared-window.ts';
import { builtinRepresentations as representations } from '../src/analyser/representations/index.ts';
import { modelsFolder } from '../src/main/host/places.ts';

const seconds = 300;
const rates = [22_050, 12_000];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    python: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const source = positionals[0];
if (!source) {
  console.error('usage: node bench/analysis.ts <audio file> [--runs 5] [--python venv/bin/python] [--json]');
  process.exit(2);
}
const runs = Number(options.runs);
const folder = mkdtempSync(join(tmpdir(), 'cratewise-bench-'));
const rows: { stage: string; timesRealTime: number; peer?: string; peerTimesRealTime?: number }[] = [];

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Median CPU seconds of a piece of work, after one run to warm up. */
async function cpuSeconds(work: () => unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1e6);
  }
  return median(times);
}

/** Median CPU seconds of the ffmpeg program decoding a file to 22,050 Hz mono. */
function ffmpegSeconds(path: string): number {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const args = ['-hide_banner', '-benchmark', '-threads', '1', '-i', path, '-ac', '1', '-ar', '22050'];
    const { stderr } = spawnSync('ffmpeg', [...args, '-f', 'f32le', '-y', '/dev/null'], { encoding: 'utf8' });
    const [, user, system] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
    times.push(Number(user) + Number(system));
  }
  return median(times);
}

function decodeAll(path: string, sampleRates: number[]): DecodedPassage[] {
  const file = new AudioFile(path);
  try {
    return [...file.windows({ count: 0, seconds: 30 }, sampleRates)];
  } finally {
    file.close();
  }
}
type DecodedPassage = { start: number; length: number; pcm: ReadonlyMap<number, Float32Array> };

function report(stage: string, mine: number, peer?: string, theirs?: number): void {
  const row = {
    stage,
    timesRealTime: Math.round(seconds / mine),
    ...(peer && theirs ? { peer, peerTimesRealTime: Math.round(seconds / theirs) } : {}),
  };
  rows.push(row);
  const beside = row.peer ? `   ${row.peer}: ${row.peerTimesRealTime}×` : '';
  if (!options.json) console.log(`${stage.padEnd(34)} ${String(row.timesRealTime).padStart(5)}×${beside}`);
}

try {
  const wav = join(folder, 'source.wav');
  const convert = (from: string[], to: string[]) =>
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...from, ...to], { stdio: 'ignore' });
  convert(['-stream_loop', '-1', '-i', source], ['-t', String(seconds), '-ac', '2', '-ar', '44100', wav]);
  const formats: Record<string, string[]> = {
    mp3: ['-c:a', 'libmp3lame', '-b:a', '192k'],
    flac: ['-c:a', 'flac'],
    ogg: ['-c:a', 'libvorbis', '-q:a', '5'],
    m4a: ['-c:a', 'aac', '-b:a', '192k'],
    opus: ['-c:a', 'libopus', '-b:a', '128k'],
  };
  for (const [extension, codec] of Object.entries(formats)) {
    const path = join(folder, `source.${extension}`);
    convert(['-i', wav], [...codec, path]);
    const mine = await cpuSeconds(() => decodeAll(path, [22_050]));
    report(`decode ${extension} to 22,050 Hz`, mine, 'ffmpeg', ffmpegSeconds(path));
  }
  const mp3 = join(folder, 'source.mp3');
  report('decode mp3 to 22,050 and 12,000 Hz', await cpuSeconds(() => decodeAll(mp3, rates)));

  const decoded = decodeAll(mp3, rates);
  const fresh = () => decoded.map(({ start, length, pcm }) => new PreparedWindow(start, length, pcm));
  let peers: Record<string, number[]> = {};
  if (options.python) {
    const clips = decoded.map(({ pcm }, i) => {
      const path = join(folder, `clip${i}.f32`);
      writeFileSync(path, new Uint8Array(pcm.get(22_050)!.slice().buffer));
      return path;
    });
    const script = join(import.meta.dirname, 'analysis', 'librosa_peer.py');
    const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', NUMBA_NUM_THREADS: '1' };
    const printed = execFileSync(options.python, [script, String(runs), ...clips], {
      env: { ...process.env, ...one },
      encoding: 'utf8',
    });
    peers = JSON.parse(printed) as typeof peers;
  }
  for (const representation of representations) {
    const mine = await cpuSeconds(async () => {
      for (const window of fresh()) await window.vector(representation);
    });
    const theirs = peers[representation.id];
    report(`representation ${representation.id}`, mine, 'librosa', theirs && median(theirs));
  }
  const { predictors } = await loadPredictors({ modelsFolder, representations });
  for (const predictor of predictors) {
    const mine = await cpuSeconds(async () => {
      const windows = fresh();
      for (const window of windows) await predictor.prepare?.(window);
      await predictor.predict(windows);
    });
    report(`${predictor.task} (${predictor.id}), from samples`, mine);
  }
  const used = new Set(predictors.flatMap((p) => [...p.representations]));
  const whole = await cpuSeconds(async () => {
    const file = new AudioFile(mp3);
    const windows: PreparedWindow[] = [];
    for (const { start, length, pcm } of file.windows({ count: 0, seconds: 30 }, rates)) {
      windows.push(new PreparedWindow(start, length, pcm));
    }
    file.close();
    for (const window of windows) {
      for (const r of representations) if (used.has(r.id)) await window.vector(r);
      for (const predictor of predictors) await predictor.prepare?.(window);
    }
    for (const predictor of predictors) await predictor.predict(windows);
  });
  report('built-in tier: mp3 to genre and key', whole);

  const memory: number[] = [];
  for (let window = 0; window <= 500; window++) {
    if (window % 100 === 0) memory.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
    const file = new AudioFile(join(folder, `source.${Object.keys(formats)[window % 5]}`));
    file.decode({ start: (window * 7) % 260, length: 30 }, rates);
    file.close();
  }
  if (options.json) console.log(JSON.stringify({ rows, residentMebibytesEach100Windows: memory }));
  else console.log(`resident MiB after 0, 100, … 500 windows decoded: ${memory.join(' ')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
