import type { QueryTerm } from './terms.ts';

/** Terms that all hold. */
export type Group = readonly QueryTerm[];

/** Values that one term can name. */
const MAX_VALUES = 100;

export function all(parts: readonly Group[]): Group {
  return parts.flat();
}

/** One of these holds. Genres and keys become one term, which is quicker to look up. */
export function any(groups: readonly Group[]): Group {
  const alternatives = groups.flatMap((group) => {
    const [only] = group;
    return group.length === 1 && only?.kind === 'any' && !only.not ? only.groups : [group];
  });
  const [first, ...rest] = alternatives;
  if (first === undefined) return [];
  if (rest.length === 0) return first;
  return [listed(alternatives) ?? { kind: 'any', groups: alternatives }];
}

/** Not all of these hold. */
export function opposite(group: Group): Group {
  const [only, ...rest] = group;
  if (only === undefined || rest.length > 0) return [{ not: true, kind: 'any', groups: [group] }];
  const { not, ...plain } = only;
  return [not ? plain : { not: true, ...plain }];
}

function listed(groups: readonly Group[]): QueryTerm | null {
  const terms = groups.flatMap((group) => (group.length === 1 ? group : []));
  if (terms.length < groups.length || terms.some(({ not }) => not)) return null;
  const genres = terms.flatMap((term) => (term.kind === 'genre' ? [term.genres] : []));
  if (genres.length === terms.length && genres.flat().length <= MAX_VALUES)
    return { kind: 'genre', genres: [...new Set(genres.flat())] };
  const keys = terms.flatMap((term) => (term.kind === 'key' ? [term.keys] : []));
  return keys.length === terms.length ? { kind: 'key', keys: [...new Set(keys.flat())] } : null;
}
