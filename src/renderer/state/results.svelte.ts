import type { SearchRequest, SortBy, TrackRow } from '../../shared/contract/index.ts';
import type { Client } from '../lib/connect.ts';

/** Rows that are fetched at once: about two screens. */
const PAGE = 100;
/** Pages that are kept: enough to scroll back a while, flat in the size of the library. */
const KEPT = 60;

interface Order {
  readonly sort: SortBy;
  readonly descending: boolean;
}

/**
 * The rows that a query finds, by row number, fetched in pages as they come into view. One page is under way at a
 * time, always the one that is looked at now: what a quick scroll only passed is never asked for.
 */
export class Results {
  readonly #client: Client;
  #query: SearchRequest = {};
  #order: Order = { sort: 'path', descending: false };
  /** Counts queries: an answer to an older one is dropped. */
  #generation = 0;
  #wanted: readonly [first: number, end: number] = [0, PAGE];
  #fetching = false;
  #pages: ReadonlyMap<number, readonly TrackRow[]> = $state.raw(new Map());
  #stale = new Set<number>();

  total = $state(0);
  /** An answer to the newest query has come. */
  settled = $state(false);
  failed = $state(false);

  constructor(client: Client) {
    this.#client = client;
  }

  /** The row at a place; undefined while it is fetched. */
  row(index: number): TrackRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Asks for something else. The old rows stay until the first new ones come. */
  ask(query: SearchRequest, order: Order): void {
    this.#query = query;
    this.#order = order;
    this.#generation++;
    this.#wanted = [0, PAGE];
    this.settled = false;
    this.#fetch();
  }

  /** The library has changed: what is shown is fetched again, the rest when it comes into view. */
  refresh(): void {
    for (const page of this.#pages.keys()) this.#stale.add(page);
    this.#fetch();
  }

  /** These rows are in view. */
  want(first: number, end: number): void {
    this.#wanted = [first, end];
    this.#fetch();
  }

  #missingPage(): number | undefined {
    if (!this.settled) return 0;
    const [first, end] = this.#wanted;
    for (let page = Math.floor(first / PAGE); page * PAGE < Math.min(end, this.total); page++)
      if (!this.#pages.has(page) || this.#stale.has(page)) return page;
    // Nothing to show may have become something.
    return this.total === 0 && this.#stale.has(0) ? 0 : undefined;
  }

  #fetch(): void {
    if (this.#fetching) return;
    const page = this.#missingPage();
    if (page === undefined) return;
    this.#fetching = true;
    const generation = this.#generation;
    this.#client.tracks
      .search({ query: this.#query, ...this.#order, offset: page * PAGE, limit: PAGE })
      .then(({ rows, total }) => {
        if (generation !== this.#generation) return;
        const kept = this.settled ? [...this.#pages].filter(([number]) => number !== page) : [];
        if (!this.settled) this.#stale.clear();
        this.#stale.delete(page);
        this.#pages = new Map([...kept.slice(-KEPT), [page, rows]]);
        this.total = total;
        this.settled = true;
        this.failed = false;
      })
      .catch(() => {
        if (generation !== this.#generation) return;
        this.settled = true;
        this.failed = true;
        this.#wanted = [0, 0];
      })
      .finally(() => {
        this.#fetching = false;
        this.#fetch();
      });
  }
}
