import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INSTALLED_FILE, type InstalledRecord, installedSchema } from '../../shared/installed-model.ts';
import { takeLock } from '../catalogue/lock.ts';
import { ModelError, writeError } from './errors.ts';
import { LOG_SUFFIX } from './fetch/chunked-file.ts';

/** Below the models folder: everything that is not installed. Names with a dot are no models. */
const WORK = '.work';
const OLD_PREFIX = '.old-';

const LOCK_TRIES = 6;
const LOCK_PAUSE_MS = 50;

/**
 * The folder of installed models. A model is what lies at `<folder>/<id>` with a sound `installed.json`; it comes
 * there by renaming a finished folder, so that at no moment half of one can be taken for a model.
 */
export class ModelStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a model is, or would be, once it is installed. */
  place(id: string): string {
    return join(this.folder, id);
  }

  /** Where the unfinished work of an installation lies. */
  work(id: string): string {
    return join(this.folder, WORK, id);
  }

  /** The folder that looks like one of installed models to who is to try out the new one. */
  staging(id: string): string {
    return join(this.work(id), 'staging');
  }

  /** Where the new model is built. */
  staged(id: string): string {
    return join(this.staging(id), id);
  }

  /** What is installed under an id; undefined where nothing is, or nothing whole. */
  async record(id: string): Promise<InstalledRecord | undefined> {
    const text = await readFile(join(this.place(id), INSTALLED_FILE), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const { data } = installedSchema.safeParse(parsed(text));
    return data?.id === id ? data : undefined;
  }

  /** Bytes that an unfinished installation has fetched so far; 0 where there is none. */
  async fetched(id: string): Promise<number> {
    return folderBytes(join(this.work(id), 'fetched'));
  }

  /** Bytes that are free on the disk for new models. */
  async freeBytes(): Promise<number> {
    let folder = this.folder;
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  }

  /**
   * Takes the right to change one model, and puts in order what a kill may have left.
   * @returns what gives it back
   * @throws ModelError `model-busy` where another process has it
   */
  async lock(id: string): Promise<() => void> {
    await mkdir(this.work(id), { recursive: true });
    const release = await this.#takeLock(id);
    if (!release) {
      throw new ModelError(
        'model-busy',
        `Another Cratewise is installing or removing ${id}. Wait until it has finished.`,
      );
    }
    try {
      await this.#recover(id);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Brings back what a kill in the middle of `activate` has put aside, unless somebody is at work on it. Costs next to
   * nothing where there is nothing to bring back.
   */
  async restore(id: string): Promise<void> {
    if (!existsSync(this.#old(id)) || existsSync(this.place(id))) return;
    await this.lock(id).then(
      (release) => release(),
      // Whoever has the lock does it; what can't be moved now may be movable next time.
      () => undefined,
    );
  }

  /** Waits a moment for a process that has just been killed, as `takeLock` does, but without stopping this one. */
  async #takeLock(id: string): Promise<(() => void) | undefined> {
    for (let left = LOCK_TRIES; ; left--) {
      const release = takeLock(join(this.folder, WORK, id), 0);
      if (release || left === 0) return release;
      await sleep(LOCK_PAUSE_MS);
    }
  }

  /** Makes the staged folder one of a model: its last file. @throws ModelError `disk-full` */
  async writeRecord(record: InstalledRecord): Promise<void> {
    const file = join(this.staged(record.id), INSTALLED_FILE);
    try {
      const handle = await open(file, 'w');
      try {
        await handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncFolder(dirname(file));
    } catch (error) {
      throw writeError(error, this.folder);
    }
  }

  /**
   * Puts the staged model, whose record is written, in place of the one before. The lock is held.
   * @throws ModelError `model-in-use` where the old one can't be moved (Windows: something has it open)
   */
  async activate(id: string): Promise<void> {
    const place = this.place(id);
    const old = this.#old(id);
    if (existsSync(place)) await moved(place, old, id);
    try {
      await moved(this.staged(id), place, id);
    } catch (error) {
      // The one before goes on serving, at once and not only after the next call.
      await this.#recover(id);
      throw error;
    }
    await syncFolder(this.folder);
    await rm(old, { recursive: true, force: true });
    await rm(this.work(id), { recursive: true, force: true });
  }

  /** Removes a model and all that an installation of it has left. The lock is held. */
  async remove(id: string): Promise<void> {
    const place = this.place(id);
    if (existsSync(place)) await moved(place, this.#old(id), id);
    // First, so that what a kill leaves of the others is no model any more and is not brought back.
    await rm(join(this.#old(id), INSTALLED_FILE), { force: true });
    await syncFolder(this.folder);
    await rm(this.#old(id), { recursive: true, force: true });
    await rm(this.work(id), { recursive: true, force: true });
  }

  /** A kill between the two renames of `activate` leaves only the old model, under its other name: it comes back. */
  async #recover(id: string): Promise<void> {
    const old = this.#old(id);
    if (!existsSync(old)) return;
    if ((await this.record(id)) === undefined && existsSync(join(old, INSTALLED_FILE))) {
      await rm(this.place(id), { recursive: true, force: true });
      await moved(old, this.place(id), id);
    } else await rm(old, { recursive: true, force: true });
  }

  #old(id: string): string {
    return join(this.folder, OLD_PREFIX + id);
  }
}

async function moved(from: string, to: string, id: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  try {
    await rename(from, to);
  } catch (cause) {
    throw new ModelError(
      'model-in-use',
      `The folder of ${id} can’t be moved: something has it open. End what listens with it and try again.`,
      { cause },
    );
  }
}

/** Has the names in a folder written to the disk, where the system knows how to. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Bytes of the files in a folder, not counting the logs beside them. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(LOG_SUFFIX))
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
