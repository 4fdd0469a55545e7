import type { Catalogue } from './stores.ts';
import type { SearchPageRequest, SearchQuery, SearchRow } from './types.ts';

/** A page by row number, and how many rows there are in all where that is known. */
export interface NumberedPage {
  readonly rows: readonly SearchRow[];
  readonly total: number | null;
}

export type NumberedRequest = Omit<SearchPageRequest, 'cursor'> & {
  readonly offset: number;
  readonly limit: number;
};

/** Of the library as a whole; counted row by row. */
export interface Overview {
  readonly files: ReturnType<Catalogue['files']['counts']>;
  readonly tracks: number;
  readonly queue: ReturnType<Catalogue['queue']['counts']>;
}

/** What can be asked of a library in another process than the one that writes it. */
export interface ReaderCalls {
  /** @param total how many rows there are, where the caller knows it of this very state of the library */
  page(query: SearchQuery, request: NumberedRequest, total: number | null): NumberedPage;
  pageIds(query: SearchQuery, request: NumberedRequest): readonly number[];
  count(query: SearchQuery): number;
  keyCounts(query: SearchQuery): readonly number[];
  /** All hits, in no order. */
  ids(query: SearchQuery): Float64Array;
  genres(): ReturnType<Catalogue['predictions']['genres']>;
  overview(queueKind: string): Overview;
}

/** Up to here rows are skipped without a look at how many there are. */
const NEAR = 5000;

/** The calls, answered from an open library. */
export function readerCalls(catalogue: Catalogue): ReaderCalls {
  return {
    page: (query, request, known) =>
      catalogue.snapshot(() => {
        const { offset, limit } = request;
        const total = known ?? (offset > NEAR ? catalogue.count(query) : null);
        if (total !== null && offset >= total) return { rows: [], total };
        const { page, reversed } =
          total === null ? { page: request, reversed: false } : fromNearerEnd(request, total);
        const { rows } = catalogue.search(query, page);
        // A page that is not full is the last one.
        const end = rows.length < limit && (rows.length > 0 || offset === 0) ? offset + rows.length : null;
        return { rows: reversed ? rows.toReversed() : rows, total: total ?? end };
      }),
    pageIds: (query, request) => catalogue.pageIds(query, request),
    count: (query) => catalogue.count(query),
    keyCounts: (query) => catalogue.keyCounts(query),
    ids: (query) => Float64Array.from(catalogue.ids(query)),
    genres: () => catalogue.predictions.genres(),
    overview: (queueKind) =>
      catalogue.snapshot(() => ({
        files: catalogue.files.counts(),
        tracks: catalogue.tracks.count(),
        queue: catalogue.queue.counts(queueKind),
      })),
  };
}

/** Rows that are skipped are walked over: a page in the second half is asked for from the end. */
function fromNearerEnd(
  request: NumberedRequest,
  total: number,
): { page: NumberedRequest; reversed: boolean } {
  const { descending = false, thenBy = [], offset } = request;
  const limit = Math.min(request.limit, total - offset);
  const reversed = offset > total / 2;
  const page = {
    ...request,
    descending: descending !== reversed,
    thenBy: thenBy.map((key) => ({ ...key, descending: (key.descending ?? false) !== reversed })),
    offset: reversed ? total - offset - limit : offset,
    limit,
  };
  return { page, reversed };
}
