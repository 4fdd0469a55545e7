import type { AnalysisResult } from '../../shared/analysis.ts';
import type { Embedding, Prediction, Task } from '../../shared/prediction.ts';
import type { FieldChange, FieldName, TagValues } from '../../shared/tags.ts';
import type { Tier } from '../../shared/tier.ts';
import type { JournalState, WriteJournal } from '../tagging/journal.ts';
import type { EditStore } from './edit-types.ts';
import type { LearningStore } from './learning-types.ts';
import type { MapStore } from './map-types.ts';
import type { PlaylistStore } from './playlist-types.ts';
import type { ProblemStore } from './problems.ts';
import type {
  FailedItem,
  FileDetails,
  FileProblem,
  FileStamp,
  KnownFile,
  PredictorVersion,
  RepresentationVersion,
  Review,
  Root,
  ScannedFile,
  SearchPage,
  SearchPageRequest,
  SearchQuery,
  SearchRow,
  StoredPrediction,
  Track,
  WorkCounts,
  WorkItem,
} from './types.ts';

export interface RootStore {
  /** Adds a folder, or returns it when it is there already. `path` is absolute, escaped form. */
  add(path: string): Root;
  list(): readonly Root[];
  get(id: number): Root | undefined;
  byPath(path: string): Root | undefined;
  /** Everything below the root is offline (or back) at once; files and what is known of them stay. */
  setOffline(id: number, offline: boolean): void;
  /** The root is no longer watched over: its files leave the catalogue, tracks and predictions stay. */
  remove(id: number): void;
}

export interface FileStore {
  /** A number for a scan that begins; larger than every one before. */
  beginScan(): number;
  /**
   * Inserts or replaces by path, in one transaction; all are `present` and seen by `scanId`. A track is made where
   * its audio is new. Returns ids in order.
   */
  upsert(files: readonly ScannedFile[], scanId: number): readonly number[];
  /** Files found unchanged: they are `present` and seen by `scanId`. */
  markSeen(ids: readonly number[], scanId: number): void;
  /** Files found gone. */
  markMissing(ids: readonly number[]): void;
  /**
   * The scan reached every folder of the root (or of `below`, a path inside it): files that it did not see are
   * `missing`. Returns how many became so. Leaves out what lies below `except` (folders that could not be read).
   */
  finishScan(
    rootId: number,
    scanId: number,
    options?: { below?: string; except?: readonly string[] },
  ): number;
  /** A known file now has another path (and stamp): its row, tags and history move with it. Replaces what stood there. */
  move(id: number, to: { path: string; rootId: number } & FileStamp, scanId: number): void;
  /** After a write: new stamp and tags; the audio is the same. */
  update(id: number, change: FileStamp & { tags: TagValues }): void;
  setProblem(id: number, problem: FileProblem | null): void;
  /**
   * Known files of a root in order of path (by UTF-8 bytes), read in pages: flat memory, and writes between two
   * steps are fine. With `below`, only what lies at or below that path.
   */
  known(rootId: number, options?: { below?: string; pageSize?: number }): Generator<KnownFile, void, void>;
  byPath(path: string): KnownFile | undefined;
  get(id: number): KnownFile | undefined;
  /** Files with this inode, device, size and mtime: candidates for "moved". */
  byStamp(stamp: FileStamp): readonly KnownFile[];
  ofTrack(trackId: number): readonly KnownFile[];
  details(path: string): FileDetails | undefined;
  counts(): { present: number; missing: number; offline: number; withProblem: number };
}

export interface TrackStore {
  get(id: number): Track | undefined;
  byAudioHash(hash: string): Track | undefined;
  count(): number;
  /** Tracks with a present file that were never listened to. */
  countUnheard(): number;
  /** Tracks of files, each once. */
  ofFiles(fileIds: readonly number[]): number[];
}

export interface PredictionStore {
  ofTrack(trackId: number): readonly StoredPrediction[];
  /** The one that search and display use. */
  current(trackId: number, task: Task): StoredPrediction | undefined;
  /**
   * Which predictors the user believes, best first; one that is not named comes after, by its tier, then newest
   * first. Recomputes the current prediction of every track when the order changes (seconds at 1,000,000 tracks).
   */
  prefer(task: Task, predictorIds: readonly string[]): void;
  /** Notes the tiers of predictors, by id; ids noted before are kept. Recomputes as `prefer` does where they changed. */
  noteTiers(tiers: Readonly<Record<string, Tier>>): void;
  /** Stores what one predictor says of tracks, beside what others said of them. */
  add(predictions: readonly (Prediction & { readonly trackId: number })[]): void;
  /** Takes back what a predictor said of up to `limit` tracks. Returns of how many: 0 when nothing is left. */
  forget(task: Task, predictor: string, limit: number): number;
  /** The user's word on a prediction; null takes it back. */
  review(trackId: number, task: Task, review: Pick<Review, 'state' | 'value'> | null): void;
  reviewsOfTrack(trackId: number): readonly Review[];
  embedding(trackId: number, representation: string): Embedding | undefined;
  /** Genre names in use with the number of present files, most frequent first, by source `tag` and `prediction`. */
  genres(): readonly { genre: string; tagged: number; predicted: number }[];
}

export interface EnqueueRequest {
  readonly kind: string;
  /** A track is due when one of these has not heard it in this version. */
  readonly predictors: readonly PredictorVersion[];
  /** It is due too when one of these was not computed in this version. */
  readonly representations?: readonly RepresentationVersion[];
  /** Only tracks with a file at or below these paths. Default: the whole library. */
  readonly below?: readonly string[];
  /** Higher goes first. Default 0. */
  readonly priority?: number;
  /** Also what failed or was set aside before. Default false. */
  readonly retry?: boolean;
  /** Also what is not due. Default false. */
  readonly all?: boolean;
  /** Not what failed or was set aside as work of this kind. */
  readonly unlessFailed?: string;
  /** Only these tracks. Default: all. */
  readonly tracks?: readonly number[];
  /**
   * Also takes over, whatever it was queued for, what waits as work of this kind with at least this priority: an
   * earlier run was broken off. Default: only what is queued now.
   */
  readonly adopt?: number;
}

export interface WorkQueue {
  /**
   * Queues every due track that has a reachable file, under a new run number: what one command or click asked for.
   * An item that is queued already is taken over by the new run. `run` scopes `claim` and `counts`. `queued` counts
   * all that the run has to do.
   */
  enqueue(request: EnqueueRequest): { run: number; queued: number };
  /** The next items, marked as held: highest priority first, then oldest. Empty when there are none. */
  claim(kind: string, count: number, run?: number): readonly WorkItem[];
  /**
   * Stores what an analysis found and marks the item done, in one transaction. `asked` are the predictors that ran:
   * one without a prediction in `result` (silence) counts as having heard the track. `computed` are the
   * representations that were asked for; one without a vector counts as computed.
   */
  complete(
    itemId: number,
    result: AnalysisResult,
    asked: readonly PredictorVersion[],
    computed?: readonly RepresentationVersion[],
  ): void;
  /** The file can't be analysed. The reason also stands at the file. */
  fail(itemId: number, problem: FileProblem): void;
  /**
   * The worker died over this item. It is queued again the first time and set aside the second (or `limit`th).
   * Returns whether it was set aside.
   */
  workerDied(itemId: number, reason: string, limit?: number): boolean;
  /** Gives a claimed item back untouched (cancelled). */
  release(itemId: number): void;
  /** Takes an item off the queue without a word about its track: it is due again the next time. */
  drop(itemId: number): void;
  /** Takes what is still queued out of the queue. Returns how many. */
  cancel(run: number): number;
  /** The same for all work whose kind begins so, of whatever run. */
  cancelAll(kindPrefix: string): number;
  /** Lets the tracks of these files go before others, where they wait; never after. Returns how many items wait now. */
  hasten(fileIds: readonly number[], priority: number): number;
  /** How many tracks with a reachable file are due. */
  countDue(request: Pick<EnqueueRequest, 'predictors' | 'representations'>): number;
  counts(kind: string, run?: number): WorkCounts;
  failures(kind: string, run?: number): readonly FailedItem[];
}

export interface SettingStore {
  /** A JSON value; undefined when it was never set. */
  get(name: string): unknown;
  /** `undefined` removes it. */
  set(name: string, value: unknown): void;
  all(): Readonly<Record<string, unknown>>;
}

/** One file of a batch, as lists show it. */
export interface BatchFile {
  readonly path: string;
  readonly state: JournalState;
  readonly changes: readonly FieldChange[];
  readonly error: string | null;
}

/** A journal that can also forget, and be looked at. */
export interface PrunableJournal extends WriteJournal {
  /** Drops closed entries of batches older than `before` (milliseconds since 1970): these can't be undone any more. */
  prune(before: number): number;
  /** What became of a batch's files, in order, without the bytes. */
  filesOfBatch(batchId: number, offset: number, limit: number): readonly BatchFile[];
}

/**
 * One library. Everything is synchronous; each method is one transaction unless it stands inside `transaction`.
 * After a kill at any point the file holds every transaction that returned before (an operating-system crash may
 * lose the last few, but never those of `journal`).
 */
export interface Catalogue {
  /** The database file; `:memory:` in tests. */
  readonly file: string;
  readonly readOnly: boolean;
  readonly roots: RootStore;
  readonly files: FileStore;
  readonly edits: EditStore;
  readonly tracks: TrackStore;
  readonly predictions: PredictionStore;
  readonly queue: WorkQueue;
  /** Files with which something went wrong. */
  readonly problems: ProblemStore;
  readonly learning: LearningStore;
  readonly maps: MapStore;
  readonly playlists: PlaylistStore;
  readonly journal: PrunableJournal;
  readonly settings: SettingStore;
  search(query: SearchQuery, page?: SearchPageRequest): SearchPage;
  /** Number of files that a query finds. */
  count(query: SearchQuery): number;
  /** Number of files that a query finds, for each of the 24 keys by index. */
  keyCounts(query: SearchQuery): readonly number[];
  /** Ids of all hits, in no order. */
  ids(query: SearchQuery): readonly number[];
  /** Ids of a page's hits, in order. */
  pageIds(query: SearchQuery, page: SearchPageRequest): readonly number[];
  /** Tags of files as edited: of some fields, or all. In no order. */
  tags(ids: readonly number[], fields?: readonly FieldName[]): readonly { id: number; tags: TagValues }[];
  /** Files as a list shows them, in the order of `ids`; those that left the library are left out. */
  rows(ids: readonly number[], fields?: readonly FieldName[]): readonly SearchRow[];
  /** Every hit, page by page, in order: flat memory. */
  searchAll(
    query: SearchQuery,
    order?: Pick<SearchPageRequest, 'sort' | 'descending' | 'thenBy'>,
  ): Generator<SearchPage>;
  /** Several calls as one transaction; a throw undoes all of them. Journal methods refuse to run inside. */
  transaction<T>(work: () => T): T;
  /** Several reads of one state of the library. */
  snapshot<T>(work: () => T): T;
  /** Grows with every row that this process changes: what was counted at one number holds as long as it stands. */
  changes(): number;
  /** Bytes of the database file, without its write-ahead log. */
  size(): number;
  close(): void;
}

export interface OpenOptions {
  /**
   * `write` (default): this process alone changes the library; a second one is refused with `catalogue-in-use`.
   * `read`: any number of them, also while another writes.
   */
  readonly access?: 'read' | 'write';
  /** Make the file (and its folder) where there is none. Default: true for `write`, false for `read`. */
  readonly create?: boolean;
  /** Megabytes of the file that are kept in memory at most. Default 64. */
  readonly cacheMegabytes?: number;
  /** Called before an existing catalogue is backed up and migrated. */
  readonly onMigration?: (step: { from: number; to: number; backup: string }) => void;
  /** Milliseconds since 1970; tests set it. */
  readonly now?: () => number;
}
