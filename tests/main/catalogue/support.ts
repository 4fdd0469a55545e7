import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type Catalogue,
  openCatalogue,
  type PredictorVersion,
  type ScannedFile,
} from '../../../src/main/catalogue/index.ts';
import type { AnalysisResult } from '../../../src/shared/analysis.ts';
import type { TagValues } from '../../../src/shared/tags.ts';

export const KEY: PredictorVersion = { id: 'test-key', version: '1', task: 'key' };
export const GENRE: PredictorVersion = { id: 'test-genre', version: '1', task: 'genre' };

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-catalogue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A library in memory with one root, `/music`, whose clock stands still until it is moved. */
export function memoryLibrary(): {
  catalogue: Catalogue;
  rootId: number;
  clock: { now: number };
  add: (path: string, tags?: TagValues, change?: Partial<ScannedFile>) => number;
} {
  const clock = { now: 1_000_000 };
  const catalogue = openCatalogue(':memory:', { now: () => clock.now });
  const rootId = catalogue.roots.add('/music').id;
  const scan = catalogue.files.beginScan();
  const add = (path: string, tags: TagValues = {}, change: Partial<ScannedFile> = {}) =>
    catalogue.files.upsert([scanned(path, rootId, tags, change)], scan)[0]!;
  return { catalogue, rootId, clock, add };
}

/** The hash of audio that is named, not heard. */
export const audioHash = (name: string): string => createHash('sha256').update(name).digest('hex');

/** A file as a scan would find it; its audio is its own unless `change` says otherwise. */
export function scanned(
  path: string,
  rootId: number,
  tags: TagValues = {},
  change: Partial<ScannedFile> = {},
): ScannedFile {
  return {
    path,
    rootId,
    size: 1000,
    mtime: '1700000000123456789',
    inode: '42',
    device: '7',
    container: 'mp3',
    audio: { hash: audioHash(path), durationSeconds: 100, sampleRate: 44100, channels: 2 },
    tags,
    problem: null,
    ...change,
  };
}

/** An analysis that says `key` and `genre` with these confidences; the rest of the probability goes to a rival. */
export function analysis(
  said: { key?: readonly [string, number]; genre?: readonly [string, number] },
  change: Partial<AnalysisResult> = {},
): AnalysisResult {
  const distribution = (label: string, confidence: number, rival: string) => ({
    labels: [rival, label],
    probabilities: [1 - confidence, confidence],
  });
  return {
    durationSeconds: 120,
    windows: [{ start: 10, length: 30 }],
    embeddings: [],
    predictions: [
      ...(said.key
        ? [
            {
              task: KEY.task,
              predictor: KEY.id,
              version: KEY.version,
              ...distribution(said.key[0], said.key[1], said.key[0] === 'C major' ? 'G major' : 'C major'),
            },
          ]
        : []),
      ...(said.genre
        ? [
            {
              task: GENRE.task,
              predictor: GENRE.id,
              version: GENRE.version,
              ...distribution(said.genre[0], said.genre[1], said.genre[0] === 'rock' ? 'pop' : 'rock'),
            },
          ]
        : []),
    ],
    ...change,
  };
}

/** Queues, claims and completes the one file at `path`. */
export function analyse(catalogue: Catalogue, path: string, result: AnalysisResult): void {
  const { run } = catalogue.queue.enqueue({ kind: 'analyse', predictors: [], below: [path], all: true });
  const [item] = catalogue.queue.claim('analyse', 1, run);
  if (!item) throw new Error(`Nothing to analyse at ${path}`);
  catalogue.queue.complete(item.id, result, [KEY, GENRE]);
}
