import type { SearchRequest, SortBy } from '../../../shared/contract/index.ts';
import type { SearchPageRequest, SearchQuery, SortKey } from '../../catalogue/index.ts';

/** Drops what is `undefined`: the catalogue tells an absent condition from an undefined one. */
export function catalogueQuery(request: SearchRequest): SearchQuery {
  const compact = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([name, inner]) => [
          name,
          typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? compact(inner) : inner,
        ]),
    );
  return compact(request) as SearchQuery;
}

interface OrderInput {
  readonly sort?: SortBy | undefined;
  readonly descending?: boolean | undefined;
  readonly thenBy?:
    | readonly { readonly sort: SortBy; readonly descending?: boolean | undefined }[]
    | undefined;
}

/** An order, complete. */
export function orderOf({ sort = 'path', descending = false, thenBy = [] }: OrderInput) {
  return {
    sort,
    descending,
    thenBy: thenBy.map((key): SortKey => ({ sort: key.sort, descending: key.descending ?? false })),
  };
}

/** Rows that are skipped are walked over: a page in the second half is asked for from the end. */
export function fromNearerEnd(
  input: OrderInput & { readonly offset: number; readonly limit: number },
  total: number,
): { page: SearchPageRequest; reversed: boolean } {
  const { sort, descending, thenBy } = orderOf(input);
  const { offset } = input;
  const limit = Math.min(input.limit, total - offset);
  const reversed = offset > total / 2;
  const page = {
    sort,
    descending: descending !== reversed,
    thenBy: thenBy.map((key) => ({ ...key, descending: key.descending !== reversed })),
    offset: reversed ? total - offset - limit : offset,
    limit,
  };
  return { page, reversed };
}
