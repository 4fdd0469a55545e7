import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import type { Catalogue, KnownFile } from '../catalogue/index.ts';
import { isWithin, parentPath, systemPath } from './names.ts';

/** What can be said of a known file that a walk did not find. */
export type Whereabouts =
  /** It is there. */
  | 'there'
  /** Its folder can be looked into and it is not there. */
  | 'gone'
  /** Its disk is not, so nothing is known. */
  | 'unknown';

/**
 * Tells files that are gone from files whose disk is. A path inside a root may lie on a disk of its own that is not
 * mounted now: there is an empty folder, or none, where it was. Device numbers show it: a file that was on a device
 * of which nothing has been seen is not taken for deleted.
 */
export class Presence {
  readonly #catalogue: Catalogue;
  /** Devices, as stored with files that were found again: these are mounted, whatever their number is now. */
  readonly #confirmed = new Set<string>();
  readonly #rootReachable = new Map<number, boolean>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** A file of the catalogue was found where it was. */
  confirm(file: KnownFile): void {
    this.#confirmed.add(file.device);
  }

  whereabouts(file: KnownFile): Whereabouts {
    const name = systemPath(file.path);
    try {
      if (lstatSync(name, { throwIfNoEntry: false })) return 'there';
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') return 'unknown';
    }
    const root = this.#catalogue.roots.get(file.rootId);
    if (!root || !this.#isReachable(file.rootId, root.path)) return 'unknown';
    if (this.#confirmed.has(file.device)) return 'gone';
    const ancestor = nearestFolder(file.path, root.path);
    return ancestor && String(BigInt.asUintN(64, ancestor.dev)) === file.device ? 'gone' : 'unknown';
  }

  /**
   * Whether `file` is the same as what now is called `path`: a file system that ignores letter case finds a renamed
   * file under its old name too.
   */
  isRenamedTo(file: KnownFile, path: string): boolean {
    return (
      file.path !== path &&
      file.path.normalize('NFC').toLowerCase() === path.normalize('NFC').toLowerCase() &&
      !listsName(file.path)
    );
  }

  #isReachable(rootId: number, path: string): boolean {
    let reachable = this.#rootReachable.get(rootId);
    if (reachable === undefined) {
      try {
        reachable = readdirSync(systemPath(path)).length > 0;
      } catch {
        reachable = false;
      }
      this.#rootReachable.set(rootId, reachable);
    }
    return reachable;
  }
}

/** Whether a file's folder lists exactly this name. */
function listsName(path: string): boolean {
  const parent = parentPath(path);
  try {
    const name = Buffer.from(systemPath(path)).subarray(Buffer.from(systemPath(parent)).length + 1);
    return readdirSync(systemPath(parent), { encoding: 'buffer' }).some((entry) => name.equals(entry));
  } catch {
    return false;
  }
}

/** The nearest folder above `path` that exists, not above `root`. */
function nearestFolder(path: string, root: string): BigIntStats | undefined {
  for (let at = parentPath(path); isWithin(at, root); at = parentPath(at)) {
    try {
      const found = lstatSync(systemPath(at), { bigint: true, throwIfNoEntry: false });
      if (found) return found;
    } catch {
      // Something on the way is no folder any more; go on above it.
    }
    if (at === root) return undefined;
  }
  return undefined;
}
