import { type BigIntStats, type Dirent, lstatSync, statSync } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { pathFromBytes } from '../../shared/path.ts';
import type { FileStamp } from '../catalogue/index.ts';
import {
  childPath,
  isAudioName,
  isHiddenName,
  isJunkName,
  isWithin,
  SEPARATOR,
  systemPath,
} from './names.ts';
import { Pace } from './pace.ts';
import { problemOf } from './read.ts';

/** One thing that a walk came upon. */
export type WalkEntry =
  | { readonly kind: 'file'; readonly path: string; readonly stamp: FileStamp }
  /** Nothing is known of what is at or below `path`: it must not be taken for gone. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly code: string; readonly message: string };

export interface WalkOptions {
  /** Also names that begin with a dot, and systems' own folders. Default false. */
  readonly includeHidden?: boolean;
  /** Folders that are left out, with everything below: roots of their own. */
  readonly exclude?: readonly string[];
  /** Folders that are walked anyway (all roots): a link into them is not followed, or files would be found twice. */
  readonly roots?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Entries of a folder that are looked at together. */
const CHUNK = 128;

/** @see FileStamp */
export function stampOf(found: BigIntStats): FileStamp {
  return {
    size: Number(found.size),
    mtime: String(found.mtimeNs),
    inode: String(BigInt.asUintN(64, found.ino)),
    device: String(BigInt.asUintN(64, found.dev)),
  };
}

/**
 * Walks a folder for audio files. Real folders first; links to what lies elsewhere are followed after that, each
 * target once. Folders are entered once by device and inode, so no loop of links or mounts holds it up. What
 * changes meanwhile is found as it was or as it is; what vanishes between two looks is left out.
 *
 * Memory is bounded by the depth of the tree, the number of folders (a short string each), and of links.
 */
export class Walk {
  /** Device numbers of all folders that were entered. */
  readonly devices = new Set<string>();
  /** Whether the folder that the walk began with held nothing at all. */
  empty = true;
  readonly #start: string;
  readonly #options: WalkOptions;
  readonly #pace = new Pace();
  readonly #entered = new Set<string>();
  readonly #linkedFiles = new Set<string>();
  readonly #links: string[] = [];
  #realRoots: readonly string[] = [];

  /** @param start absolute path of a folder or a file, escaped form */
  constructor(start: string, options: WalkOptions = {}) {
    this.#start = start;
    this.#options = options;
  }

  /**
   * Batches of entries as they are found.
   * @throws the system's error when the start itself can't be reached or listed; the signal's reason on abort
   */
  async *entries(): AsyncGenerator<readonly WalkEntry[], void, void> {
    const found = await stat(systemPath(this.#start), { bigint: true });
    this.#realRoots = await realPaths([this.#start, ...(this.#options.roots ?? [])]);
    if (found.isFile()) {
      this.empty = false;
      yield [{ kind: 'file', path: this.#start, stamp: stampOf(found) }];
      return;
    }
    this.#enter(found);
    // The start must be listed, or there is nothing to say of what is below it.
    yield* this.#tree(this.#start, true);
    for (let link = this.#links.pop(); link !== undefined; link = this.#links.pop())
      yield* this.#follow(link);
  }

  #enter(found: BigIntStats): boolean {
    const device = String(BigInt.asUintN(64, found.dev));
    this.devices.add(device);
    // Some file systems have no inode numbers; loops are bounded by the length of a path there.
    if (found.ino === 0n) return true;
    const key = `${device}:${found.ino}`;
    if (this.#entered.has(key)) return false;
    this.#entered.add(key);
    return true;
  }

  /** Everything below a folder that was entered, links aside. */
  async *#tree(top: string, mustList: boolean): AsyncGenerator<readonly WalkEntry[], void, void> {
    const folders = [top];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      try {
        yield* this.#folder(folder, folders);
      } catch (error) {
        this.#options.signal?.throwIfAborted();
        if (mustList && folder === top) throw error;
        const { code, message } = folderProblem(error);
        // Gone since its parent was listed: then it is gone, and so is what was in it.
        if (code !== 'ENOENT' && code !== 'ENOTDIR')
          yield [{ kind: 'unreadable', path: folder, code, message }];
      }
    }
  }

  async *#folder(folder: string, folders: string[]): AsyncGenerator<readonly WalkEntry[], void, void> {
    const subfolders: string[] = [];
    for await (const names of listing(folder)) {
      this.#options.signal?.throwIfAborted();
      if (folder === this.#start && names.length > 0) this.empty = false;
      const files: string[] = [];
      for (const { name, entry } of names) {
        if (isJunkName(name) || (!this.#options.includeHidden && isHiddenName(name))) continue;
        const path = childPath(folder, name);
        if (entry.isSymbolicLink()) this.#links.push(path);
        else if (entry.isDirectory()) {
          if (!this.#options.exclude?.includes(path)) subfolders.push(path);
        } else if (entry.isFile() && isAudioName(name)) files.push(path);
      }
      if (files.length > 0) yield await this.#stamps(files);
    }
    // Checked only now, so that no folder is kept open while others are looked at.
    for (const path of subfolders.reverse()) {
      const found = await this.#stat(path).catch(() => undefined);
      if (!found || this.#enter(found)) folders.push(path);
    }
  }

  async #stamps(paths: readonly string[]): Promise<WalkEntry[]> {
    const stamped = async (path: string): Promise<WalkEntry | undefined> => {
      try {
        const found = await this.#stat(path);
        return found.isFile() ? { kind: 'file', path, stamp: stampOf(found) } : undefined;
      } catch (error) {
        const { code, message } = problemOf(error);
        return code === 'ENOENT' ? undefined : { kind: 'unreadable', path, code, message };
      }
    };
    const entries = await Promise.all(paths.map(stamped));
    return entries.filter((entry) => entry !== undefined);
  }

  async #stat(path: string): Promise<BigIntStats> {
    const name = systemPath(path);
    if (this.#pace.slow) return lstat(name, { bigint: true });
    return this.#pace.time(() => lstatSync(name, { bigint: true }));
  }

  /** A link, unless what it points to is found otherwise. */
  async *#follow(link: string): AsyncGenerator<readonly WalkEntry[], void, void> {
    this.#options.signal?.throwIfAborted();
    try {
      const found = statSync(systemPath(link), { bigint: true, throwIfNoEntry: false });
      if (!found || (!found.isDirectory() && !(found.isFile() && isAudioName(link)))) return;
      const target = await realPath(link);
      if (this.#isWalkedAnyway(target)) return;
      if (found.isDirectory()) {
        if (this.#enter(found)) yield* this.#tree(link, false);
        return;
      }
      const key = `${found.dev}:${found.ino}`;
      if (found.ino !== 0n && this.#linkedFiles.has(key)) return;
      this.#linkedFiles.add(key);
      yield [{ kind: 'file', path: link, stamp: stampOf(found) }];
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const { code, message } = folderProblem(error);
      // A link in a circle, or to what is no more, leads nowhere.
      if (code === 'ELOOP' || code === 'ENOENT' || code === 'ENOTDIR') return;
      yield [{ kind: 'unreadable', path: link, code, message }];
    }
  }

  #isWalkedAnyway(target: string): boolean {
    return this.#realRoots.some((root) => {
      if (!isWithin(target, root)) return false;
      const names = target.slice(root.length).split(SEPARATOR);
      return this.#options.includeHidden || !names.some((name) => name !== '' && isHiddenName(name));
    });
  }
}

function folderProblem(error: unknown): { code: string; message: string } {
  const { code, message } = problemOf(error);
  if (code === 'EACCES' || code === 'EPERM')
    return { code, message: 'Cratewise is not allowed to look into this folder.' };
  return { code, message };
}

async function realPath(path: string): Promise<string> {
  if (process.platform === 'win32') return realpath(path);
  return pathFromBytes(await realpath(systemPath(path), { encoding: 'buffer' }));
}

async function realPaths(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map((path) => realPath(path).catch(() => undefined)));
  return [...new Set(real.filter((path) => path !== undefined))];
}

interface Named {
  readonly name: string;
  readonly entry: Dirent<Buffer> | Dirent;
}

/** The entries of a folder in bounded pieces, named in our escaped form. */
async function* listing(folder: string): AsyncGenerator<readonly Named[], void, void> {
  let names: Named[] = [];
  const bytes = process.platform !== 'win32';
  const options = { bufferSize: CHUNK, ...(bytes ? { encoding: 'buffer' as BufferEncoding } : {}) };
  for await (const entry of await opendir(systemPath(folder) as string, options)) {
    const raw: unknown = entry.name;
    names.push({ name: raw instanceof Uint8Array ? pathFromBytes(raw) : String(raw), entry });
    if (names.length === CHUNK) {
      yield names;
      names = [];
    }
  }
  if (names.length > 0) yield names;
}
