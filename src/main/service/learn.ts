import type { SuspiciousRow } from '../../shared/contract/learn.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Library } from '../library/library.ts';

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
