/**
 * The nets of the standard tier against what others published of the same clips: cosines of our vectors with theirs,
 * from audio files to numbers, and what they cost.
 *
 *   npm run bench:front-ends [-- --musicnn <folder of MSD_musicnn>] [--package package.json] [--runs 5]
 *
 * CHOI's weights are taken from ../shared, musicnn's from a folder with the checkpoint (`.index` and `.data-00000-of-00001`,
 * as in the PyPI package). `--package` names what tests/reference/musicnn_package.py printed.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AudioFile, type DecodedWindow } from '../src/analyser/decode/decode.ts';
import { PreparedWindow } from '../src/analyser/prepared-window.ts';
import { choi } from '../src/analyser/representations/choi/index.ts';
import { musicnn } from '../src/analyser/representations/musicnn/index.ts';
import { MUSICNN_RATE, MusicnnMel } from '../src/analyser/representations/musicnn/mel.ts';
import { MusicnnNet } from '../src/analyser/representations/musicnn/net.ts';
import type { Representation } from '../src/analyser/representations/representation.ts';
import { readPublishedChoi, readPublishedMusicnnTags } from '../src/main/lab/gtzan.ts';
import { choi as choiRecipe } from '../src/main/models/recipes/choi.ts';
import { musicnn as musicnnRecipe } from '../src/main/models/recipes/musicnn.ts';
import { batchedChoi, readBatches } from './lib/batched-choi.ts';
import { buildModel } from './lib/build-model.ts';
import { median } from './lib/statistics.ts';

const { values: options } = parseArgs({
  options: {
    musicnn: { type: 'string' },
    package: { type: 'string' },
    runs: { type: 'string', default: '5' },
  },
});
const shared = resolve(import.meta.dirname, '../../shared');
const weights = join(shared, 'models/choi/weights_theano.hdf5');
if (!existsSync(weights) || !existsSync(join(shared, 'data/gtzan-full'))) {
  console.error(`Nothing to compare with: ${weights} or the clips beside it are not there.`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'cratewise-front-ends-'));
const clipsOf = (set: string) =>
  readdirSync(join(shared, 'data', set))
    .filter((name) => name.endsWith('.flac'))
    .sort()
    .map((name) => name.replace('.flac', ''));

function decode(set: string, clip: string, rate: number): DecodedWindow {
  const file = new AudioFile(join(shared, 'data', set, `${clip}.flac`));
  try {
    return file.decode({ start: 0, length: 31 }, [rate]);
  } finally {
    file.close();
  }
}

const prepared = ({ start, length, pcm }: DecodedWindow) => new PreparedWindow(start, length, pcm);

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const spread = (cosines: readonly number[]) =>
  `least ${Math.min(...cosines).toFixed(5)}  median ${median([...cosines]).toFixed(5)}`;

try {
  await compareChoi();
  if (options.musicnn) await compareMusicnn(options.musicnn);
  else console.log('\nmusicnn: name the folder of its checkpoint by --musicnn to compare it too.');
} finally {
  rmSync(folder, { recursive: true });
}

async function compareChoi(): Promise<void> {
  const model = await buildModel(choiRecipe, { 'compact_cnn/weights_theano.hdf5': weights }, folder);
  const [representation] = await choi({ installed: new Map([['choi', model]]) });
  const published = readPublishedChoi(shared);
  const rowOf = new Map(published.clips.map((clip, row) => [clip, row]));
  const batches = readBatches();
  console.log('choi: cosine with the published clip averages, layer by layer');
  for (const set of ['gtzan-full', 'gtzan100']) {
    const clips = clipsOf(set);
    const ours: Float32Array[] = [];
    const batched: Float32Array[] = [];
    for (const clip of clips) {
      const window = decode(set, clip, 12_000);
      ours.push(await representation!.compute(prepared(window)));
      const batch = batches[Math.floor(rowOf.get(clip)! / 256)]!;
      batched.push(await batchedChoi(weights, batch, window.pcm.get(12_000)!, folder));
    }
    for (const [how, vectors] of [
      ['statistics of its published batch', batched],
      ['statistics of all of GTZAN, as in the product', ours],
    ] as const) {
      console.log(`  ${set}, n=${clips.length}, ${how}:`);
      for (let layer = 0; layer < 5; layer++) {
        const cosines = clips.map((clip, i) => {
          const from = rowOf.get(clip)! * 160 + 32 * layer;
          const theirs = published.vectors.data.subarray(from, from + 32);
          return cosine(vectors[i]!.subarray(32 * layer, 32 * layer + 32), theirs);
        });
        console.log(`    layer ${layer}  ${spread(cosines)}`);
      }
    }
  }
  await cost('choi', representation!, 12_000);
}

async function compareMusicnn(checkpoint: string): Promise<void> {
  const files = Object.fromEntries(
    ['.index', '.data-00000-of-00001'].map((name) => [`musicnn/MSD_musicnn/${name}`, join(checkpoint, name)]),
  );
  const model = await buildModel(musicnnRecipe, files, folder);
  const net = await MusicnnNet.open(model.folder);
  const mel = new MusicnnMel();
  const listen = async (set: string, clip: string) => {
    const { frames, values } = mel.compute(decode(set, clip, MUSICNN_RATE).pcm.get(MUSICNN_RATE)!);
    return net.run(values, frames);
  };
  const meanTags = ({ patches, tags }: { patches: number; tags: Float32Array }) =>
    Float32Array.from({ length: 50 }, (_, tag) => {
      let sum = 0;
      for (let patch = 0; patch < patches; patch++) sum += tags[50 * patch + tag]!;
      return sum / patches;
    });
  const published = readPublishedMusicnnTags(shared);
  console.log('\nmusicnn-tags: cosine with the mean of the published taggram');
  for (const set of ['gtzan-full', 'gtzan100']) {
    const cosines: number[] = [];
    for (const clip of clipsOf(set)) {
      const row = published.clips.indexOf(clip);
      if (row < 0) continue;
      const theirs = published.vectors.data.subarray(50 * row, 50 * row + 50);
      cosines.push(cosine(meanTags(await listen(set, clip)), theirs));
    }
    console.log(`  ${set}, n=${cosines.length}: ${spread(cosines)}`);
  }
  if (options.package) {
    const said = JSON.parse(readFileSync(options.package, 'utf8')) as Record<
      string,
      { tags: number[][]; penultimate: number[] }
    >;
    const clips = Object.keys(said).filter((clip) => clipsOf('gtzan-full').includes(clip));
    const [tags, first]: [number[], number[]] = [[], []];
    for (const clip of clips) {
      const ours = await listen('gtzan-full', clip);
      tags.push(cosine(ours.tags, said[clip]!.tags.flat()));
      first.push(cosine(ours.penultimate.subarray(0, 200), said[clip]!.penultimate));
    }
    console.log(`  the PyPI package, n=${clips.length}, all patches' tags: ${spread(tags)}`);
    console.log(`  the PyPI package, n=${clips.length}, first patch's penultimate layer: ${spread(first)}`);
  }
  const [representation] = await musicnn({ installed: new Map([['musicnn', model]]) });
  await cost('musicnn and musicnn-tags', representation!, MUSICNN_RATE);
}

/** CPU time of a window of 30 s from samples to vector, the median of some runs. */
async function cost(name: string, representation: Representation, rate: number): Promise<void> {
  const window = decode('gtzan-full', clipsOf('gtzan-full')[0]!, rate);
  await representation.compute(prepared(window));
  const times: number[] = [];
  for (let run = 0; run < Number(options.runs); run++) {
    const before = process.cpuUsage();
    await representation.compute(prepared(window));
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1e6);
  }
  const seconds = median(times);
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(
    `  ${name}: ${(1000 * seconds).toFixed(0)} ms of CPU a window, ${Math.round(window.length / seconds)}× real time on one core; process ${megabytes} MiB`,
  );
}
