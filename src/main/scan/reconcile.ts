import type { Catalogue, FileStamp, KnownFile, ScannedFile } from '../catalogue/index.ts';
import type { Presence } from './gone.ts';
import type { ReadFile } from './read.ts';
import type { ScanTally } from './summary.ts';

/** A file that has to be read, with what is known of it. */
export interface Due {
  readonly path: string;
  readonly rootId: number;
  readonly stamp: FileStamp;
  readonly known: KnownFile | undefined;
}

/** Problems that may be gone although the file's size and time are the same. */
const TRANSIENT = new Set([
  'EACCES',
  'EPERM',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EBUSY',
  'ETIMEDOUT',
  'ESTALE',
  'ENOTCONN',
]);
/** So many files with another inode and nothing else, and none with the same: the file system has no stable ones. */
const UNSTABLE_INODES = 32;
const SEEN_BATCH = 500;

/** Compares what a walk finds in one root with the catalogue, and records what was read. */
export class Reconciler {
  readonly #catalogue: Catalogue;
  readonly #rootId: number;
  readonly #scanId: number;
  readonly #presence: Presence;
  readonly #tally: ScanTally;
  readonly #retryFailed: boolean;
  #seen: number[] = [];
  #sameInode = 0;
  #otherInode = 0;

  constructor(
    catalogue: Catalogue,
    rootId: number,
    scanId: number,
    presence: Presence,
    tally: ScanTally,
    retryFailed: boolean,
  ) {
    this.#catalogue = catalogue;
    this.#rootId = rootId;
    this.#scanId = scanId;
    this.#presence = presence;
    this.#tally = tally;
    this.#retryFailed = retryFailed;
  }

  /** Takes note of a file that was found. Returns it when it has to be read. */
  found(path: string, stamp: FileStamp): Due | undefined {
    this.#tally.seen += 1;
    const known = this.#catalogue.files.byPath(path);
    if (known) {
      this.#presence.confirm(known);
      if (known.rootId !== this.#rootId || !this.#isSame(known, stamp) || this.#isWorthRetrying(known))
        return { path, rootId: this.#rootId, stamp, known };
      this.#unchanged(known);
      return undefined;
    }
    if (this.#moveByStamp(path, stamp)) return undefined;
    return { path, rootId: this.#rootId, stamp, known: undefined };
  }

  /** Records what reading found, in one transaction. */
  record(due: readonly Due[], results: readonly ReadFile[]): void {
    this.#catalogue.transaction(() => {
      const scanned = due.flatMap((file, i) => {
        const result = results[i];
        return result ? this.#outcome(file, result) : [];
      });
      if (scanned.length > 0) this.#catalogue.files.upsert(scanned, this.#scanId);
    });
  }

  /** Writes down what is still in memory. */
  flush(): void {
    if (this.#seen.length === 0) return;
    this.#catalogue.files.markSeen(this.#seen, this.#scanId);
    this.#seen = [];
  }

  #unchanged(known: KnownFile): void {
    if (known.state === 'missing') this.#tally.returned += 1;
    else this.#tally.unchanged += 1;
    if (known.trackId === null) {
      const problem = this.#catalogue.files.details(known.path)?.problem;
      if (problem) this.#fail(known.path, problem);
    }
    this.#seen.push(known.id);
    if (this.#seen.length >= SEEN_BATCH) this.flush();
  }

  #isSame(known: KnownFile, stamp: FileStamp): boolean {
    if (known.size !== stamp.size || known.mtime !== stamp.mtime) return false;
    if (known.inode === stamp.inode) {
      this.#sameInode += 1;
      return true;
    }
    this.#otherInode += 1;
    return this.#sameInode === 0 && this.#otherInode > UNSTABLE_INODES;
  }

  #isWorthRetrying(known: KnownFile): boolean {
    if (known.problemCode === null) return false;
    return TRANSIENT.has(known.problemCode) || (this.#retryFailed && known.trackId === null);
  }

  /** A rename leaves inode, size and time as they are: no need to read the file to know it. */
  #moveByStamp(path: string, stamp: FileStamp): boolean {
    if (stamp.inode === '0') return false;
    const { files } = this.#catalogue;
    const from = files
      .byStamp(stamp)
      .find((file) => this.#hasLeft(file, path) && (file.problemCode === null || file.trackId !== null));
    if (!from) return false;
    files.move(from.id, { path, rootId: this.#rootId, ...stamp }, this.#scanId);
    this.#tally.moved += 1;
    return true;
  }

  #hasLeft(file: KnownFile, path: string): boolean {
    if (file.path === path || file.seenScan === this.#scanId) return false;
    return this.#presence.whereabouts(file) === 'gone' || this.#presence.isRenamedTo(file, path);
  }

  #outcome(due: Due, result: ReadFile): ScannedFile[] {
    const { path, known } = due;
    // It vanished after the walk had seen it. What is known of it is settled when the scan ends.
    if (result.problem?.code === 'ENOENT') return [];
    this.#tally.read += 1;
    const stamp = result.stamp ?? due.stamp;
    if (result.content === null) {
      const problem = result.problem ?? { code: 'unreadable', message: 'The file was not read.' };
      this.#fail(path, problem);
      if (known?.trackId != null && result.stamp === null) {
        // It can't be opened now; that is no reason to forget what it is.
        this.#catalogue.files.setProblem(known.id, problem);
        this.#seen.push(known.id);
        return [];
      }
      return [{ ...stamp, path, rootId: due.rootId, container: null, audio: null, tags: {}, problem }];
    }
    const { audioHash: hash, durationSeconds, sampleRate, channels, container, tags } = result.content;
    const track = this.#catalogue.tracks.byAudioHash(hash);
    if (known) this.#countKnown(due, known, track?.id);
    else if (!(track && this.#moveByAudio(track.id, path, stamp))) this.#tally.new += 1;
    const audio = { hash, durationSeconds, sampleRate, channels };
    return [{ ...stamp, path, rootId: due.rootId, container, audio, tags, problem: null }];
  }

  #countKnown(due: Due, known: KnownFile, trackId: number | undefined): void {
    const { size, mtime } = due.stamp;
    const same = known.size === size && known.mtime === mtime && known.trackId === trackId;
    if (!same) this.#tally.changed += 1;
    else if (known.state === 'missing') this.#tally.returned += 1;
    else this.#tally.unchanged += 1;
  }

  /** The recording of a file that is no longer where it was: this is that file, perhaps retagged on the way. */
  #moveByAudio(trackId: number, path: string, stamp: FileStamp): boolean {
    const { files } = this.#catalogue;
    const from = files.ofTrack(trackId).find((file) => this.#hasLeft(file, path));
    if (!from) return false;
    files.move(from.id, { path, rootId: this.#rootId, ...stamp }, this.#scanId);
    this.#tally.moved += 1;
    return true;
  }

  #fail(path: string, problem: { readonly code: string; readonly message: string }): void {
    this.#tally.failed.push({ path, code: problem.code, message: problem.message });
  }
}
