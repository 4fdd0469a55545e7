import type { Catalogue, PredictorVersion, ScannedFile } from '../../src/main/catalogue/index.ts';
import type { AnalysisResult } from '../../src/shared/analysis.ts';
import { KEY_LABELS } from '../../src/shared/music/key.ts';

/** The genres that real libraries use most, unevenly spread as there: the n-th is 1/n as frequent. */
const GENRES =
  'Rock,Pop,Electronic,Hip-Hop,Jazz,Classical,Metal,House,Techno,Folk,Blues,Country,Reggae,Disco,Soul,Funk,Ambient,Trance,Drum & Bass,Punk,Indie,R&B,Latin,Soundtrack,Gospel,Ska,Dub,Grunge,Swing,Opera'.split(
    ',',
  );

const SYLLABLES =
  'ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo vu'.split(
    ' ',
  );

export const GENRE_PREDICTOR: PredictorVersion = { id: 'synthetic-genre', version: '1', task: 'genre' };
export const KEY_PREDICTOR: PredictorVersion = { id: 'synthetic-key', version: '1', task: 'key' };
const PREDICTORS = [GENRE_PREDICTOR, KEY_PREDICTOR];
const GENRE_LABELS = 'blues,classical,country,disco,hiphop,jazz,metal,pop,reggae,rock'.split(',');

/** A small generator of random numbers (mulberry32): the same library every time. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Zipf's law over `count` things: words, artists and genres are spread like this. */
const zipf = (next: () => number, count: number): number =>
  Math.min(count - 1, Math.floor(count ** next()) - 1 + Math.floor(next() * 1.5));

function word(index: number): string {
  let text = '';
  let rest = index + 50;
  while (rest > 0) {
    text += SYLLABLES[rest % SYLLABLES.length]!;
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return text;
}

const words = (next: () => number, count: number): string =>
  Array.from({ length: count }, () => word(zipf(next, 60_000))).join(' ');

/** File number `n`: 12 an album, about 10 albums an artist; a third without key, a sixth without genre. */
export function syntheticFile(n: number, rootId: number, root: string): ScannedFile {
  const ofArtist = random(Math.floor(n / 120) * 3 + 1);
  const ofAlbum = random(Math.floor(n / 12) * 3 + 2);
  const next = random(n * 3);
  const artist = words(ofArtist, 2);
  const album = words(ofAlbum, 2);
  const title = words(next, 3);
  const genre = GENRES[zipf(ofAlbum, GENRES.length)]!;
  const key = KEY_LABELS[Math.floor(next() * 24)]!;
  const number = String((n % 12) + 1).padStart(2, '0');
  return {
    path: `${root}/${artist} ${Math.floor(n / 120)}/${album} ${Math.floor(n / 12)}/${number} ${title}.mp3`,
    rootId,
    size: 3_000_000 + Math.floor(next() * 9_000_000),
    mtime: String(1_700_000_000_000_000_000n + BigInt(n) * 1_000_003n),
    inode: String(1_000_000 + n),
    device: '2049',
    container: 'mp3',
    audio: {
      hash: n.toString(16).padStart(64, '0'),
      durationSeconds: 120 + Math.floor(next() * 240),
      sampleRate: 44100,
      channels: 2,
    },
    tags: {
      title: [title],
      artist: [artist],
      album: [album],
      albumArtist: [artist],
      trackNumber: [String((n % 12) + 1)],
      date: [String(1960 + Math.floor(ofAlbum() * 65))],
      bpm: [String(70 + Math.floor(next() * 110))],
      comment: [words(next, 4)],
      ...(next() < 5 / 6 ? { genre: [genre] } : {}),
      ...(next() < 2 / 3 ? { key: [key] } : {}),
    },
    problem: null,
  };
}

/** What an analyser would say of track `n`. */
export function syntheticAnalysis(n: number): AnalysisResult {
  const next = random(n * 7 + 5);
  const distribution = (labels: readonly string[]) => {
    const peaked = labels.map(() => next() ** 8);
    const sum = peaked.reduce((a, b) => a + b, 0);
    return { labels, probabilities: peaked.map((p) => p / sum) };
  };
  return {
    durationSeconds: 200,
    windows: [{ start: 30, length: 30 }],
    embeddings: [],
    predictions: [
      { task: 'genre', predictor: 'synthetic-genre', version: '1', ...distribution(GENRE_LABELS) },
      { task: 'key', predictor: 'synthetic-key', version: '1', ...distribution(KEY_LABELS) },
    ],
  };
}

/** Rates of filling a library, in files a second. */
export interface FillRates {
  readonly scan: number;
  readonly enqueue: number;
  readonly analyse: number;
}

/** Fills an empty library with `count` files as scan and analysis would, and times it. */
export function fill(catalogue: Catalogue, count: number, log: (text: string) => void): FillRates {
  const root = catalogue.roots.add('/music');
  const scan = catalogue.files.beginScan();
  let spent = 0;
  for (let n = 0; n < count; n += 500) {
    const batch = Array.from({ length: Math.min(500, count - n) }, (_, i) =>
      syntheticFile(n + i, root.id, root.path),
    );
    const start = performance.now();
    catalogue.files.upsert(batch, scan);
    spent += performance.now() - start;
    if (n % 100_000 === 0) log(`  scan ${n} (${Math.round(spent / 1000)} s)`);
  }
  const scanRate = count / (spent / 1000);
  const start = performance.now();
  const { run, queued } = catalogue.queue.enqueue({ kind: 'analyse', predictors: PREDICTORS });
  const enqueue = queued / ((performance.now() - start) / 1000);
  return { scan: scanRate, enqueue, analyse: analyse(catalogue, run, log) };
}

/** Items that are completed one transaction each, as in real life, for the rate; the rest goes in large ones. */
const TIMED = 5000;

/** Completes everything that is queued in a run; returns the rate of the first ones in tracks a second. */
export function analyse(catalogue: Catalogue, run: number, log: (text: string) => void): number {
  const start = performance.now();
  let rate: number | undefined;
  let done = 0;
  for (;;) {
    const single = done < TIMED;
    const claim = () => catalogue.queue.claim('analyse', single ? 8 : 500, run);
    const complete = (items: ReturnType<typeof claim>) => {
      for (const item of items)
        catalogue.queue.complete(item.id, syntheticAnalysis(item.trackId), PREDICTORS);
      return items.length;
    };
    const count = single ? complete(claim()) : catalogue.transaction(() => complete(claim()));
    done += count;
    if (done >= TIMED || count === 0) rate ??= done / ((performance.now() - start) / 1000);
    if (count === 0) return rate!;
    if (done % 100_000 === 0) log(`  analyse ${done} (${Math.round((performance.now() - start) / 1000)} s)`);
  }
}
