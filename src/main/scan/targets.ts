import { statSync } from 'node:fs';
import { FileError } from '../../shared/errors.ts';
import { displayPath } from '../../shared/path.ts';
import type { Catalogue, Root } from '../catalogue/index.ts';
import { isWithin, parentPath, systemPath } from './names.ts';
import { problemOf } from './read.ts';

/** One walk: a root as a whole, or what lies at or below a path inside it. */
export interface ScanTarget {
  readonly root: Root;
  readonly below?: string;
  /** Roots inside this one: their files are theirs. */
  readonly exclude: readonly string[];
}

/**
 * What has to be walked for the folders (or files) that were asked for. A folder inside a root is part of it; one
 * that is in none becomes a root, and roots inside it are walked as well; a file's folder becomes its root.
 * @param folders absolute paths in our escaped form
 * @throws FileError when a folder is not in the library and can't be reached either
 */
export function scanTargets(catalogue: Catalogue, folders: readonly string[]): readonly ScanTarget[] {
  const wanted = new Map<string, { root: Root; below?: string }>();
  for (const folder of folders) {
    const target = targetOf(catalogue, folder);
    wanted.set(target.below ?? target.root.path, target);
  }
  const roots = catalogue.roots.list();
  for (const { root, below } of [...wanted.values()]) {
    for (const inner of roots) {
      if (inner.path !== root.path && isWithin(inner.path, below ?? root.path))
        wanted.set(inner.path, { root: inner });
    }
  }
  const targets = [...wanted.entries()];
  return targets
    .filter(
      ([path, { root }]) =>
        !targets.some(([other, o]) => other !== path && o.root.id === root.id && isWithin(path, other)),
    )
    .map(([path, target]) => ({
      ...target,
      exclude: roots
        .filter((other) => other.id !== target.root.id && isWithin(other.path, path))
        .map((other) => other.path),
    }));
}

function targetOf(catalogue: Catalogue, path: string): { root: Root; below?: string } {
  const holding = catalogue.roots
    .list()
    .filter((root) => isWithin(path, root.path))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (holding) return holding.path === path ? { root: holding } : { root: holding, below: path };
  try {
    const found = statSync(systemPath(path));
    if (found.isDirectory()) return { root: catalogue.roots.add(path) };
    if (found.isFile()) return { root: catalogue.roots.add(parentPath(path)), below: path };
  } catch (error) {
    const problem = problemOf(error);
    const message =
      problem.code === 'ENOENT'
        ? `There is no such folder: ${displayPath(path)}`
        : `The folder can't be reached: ${displayPath(path)}: ${problem.message}`;
    throw new FileError(problem.code === 'ENOENT' ? 'no-such-folder' : problem.code, path, message, {
      cause: error,
    });
  }
  throw new FileError('not-a-folder', path, `This is neither a folder nor a file: ${displayPath(path)}`);
}
