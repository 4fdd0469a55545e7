import type { SearchRequest, SortBy } from '../../../shared/contract/index.ts';
import type { FieldName } from '../../../shared/tags.ts';
import type { NumberedRequest, SearchQuery, SortKey } from '../../catalogue/index.ts';

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

/** A page by row number, complete. */
export function pageOf(
  input: OrderInput & {
    readonly offset: number;
    readonly limit: number;
    readonly fields?: readonly FieldName[] | undefined;
  },
): NumberedRequest {
  const { offset, limit, fields } = input;
  return { ...orderOf(input), offset, limit, ...(fields === undefined ? {} : { fields }) };
}
