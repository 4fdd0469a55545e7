import type { Catalogue, SearchPageRequest, SearchQuery } from '../catalogue/index.ts';
import type { EntrySource } from './export.ts';

/** Rows that are read at a time. */
const PORTION = 1000;

type Order = Pick<SearchPageRequest, 'sort' | 'descending' | 'thenBy'>;

/** Everything that a query finds, in an order. */
export function searchSource(catalogue: Catalogue, query: SearchQuery, order: Order): EntrySource {
  // In several orders each page would be sorted anew: their ids are sorted once, 8 bytes a file.
  if (order.thenBy?.length) {
    const limit = Math.max(1, catalogue.count(query));
    return fileSource(catalogue, () => catalogue.pageIds(query, { ...order, limit }));
  }
  return function* (fields) {
    for (let cursor: string | undefined; ; ) {
      const page = catalogue.search(query, {
        ...order,
        fields,
        limit: PORTION,
        ...(cursor === undefined ? {} : { cursor }),
      });
      yield page.rows.map((row) => ({ path: row.path, row }));
      if (page.next === null) return;
      cursor = page.next;
    }
  };
}

/** These files, in this order; those that left the library are left out. */
export function fileSource(catalogue: Catalogue, ids: () => readonly number[]): EntrySource {
  return function* (fields) {
    const all = ids();
    for (let at = 0; at < all.length; at += PORTION)
      yield catalogue.rows(all.slice(at, at + PORTION), fields).map((row) => ({ path: row.path, row }));
  };
}
