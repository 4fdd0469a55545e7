import type { AnalysisResult } from '../../shared/analysis.ts';
import type { Task } from '../../shared/prediction.ts';
import type { QueryTerm } from '../../shared/query/terms.ts';
import type { FieldName, TagValues } from '../../shared/tags.ts';

/** A folder that the user pointed at. Everything below it belongs to it. */
export interface Root {
  readonly id: number;
  /** Absolute, in our escaped form, without a separator at its end (except `/` itself). */
  readonly path: string;
  /** The folder could not be reached at the last scan: its files are *offline*, not missing. */
  readonly offline: boolean;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Milliseconds since 1970 of the last scan that went through; null before the first. */
  readonly scannedAt: number | null;
}

/** `missing`: its root was reached and the file is gone. `offline`: its root can't be reached, nothing is known. */
export type FileState = 'present' | 'missing' | 'offline';

/** What the file system says of a file. 64-bit numbers are decimal strings: they do not fit a JavaScript number. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970, decimal. */
  readonly mtime: string;
  /** Decimal, unsigned 64 bits; `0` where the platform has none. */
  readonly inode: string;
  /** Decimal, unsigned 64 bits. */
  readonly device: string;
}

/** What identifies a track and what its container says of the sound. */
export interface AudioIdentity {
  /** Hex digest over the audio payload (tags excluded). */
  readonly hash: string;
  readonly durationSeconds: number | null;
  /** Hz. */
  readonly sampleRate: number | null;
  readonly channels: number | null;
}

/** The last thing that went wrong with a file. */
export interface FileProblem {
  readonly code: string;
  readonly message: string;
}

/** A file as a scan found it. Inserted, or replaces what is known of the same path. */
export interface ScannedFile extends FileStamp {
  readonly path: string;
  readonly rootId: number;
  /** See `ParsedFile.container`; null where it was not understood. */
  readonly container: string | null;
  /** Null when the file could not be read: it is listed with its problem and has no track. */
  readonly audio: AudioIdentity | null;
  readonly tags: TagValues;
  readonly problem: FileProblem | null;
}

/** What a scan compares with the file system. */
export interface KnownFile extends FileStamp {
  readonly id: number;
  readonly path: string;
  readonly rootId: number;
  readonly trackId: number | null;
  /** `present` or `missing`: as stored, whether or not the root is offline now. */
  readonly state: 'present' | 'missing';
  readonly problemCode: string | null;
  /** Scan that last saw it; 0 before any. */
  readonly seenScan: number;
}

/** One file with everything that is shown of it. */
export interface FileDetails extends FileStamp {
  readonly id: number;
  readonly path: string;
  readonly rootId: number;
  readonly trackId: number | null;
  readonly container: string | null;
  readonly state: FileState;
  readonly problem: (FileProblem & { readonly at: number }) | null;
  /** As in the file. */
  readonly tags: TagValues;
  /** What is to be written; an empty list clears a field. */
  readonly edits: TagValues;
  /** Why that could not be written the last time. */
  readonly editProblem: FileProblem | null;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  readonly track: Track | null;
  readonly predictions: readonly StoredPrediction[];
  readonly reviews: readonly Review[];
}

/** One recording, however many files hold it. */
export interface Track {
  readonly id: number;
  readonly audioHash: string;
  readonly durationSeconds: number | null;
  readonly sampleRate: number | null;
  readonly channels: number | null;
  readonly createdAt: number;
  /** Milliseconds since 1970 of the last analysis that went through; null before. */
  readonly analysedAt: number | null;
  /** Why the last analysis predicted nothing (`silence`, `too-short`); null when it did. */
  readonly silentReason: string | null;
  /** What was listened to, in seconds. */
  readonly windows: AnalysisResult['windows'];
}

/** A prediction as kept: the whole distribution with its provenance. */
export interface StoredPrediction {
  readonly trackId: number;
  readonly task: Task;
  readonly predictor: string;
  readonly version: string;
  readonly labels: readonly string[];
  /** Stored as 32-bit floats. */
  readonly probabilities: readonly number[];
  readonly label: string;
  readonly confidence: number;
  readonly runnerUp: string | null;
  readonly margin: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether search and display use this one for its task. */
  readonly current: boolean;
}

export type ReviewState = 'accepted' | 'changed' | 'rejected';

/** What the user said of a track's prediction for a task; no entry where nothing was said. */
export interface Review {
  readonly trackId: number;
  readonly task: Task;
  readonly state: ReviewState;
  /** The label that is right: the user's with `changed`, the prediction's with `accepted` (null in older ones). */
  readonly value: string | null;
  readonly at: number;
}

/** A predictor that makes a track due when it has not heard it yet. */
export interface PredictorVersion {
  readonly id: string;
  readonly version: string;
  readonly task: Task;
}

/** A representation that makes a track due when its vector is not there yet. */
export interface RepresentationVersion {
  readonly id: string;
  readonly version: string;
}

export type WorkState = 'queued' | 'held' | 'done' | 'failed' | 'set-aside';

/** One piece of work on one track. */
export interface WorkItem {
  readonly id: number;
  readonly trackId: number;
  /** `analyse`, for now. */
  readonly kind: string;
  readonly priority: number;
  /** How often it was claimed, this time included. */
  readonly attempts: number;
  /** A present file of the track in a root that is not offline. */
  readonly path: string;
  readonly durationSeconds: number | null;
}

/** An item that did not go through. */
export interface FailedItem {
  readonly id: number;
  readonly trackId: number;
  readonly path: string | null;
  readonly state: 'failed' | 'set-aside';
  readonly code: string;
  readonly message: string;
}

/** How many items are in which state. */
export interface WorkCounts {
  readonly queued: number;
  readonly held: number;
  readonly done: number;
  readonly failed: number;
  readonly setAside: number;
}

/** Where a key or a genre is taken from: the tag, the prediction, or the tag and where it is empty the prediction. */
export type ValueSource = 'tag' | 'prediction' | 'effective';

export type SortField =
  | 'path'
  | 'title'
  | 'artist'
  | 'album'
  | 'bpm'
  | 'year'
  | 'key'
  | 'keyConfidence'
  | 'genreConfidence'
  | 'added'
  | 'genre'
  | 'duration';

/** One of several orders: rows that are alike by the ones before are sorted by it. */
export interface SortKey {
  readonly sort: SortField;
  readonly descending?: boolean;
}

/** What to look for. Every condition given must hold; none at all finds every file. */
export interface SearchQuery {
  /** Key indices 0..23 (see `shared/music/key.ts`); any of them matches. An empty list matches nothing. */
  readonly keys?: readonly number[];
  /** Default `effective`. */
  readonly keySource?: ValueSource;
  /** Genre names; any matches, letter case does not matter. An empty list matches nothing. */
  readonly genres?: readonly string[];
  /** Default `effective`. */
  readonly genreSource?: ValueSource;
  /**
   * Words; each must occur in title, artist, album, album artist, genre, comment or path, as a word or the start
   * of one, without regard to case and accents. No operators: every character is literal.
   */
  readonly text?: string;
  /** Tags that must be absent. */
  readonly missing?: readonly Task[];
  /** Tasks whose tag must differ from the prediction; a file that lacks either does not differ. */
  readonly differs?: readonly Task[];
  /** Bounds of the calibrated confidence (0..1, inclusive) of the current prediction, by task. */
  readonly confidence?: Readonly<Partial<Record<Task, { readonly min?: number; readonly max?: number }>>>;
  /** Only files at or below these paths (folders or files). */
  readonly below?: readonly string[];
  /** Tempo in beats per minute, inclusive. */
  readonly bpm?: { readonly min?: number; readonly max?: number };
  /** Conditions of the query language. */
  readonly terms?: readonly QueryTerm[];
  /** Default: only `present`. */
  readonly states?: readonly FileState[];
}

/** Which part of the hits, in which order. */
export interface SearchPageRequest {
  /** Default `path`. Files without a value come first in ascending order. Ties go by id. */
  readonly sort?: SortField;
  readonly descending?: boolean;
  /** Further orders for rows that `sort` finds alike. Not together with `cursor`. */
  readonly thenBy?: readonly SortKey[];
  /** Fields whose values the rows are to bring along, as edited. */
  readonly fields?: readonly FieldName[];
  /** Default 100. */
  readonly limit?: number;
  /** Rows to skip; for scrolling by row number. Not together with `cursor`. */
  readonly offset?: number;
  /** `next` of the page before, of the same query and order. */
  readonly cursor?: string;
}

/** A file as a list shows it: its tags as edited, where there are edits that wait to be written. */
export interface SearchRow {
  readonly id: number;
  readonly path: string;
  readonly trackId: number | null;
  readonly state: FileState;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  /** As tagged, joined with `; `. */
  readonly genre: string | null;
  /** The key tag as it stands in the file. */
  readonly keyText: string | null;
  /** The key tag, understood: 0..23. */
  readonly key: number | null;
  readonly bpm: number | null;
  readonly year: number | null;
  readonly durationSeconds: number | null;
  readonly predictedKey: number | null;
  readonly predictedKeyConfidence: number | null;
  readonly predictedGenre: string | null;
  readonly predictedGenreConfidence: number | null;
  readonly problemCode: string | null;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Fields with an edit that waits to be written. */
  readonly edited: readonly FieldName[];
  /** Why its edits could not be written the last time. */
  readonly editProblem: string | null;
  /** Its newest write is ours and stands. */
  readonly written: boolean;
  /** Values of the fields that were asked for. */
  readonly values: TagValues;
}

export interface SearchPage {
  readonly rows: readonly SearchRow[];
  /** Where the next page starts; null when this is the last one. */
  readonly next: string | null;
}
