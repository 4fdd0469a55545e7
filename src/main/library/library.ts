import { setTimeout as wait } from 'node:timers/promises';
import type { AnalyserDescription } from '../../shared/analysis.ts';
import type { DeviceOverview } from '../../shared/device.ts';
import type { LearnReport } from '../../shared/learn.ts';
import type { Task } from '../../shared/prediction.ts';
import {
  type AnalysisRequestOptions,
  type AnalysisSummary,
  analyseDue,
  describeAnalyser,
} from '../analysis/analyse.ts';
import { describeDevices, noteDevices } from '../analysis/devices.ts';
import { type Catalogue, CatalogueReader, openCatalogue } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import {
  applyUnfinished,
  forgetLearnt,
  type LearnOptions,
  learn,
  learntStore,
  suspiciousTags,
} from '../learn/learn.ts';
import { LibraryMaps } from '../map/library-maps.ts';
import { Media } from '../media/media.ts';
import type { ModelManager } from '../models/manager.ts';
import { userModels } from '../models/user-models.ts';
import { type ScanOptions, type ScanSummary, scanLibrary } from '../scan/scan.ts';
import { findSimilar, orderForSet, type SimilarOptions, type SimilarResult } from '../similar/similar.ts';
import { TagWriter } from '../tagging/writer.ts';
import { Editing } from './editing.ts';
import {
  type PendingOutcome,
  type PendingWriteOptions,
  previewPending,
  type Write,
  writePending,
} from './pending.ts';
import { type Settings, settingsOf } from './settings.ts';
import {
  type UndoTagsOptions,
  undoTags,
  type WriteRequest,
  type WriteTagsOptions,
  writeTags,
} from './writing.ts';

export type { WriteOutcome, WriteRequest } from './writing.ts';

/** Processes that read are killed outright: one that still is not gone holds up nothing for longer. */
const READERS_END_MS = 3000;

/**
 * One library and everything that can be done with it: what the command line, the app and `serve` all call.
 * Open it once; close it when done, and work that is under way is stopped.
 */
export class Library {
  readonly catalogue: Catalogue;
  readonly settings: Settings;
  readonly writer: TagWriter;
  /** Edits that wait to be written. */
  readonly editing: Editing;
  /** Models that can be installed: for all libraries of this user. */
  readonly models: ModelManager;
  /** Where its tracks lie in two dimensions. */
  readonly maps: LibraryMaps;
  /** Listening to its files. */
  readonly media: Media;
  /** What became of writes that an earlier process left half done; all 0 as a rule. */
  recovered = { done: 0, failed: 0, unreachable: 0 };
  readonly #host: ProcessHost;
  #reader: CatalogueReader | undefined;

  private constructor(catalogue: Catalogue, host: ProcessHost) {
    this.catalogue = catalogue;
    this.settings = settingsOf(catalogue);
    this.#host = host;
    this.media = new Media(catalogue, host);
    this.writer = new TagWriter(catalogue.journal, host, { hold: (paths) => this.media.hold(paths) });
    this.editing = new Editing(catalogue);
    this.models = userModels(host);
    this.maps = new LibraryMaps(catalogue, host);
  }

  /**
   * Opens a library, making it where there is none. Writes that a killed process left half done are finished or
   * rolled back first.
   * @throws CatalogueError when the file is not a catalogue, is from a newer version, in use, or can't be written
   */
  static async open(file: string, host: ProcessHost): Promise<Library> {
    const library = new Library(openCatalogue(file), host);
    try {
      library.recovered = await library.writer.recover();
      return library;
    } catch (error) {
      await library.close();
      throw error;
    }
  }

  /** Reads the library beside this process: for whoever must go on answering meanwhile. */
  get reader(): CatalogueReader {
    this.#reader ??= new CatalogueReader(this.catalogue, this.#host);
    return this.#reader;
  }

  /** Takes folders (absolute, escaped form) into the library, or looks again at those that are in it. */
  scan(folders: readonly string[], options: ScanOptions): Promise<ScanSummary> {
    return scanLibrary(this.catalogue, folders, { ...options, host: this.#host });
  }

  /** Listens to what is due. */
  async analyse(options: AnalysisRequestOptions): Promise<AnalysisSummary> {
    await applyUnfinished(this.catalogue, this.#host);
    return analyseDue(this.catalogue, this.#host, {
      ...options,
      onDevices: (devices) => {
        noteDevices(this.catalogue, devices);
        options.onDevices?.(devices);
      },
    });
  }

  /** What analysers can do here: with what is built in, installed and learnt. */
  describeAnalyser(): Promise<AnalyserDescription> {
    return describeAnalyser(this.catalogue, this.#host);
  }

  /** What there is to compute with, and what is known of it for the large nets that are installed. */
  devices(): Promise<DeviceOverview> {
    return describeDevices(this.catalogue, this.#host);
  }

  /** Learns from the user's own tags, see `learn`. */
  learn(options: LearnOptions): Promise<LearnReport> {
    return learn(this.catalogue, this.#host, options);
  }

  /** What the last learning found; undefined before any. */
  async learnReport(task: Task): Promise<LearnReport | undefined> {
    return (await learntStore(this.catalogue).report(task))?.report;
  }

  /** Tracks that sound like a file, see `findSimilar`. */
  similar(options: SimilarOptions): Promise<SimilarResult> {
    return findSimilar(this.catalogue, this.#host, options);
  }

  /** An order in which tracks mix, see `orderForSet`. */
  orderForSet(request: Parameters<typeof orderForSet>[2], signal?: AbortSignal): Promise<readonly number[]> {
    return orderForSet(this.catalogue, this.#host, request, signal);
  }

  /** Goes back to what was learnt before, see `forgetLearnt`. */
  forgetLearnt(task: Task, source: 'tags' | 'predictions'): ReturnType<typeof forgetLearnt> {
    return forgetLearnt(this.catalogue, this.#host, task, source);
  }

  /** Tags that looked wrong when the library was last learnt from, and still stand. */
  suspiciousTags(task: Task): ReturnType<typeof suspiciousTags> {
    return suspiciousTags(this.catalogue, task);
  }

  /** Writes edits into files, as many as there are, file by file; each outcome is told as it comes. */
  write(requests: Iterable<WriteRequest>, options: Omit<WriteTagsOptions, 'multiValue'>): Promise<void> {
    return writeTags(this.catalogue, this.writer, requests, {
      ...options,
      multiValue: this.settings.multiValue,
    });
  }

  /** Puts back what writes changed: files, a batch, or the newest batch that stands. */
  undo(options: UndoTagsOptions): Promise<void> {
    return undoTags(this.catalogue, this.writer, options);
  }

  /** What writing the edits of these files would do. */
  previewPending(
    ids: readonly number[],
    options: PendingWriteOptions,
    signal?: AbortSignal,
  ): Promise<readonly PendingOutcome[]> {
    return previewPending(this.catalogue, this.#writeEdits, ids, options, signal);
  }

  /** Writes the edits of these files, as one batch. */
  writePending(
    ids: readonly number[],
    options: Parameters<typeof writePending>[4],
  ): Promise<{ readonly batchId: number | null }> {
    return writePending(this.catalogue, this.editing, this.#writeEdits, ids, options);
  }

  readonly #writeEdits: Write = (requests, options) =>
    writeTags(this.catalogue, this.writer, requests, options);

  async close(): Promise<void> {
    this.media.close();
    this.maps.close();
    await this.models.close();
    await this.editing.close();
    await this.writer.close();
    // The last one to close writes what is beside the file into it: that is to be the catalogue, so that a library that
    // nobody has open is one file, to be copied or moved.
    const limit = new AbortController();
    const late = wait(READERS_END_MS, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#reader?.close(), late]);
    limit.abort();
    this.catalogue.close();
  }
}
