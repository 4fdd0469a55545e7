import type { SimilarRow, SuspiciousRow } from '../../shared/contract/learn.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { orderForMixing } from '../../shared/music/mixing.ts';
import type { Task } from '../../shared/prediction.ts';
import type { SearchRow } from '../catalogue/index.ts';
import type { Library } from '../library/library.ts';
import { mixTrack } from '../similar/mix-track.ts';

const DEFAULT_LIMIT = 50;
/** What mixes best need not be what sounds most alike: so many are looked at. */
const MIX_POOL = 500;

/** A page of the tags that look wrong, with the ids of their files. */
export async function suspiciousPage(
  library: Library,
  task: Task,
  offset = 0,
  limit = 100,
): Promise<{ at: number | null; total: number; tags: SuspiciousRow[] }> {
  const found = await library.suspiciousTags(task);
  if (!found) return { at: null, total: 0, tags: [] };
  const tags = found.tags.slice(offset, offset + limit).flatMap((tag): SuspiciousRow[] => {
    const file = library.catalogue.files.byPath(tag.path);
    if (!file) return [];
    const { path, tagged, predicted, confidence, taggedProbability } = tag;
    return [{ id: file.id, path, tagged, predicted, confidence, taggedProbability }];
  });
  return { at: found.at, total: found.tags.length, tags };
}

/** Tracks that sound like a file of the library. @throws CratewiseError `unknown-file` and as `findSimilar` */
export async function similarRows(
  library: Library,
  request: {
    id: number;
    representation?: string | undefined;
    limit?: number | undefined;
    order?: 'alike' | 'mix' | undefined;
  },
  toRow: (row: SearchRow) => SimilarRow['row'],
  signal?: AbortSignal,
): Promise<{ representation: string; compared: number; tracks: SimilarRow[] }> {
  const { catalogue } = library;
  const file = catalogue.files.get(request.id);
  if (!file) throw new CratewiseError('unknown-file', 'This file is not in the library any more.');
  const { limit = DEFAULT_LIMIT, order = 'alike', representation } = request;
  const found = await library.similar({
    path: file.path,
    limit: order === 'mix' ? Math.max(limit, MIX_POOL) : limit,
    ...(representation ? { representation } : {}),
    ...(signal ? { signal } : {}),
  });
  const [own] = catalogue.rows([file.id]);
  const tracks = found.tracks.flatMap(({ trackId, similarity }) => {
    const present = catalogue.files.ofTrack(trackId).find(({ state }) => state === 'present');
    const [row] = present ? catalogue.rows([present.id]) : [];
    return row ? [{ row, similarity, ...mixTrack(row) }] : [];
  });
  // Sorted by how they mix; put back where likeness is asked for.
  const mixed = orderForMixing(own ? mixTrack(own) : { key: null, bpm: null }, tracks);
  if (order === 'alike') mixed.sort((a, b) => b.similarity - a.similarity);
  return {
    representation: found.representation,
    compared: found.compared,
    tracks: mixed.slice(0, limit).map(({ row, similarity, mix }) => ({ row: toRow(row), similarity, mix })),
  };
}
