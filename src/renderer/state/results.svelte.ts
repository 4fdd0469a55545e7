import { untrack } from 'svelte';
import type { SearchRequest, SortBy, TrackRow } from '../../shared/contract/index.ts';
import type { FieldName } from '../../shared/tags.ts';
import type { Client } from '../lib/connect.ts';

/** Rows that are fetched at once: a screen, with what is drawn beyond its edges. */
const PAGE = 50;
/** Pages that are kept: enough to scroll back a while, flat in the size of the library. */
const KEPT = 120;

export interface SortKey {
  readonly sort: SortBy;
  readonly descending: boolean;
}

/** What is asked for: a query, an order, and the tags that rows bring along. */
export interface Asked {
  readonly query: SearchRequest;
  /** By the first, and rows that are alike by the next. */
  readonly order: readonly SortKey[];
  readonly fields: readonly FieldName[];
}

/** An order as the contract takes it. */
export function orderRequest(order: readonly SortKey[]) {
  const [first, ...rest] = order;
  return { ...(first ?? {}), ...(rest.length > 0 ? { thenBy: rest.map((key) => ({ ...key })) } : {}) };
}

/**
 * The rows that a query finds, by row number, fetched in pages as they come into view. One page is under way at a
 * time, always the one that is looked at now: what a quick scroll only passed is never asked for. The first rows do
 * not wait until all are counted, and another question does not wait for the answer to the one before.
 */
export class Results {
  readonly #client: Client;
  asked: Asked = { query: {}, order: [{ sort: 'path', descending: false }], fields: [] };
  /** Counts queries: an answer to an older one is dropped. */
  #generation = 0;
  #wanted: readonly [first: number, end: number] = [0, PAGE];
  #fetching: AbortController | undefined;
  #counting: AbortController | undefined;
  #pages: ReadonlyMap<number, readonly TrackRow[]> = $state.raw(new Map());
  #stale = new Set<number>();
  readonly #awaited: (() => void)[] = [];
  /** Rows were edited in place: they stay where they are until something else has to be fetched. */
  #held = false;

  /** How many rows there are; before they are `counted`, at least as many as are known of. */
  total = $state(0);
  counted = $state(false);
  /** How many there were when they were counted last. */
  found = $state(0);
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

  /** Place of a file among the rows that are here; -1 where it is none of them. */
  placeOf(id: number): number {
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  /** The file in the row before or behind that of another; undefined at an end, or where that one is not known. */
  async neighbour(id: number, step: 1 | -1): Promise<number | undefined> {
    const place = this.placeOf(id);
    const at = place + step;
    if (place < 0 || at < 0 || at >= this.total) return undefined;
    const here = this.row(at);
    if (here) return here.id;
    const { query, order } = this.asked;
    const { rows } = await this.#client.tracks.search({
      query,
      ...orderRequest(order),
      offset: at,
      limit: 1,
    });
    return rows[0]?.id;
  }

  /** Resolves when the newest question is answered, or could not be. */
  async answered(): Promise<void> {
    if (!this.settled) await new Promise<void>((resolve) => this.#awaited.push(resolve));
  }

  #settle(): void {
    this.settled = true;
    for (const resolve of this.#awaited.splice(0)) resolve();
  }

  /** Asks for something else. The old rows stay until the first new ones come. */
  ask(asked: Asked): void {
    this.asked = asked;
    this.#generation++;
    this.#wanted = [0, PAGE];
    this.#held = false;
    this.settled = false;
    this.counted = false;
    this.#drop();
    // An effect that asks must not run again because of the answer.
    untrack(() => this.#fetch());
  }

  /** The library has changed: what is shown is fetched again, the rest when it comes into view. */
  refresh(): void {
    this.#held = false;
    for (const page of this.#pages.keys()) this.#stale.add(page);
    this.#drop();
    this.#fetch();
  }

  /** What is under way is not waited for any more. */
  #drop(): void {
    this.#fetching?.abort();
    this.#fetching = undefined;
    this.#counting?.abort();
    this.#counting = undefined;
  }

  /**
   * Rows were edited: those in view are fetched anew and stay in their places, even where they do not belong to the
   * query any more. A row must not vanish under the hand that edits it.
   */
  async refreshInPlace(): Promise<void> {
    const [first, end] = this.#wanted;
    const ids: number[] = [];
    for (let index = first; index < Math.min(end, this.total); index++) {
      const row = this.row(index);
      if (row) ids.push(row.id);
    }
    const generation = this.#generation;
    const rows =
      ids.length > 0 ? await this.#client.tracks.rows({ ids, fields: [...this.asked.fields] }) : [];
    if (generation !== this.#generation) return;
    const fresh = new Map(rows.map((row) => [row.id, row]));
    const [from, to] = [Math.floor(first / PAGE), Math.floor(Math.max(first, end - 1) / PAGE)];
    this.#pages = new Map(
      [...this.#pages]
        .filter(([page]) => page >= from && page <= to)
        .map(([page, list]) => [page, list.map((row) => fresh.get(row.id) ?? row)]),
    );
    this.#held = true;
  }

  /** The rows in view that are here. */
  inView(): TrackRow[] {
    const [first, end] = this.#wanted;
    const rows: TrackRow[] = [];
    for (let index = first; index < Math.min(end, this.total); index++) {
      const row = this.row(index);
      if (row) rows.push(row);
    }
    return rows;
  }

  /** These rows are in view. */
  want(first: number, end: number): void {
    this.#wanted = [first, end];
    untrack(() => this.#fetch());
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
    let page = this.#missingPage();
    if (page === undefined) return;
    if (this.#held && this.settled) {
      // Places may have moved since: all that is in view comes from one state of the library.
      this.#held = false;
      for (const kept of this.#pages.keys()) this.#stale.add(kept);
      page = this.#missingPage() ?? page;
    }
    const wanted = page;
    const fetching = new AbortController();
    this.#fetching = fetching;
    const { query, order, fields } = this.asked;
    const request = {
      query,
      ...orderRequest(order),
      fields: [...fields],
      offset: wanted * PAGE,
      limit: PAGE,
    };
    this.#client.tracks
      .page(request, { signal: fetching.signal })
      .then((answer) => {
        if (fetching === this.#fetching) this.#take(wanted, answer);
      })
      .catch(() => {
        if (fetching !== this.#fetching) return;
        this.failed = true;
        this.#settle();
        this.#wanted = [0, 0];
      })
      .finally(() => {
        if (fetching !== this.#fetching) return;
        this.#fetching = undefined;
        this.#fetch();
      });
  }

  #take(page: number, { rows, total }: { rows: readonly TrackRow[]; total: number | null }): void {
    const kept = this.settled ? [...this.#pages].filter(([number]) => number !== page) : [];
    if (!this.settled) this.#stale.clear();
    this.#stale.delete(page);
    this.#pages = new Map([...kept.slice(-KEPT), [page, rows]]);
    if (total !== null) this.#counted(total);
    else {
      // A scroll bar that jumps for a moment would be worse than one that is wrong for a moment.
      this.total = Math.max(this.total, page * PAGE + rows.length);
      this.#count();
    }
    this.failed = false;
    this.#settle();
  }

  #counted(total: number): void {
    this.total = total;
    this.found = total;
    this.counted = true;
  }

  #count(): void {
    if (this.#counting) return;
    const counting = new AbortController();
    this.#counting = counting;
    this.#client.tracks
      .count(this.asked.query, { signal: counting.signal })
      .then((total) => {
        if (counting === this.#counting) this.#counted(total);
      })
      // What is shown stays right but for its length; the next page asks again.
      .catch(() => undefined)
      .finally(() => {
        if (counting !== this.#counting) return;
        this.#counting = undefined;
        this.#fetch();
      });
  }
}
