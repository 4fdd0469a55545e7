import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsync,
  ftruncateSync,
  open,
  renameSync,
  statSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ErrorShape, FileError, toErrorShape } from '../../../shared/errors.ts';
import { parentPath, systemPath } from '../../scan/names.ts';
import { RefusedError } from '../errors.ts';
import { formatOf } from '../formats/index.ts';
import { FileSource } from '../source.ts';
import { writeEdited } from './apply.ts';
import { copyAttributes } from './attributes.ts';
import { audioHash } from './audio-hash.ts';
import { fileError } from './file-errors.ts';
import { holdsBefore, type PlannedWrite } from './plan-file.ts';
import { readBack } from './read-back.ts';
import { type HardLinks, isUnchanged, openTarget, type Target } from './target.ts';
import { createTemporary, removeTemporary } from './temporary.ts';
import { verifyCopy } from './verify.ts';

export interface ApplyOptions {
  readonly hardLinks: HardLinks;
  /** The new file gets the modification time of the old one. */
  readonly keepMtime: boolean;
}

/** What became of one file. On an error the file is as it was. */
export type Applied = { readonly mtimeAfter: string } | { readonly error: ErrorShape };

/** Most bytes of copies that wait beside their files at a time: a nearly full disk must do. */
const MAX_STAGED = 256 << 20;

const fsyncAsync = promisify(fsync);
const openAsync = promisify(open);

/** A copy that is written and checked, and waits for its turn. */
interface Staged {
  readonly target: Target;
  readonly temporaryPath: string;
  readonly fd: number;
  readonly stat: BigIntStats;
}

/**
 * Writes files as planned, each by way of a checked copy that takes the file's place in one step. Several at a time,
 * because a disk makes ten files durable in hardly more time than one.
 * @returns in the order of `plans`; never throws for a single file
 */
export async function applyFiles(plans: readonly PlannedWrite[], options: ApplyOptions): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (let from = 0; from < plans.length; ) {
    let to = from + 1;
    let bytes = plans[from]!.entry.sizeAfter;
    while (to < plans.length && bytes + plans[to]!.entry.sizeAfter <= MAX_STAGED) {
      bytes += plans[to]!.entry.sizeAfter;
      to += 1;
    }
    applied.push(...(await applyTogether(plans.slice(from, to), options)));
    from = to;
  }
  return applied;
}

async function applyTogether(plans: readonly PlannedWrite[], options: ApplyOptions): Promise<Applied[]> {
  const results = new Map<PlannedWrite, Applied>();
  const fail = (plan: PlannedWrite, error: unknown): void => {
    results.set(plan, { error: toErrorShape(fileError(plan.entry.path, error)) });
  };
  const staged: { readonly plan: PlannedWrite; readonly copy: Staged }[] = [];
  for (const plan of plans) {
    try {
      staged.push({ plan, copy: await stage(plan, options) });
    } catch (error) {
      fail(plan, error);
    }
  }
  const synced = await Promise.allSettled(staged.map(({ copy }) => syncAndClose(copy)));
  const folders = new Set<string>();
  for (const [i, { plan, copy }] of staged.entries()) {
    try {
      const sync = synced[i]!;
      if (sync.status === 'rejected') throw sync.reason;
      results.set(plan, { mtimeAfter: await replace(copy) });
      folders.add(parentPath(copy.target.path));
    } catch (error) {
      if (isOurs(copy)) removeQuietly(copy.temporaryPath);
      fail(plan, error);
    }
  }
  await Promise.all([...folders].map(syncFolder));
  return plans.map((plan) => results.get(plan)!);
}

/** Makes the copy's content durable. Windows replaces no file that anyone, we included, has open. */
async function syncAndClose({ target, fd }: Staged): Promise<void> {
  try {
    await fsyncAsync(fd);
  } finally {
    closeSync(fd);
    closeSync(target.fd);
  }
}

/** Makes the copy, edits it on the way, checks it, gives it the attributes of the file. */
async function stage(plan: PlannedWrite, options: ApplyOptions): Promise<Staged> {
  const { entry } = plan;
  const target = openTarget(
    entry.path,
    { size: entry.sizeBefore, mtime: entry.mtimeBefore },
    options.hardLinks,
  );
  try {
    // The symlink itself may have been replaced since the plan.
    if (target.path !== entry.path)
      throw new FileError('changed', entry.path, 'The file has become a link meanwhile.');
    // Some programs keep size and time when they edit: the journal must hold the bytes that are really replaced.
    if (!holdsBefore(new FileSource(target.fd, entry.sizeBefore), entry.splices))
      throw new FileError('changed', entry.path, 'Another program changed the file meanwhile.');
    const fd = createTemporary(target.path, entry.temporaryPath);
    try {
      const splices = entry.splices.map(({ offset, before, after }) => ({
        offset,
        length: before.length,
        insert: after,
      }));
      const size = writeEdited(target.fd, fd, entry.sizeBefore, splices, entry.renumber);
      ftruncateSync(fd, size);
      await check(plan, target, fd);
      copyAttributes(target, entry.temporaryPath, fd, options.keepMtime);
      return { target, temporaryPath: entry.temporaryPath, fd, stat: fstatSync(fd, { bigint: true }) };
    } catch (error) {
      closeSync(fd);
      removeQuietly(entry.temporaryPath);
      throw error;
    }
  } catch (error) {
    closeSync(target.fd);
    throw error;
  }
}

async function check({ entry, touched }: PlannedWrite, target: Target, fd: number): Promise<void> {
  const before = new FileSource(target.fd, entry.sizeBefore);
  const copy = new FileSource(fd, Number(fstatSync(fd, { bigint: true }).size));
  if (copy.size !== entry.sizeAfter)
    throw new RefusedError(`The edited copy has ${copy.size} bytes instead of ${entry.sizeAfter}.`);
  const format = formatOf(copy);
  const old = format.parse(before);
  const after = verifyCopy(format, old, copy, entry.changes, touched);
  if (audioHash(fd, after.audio) !== entry.audioHash)
    throw new RefusedError('The audio of the edited copy differs; the file was left as it is.');
  if (touched) await readBack(after.container, before, copy, { known: old.values, changes: entry.changes });
}

/** Milliseconds to wait before each further try to replace a file that another program holds open (Windows). */
const RETRIES_MS = [20, 50, 100, 200, 400, 800, 1600];
const HELD = new Set(process.platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : ['EBUSY']);

/** Puts the copy in the place of the file. Returns its modification time (nanoseconds, decimal). */
async function replace(copy: Staged): Promise<string> {
  const { target, temporaryPath, stat } = copy;
  for (let attempt = 0; ; attempt += 1) {
    if (!isUnchanged(target))
      throw new FileError(
        'changed',
        target.path,
        'Another program changed the file meanwhile; its version stays.',
      );
    if (!isOurs(copy))
      throw new FileError('busy', target.path, 'Another Cratewise is writing this file at the moment.');
    try {
      renameSync(systemPath(temporaryPath), systemPath(target.path));
      return String(stat.mtimeNs);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const wait = RETRIES_MS[attempt];
      if (!HELD.has(code) || wait === undefined) throw error;
      await sleep(wait);
    }
  }
}

/** Whether the copy is still there: another Cratewise may have taken it for a leftover, and made its own. */
function isOurs({ temporaryPath, stat }: Staged): boolean {
  const found = statSync(systemPath(temporaryPath), { bigint: true, throwIfNoEntry: false });
  return found?.ino === stat.ino;
}

/** Makes the rename durable. Windows has no such call, and some network file systems refuse it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const fd = await openAsync(systemPath(folder), constants.O_RDONLY);
    try {
      await fsyncAsync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The new file's content is on the disk already; at worst, after a power cut the old name still leads to the
    // old file, which the journal then finds.
  }
}

function removeQuietly(temporaryPath: string): void {
  try {
    removeTemporary(temporaryPath);
  } catch {
    // The error that brought us here is the one to tell; a leftover is removed at the next start.
  }
}
