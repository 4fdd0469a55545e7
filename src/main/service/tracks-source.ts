import type { TracksSource } from '../../shared/contract/playlist.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Selections } from '../library/selections.ts';
import { catalogueQuery, orderOf } from './routes/request.ts';

/** Ids of the files that are asked for, in the order that is asked for. */
export function fileIds(
  catalogue: Catalogue,
  selections: Selections,
  source: TracksSource,
): readonly number[] {
  const { selection, query } = source;
  const searched = (limit: number) =>
    limit === 0 ? [] : catalogue.pageIds(catalogueQuery(query ?? {}), { ...orderOf(source), limit });
  if (!selection) return searched(catalogue.count(catalogueQuery(query ?? {})));
  const chosen = selections.ids(selection);
  // Those that were named one by one stand as they were named.
  if ('ids' in selection || query === undefined) return chosen;
  const left = new Set(chosen);
  const ordered = searched(catalogue.count(catalogueQuery(query))).filter((id) => left.delete(id));
  // What was chosen and is not found any more comes last.
  return [...ordered, ...left];
}

/** How many files are asked for. */
export function countFiles(catalogue: Catalogue, selections: Selections, source: TracksSource): number {
  if (!source.selection) return catalogue.count(catalogueQuery(source.query ?? {}));
  return selections.ids(source.selection).length;
}
