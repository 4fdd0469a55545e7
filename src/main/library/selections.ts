import { randomUUID } from 'node:crypto';
import { CratewiseError } from '../../shared/errors.ts';

/** Files that a user chose: by id, or everything that a query found when it was asked, but some. */
export type Selection =
  | { readonly ids: readonly number[] }
  | { readonly snapshot: string; readonly except: readonly number[] };

/** Snapshots that are kept: a few windows with a few questions each; 8 bytes a file. */
const KEPT = 8;

/**
 * What "select all" chose. A snapshot, not the query: an edit must not change which files are chosen (all files
 * without a genre, given one, would be none).
 */
export class Selections {
  readonly #snapshots = new Map<string, readonly number[]>();

  /** Keeps these ids; returns the name to ask for them by. */
  keep(ids: readonly number[]): string {
    const name = randomUUID();
    this.#snapshots.set(name, ids);
    for (const old of this.#snapshots.keys()) {
      if (this.#snapshots.size <= KEPT) break;
      this.#snapshots.delete(old);
    }
    return name;
  }

  /** @throws CratewiseError `selection-gone` for a snapshot that is not kept any more */
  ids(selection: Selection): readonly number[] {
    if ('ids' in selection) return selection.ids;
    const ids = this.#snapshots.get(selection.snapshot);
    if (!ids)
      throw new CratewiseError('selection-gone', 'The selection is too old. Choose the tracks again.');
    if (selection.except.length === 0) return ids;
    const except = new Set(selection.except);
    return ids.filter((id) => !except.has(id));
  }
}
