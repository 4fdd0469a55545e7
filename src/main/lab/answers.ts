import type { WindowPolicy } from '../../shared/analysis.ts';
import { CratewiseError } from '../../shared/errors.ts';
import type { Embedding } from '../../shared/prediction.ts';
import type { TaggedFile } from './datasets/labelled.ts';
import { type DatasetSource, readDataset } from './datasets/source.ts';
import {
  Extraction,
  type ExtractionState,
  type PendingRow,
  type WantedRepresentation,
} from './features/extraction.ts';
import { type JobName, type JobProgress, jobs, type LabJobs, type RunningJob } from './jobs.ts';

/** What came of working on a job for a while. */
export type Advance =
  | { readonly finished: false; readonly progress: JobProgress }
  | { readonly finished: true; readonly result: unknown };

/**
 * What the lab's process answers. A job is begun and then advanced bit by bit: between two bits the process tells how
 * far it is, and whoever asked can stop asking, which is how a job is cancelled.
 */
export interface LabCalls {
  begin<K extends JobName>(name: K, request: LabJobs[K]['request']): Promise<void>;
  /** Works for about so many milliseconds. */
  advance(milliseconds: number): Promise<Advance>;
  /** More files of the library, for a data set of that kind; before `openExtraction`. */
  addTagged(files: readonly TaggedFile[]): Promise<void>;
  /** Reads a data set and opens (or makes) its feature folder. */
  openExtraction(request: ExtractionRequest): Promise<ExtractionState>;
  /** Passages that still lack vectors, at most `count`; none at the end. */
  nextRows(count: number): Promise<PendingRow[]>;
  storeRow(index: number, embeddings: readonly Embedding[]): Promise<void>;
  failRow(index: number, code: string, message: string): Promise<void>;
}

/** Which data set, which representations, and where their vectors go. */
export interface ExtractionRequest {
  readonly source: DatasetSource;
  readonly folder: string;
  readonly representations: readonly WantedRepresentation[];
  readonly windows: WindowPolicy;
  /** Try again what failed before. */
  readonly retry: boolean;
}

let running: RunningJob<unknown> | null = null;
let extraction: Extraction | null = null;
const tagged: TaggedFile[] = [];

function opened(): Extraction {
  if (!extraction) throw new CratewiseError('no-extraction', 'No extraction was opened.');
  return extraction;
}

export const answers: LabCalls = {
  begin: async (name, request) => {
    running = jobs[name](request);
  },
  advance: async (milliseconds) => {
    if (!running) throw new CratewiseError('no-job', 'No job was begun.');
    const until = performance.now() + milliseconds;
    for (;;) {
      const next = running.next();
      if (next.done) {
        running = null;
        return { finished: true, result: next.value };
      }
      if (performance.now() >= until) return { finished: false, progress: next.value };
    }
  },
  addTagged: async (files) => {
    for (const file of files) tagged.push(file);
  },
  openExtraction: async ({ source, folder, representations, windows, retry }) => {
    extraction = new Extraction(folder, await readDataset(source, tagged), representations, windows, retry);
    tagged.length = 0;
    return extraction.state;
  },
  nextRows: async (count) => opened().next(count),
  storeRow: async (index, embeddings) => opened().store(index, embeddings),
  failRow: async (index, code, message) => opened().fail(index, code, message),
};
