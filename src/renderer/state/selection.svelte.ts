import type { CommonFields, SelectionRequest, TrackDetails } from '../../shared/contract/index.ts';
import { MAX_CHOSEN } from '../../shared/contract/limits.ts';
import type { Client } from '../lib/connect.ts';
import { orderRequest, type Results } from './results.svelte.ts';

/** Everything that a query found when it was chosen, but some. */
interface All {
  readonly snapshot: string;
  readonly count: number;
  readonly except: ReadonlySet<number>;
}

/** The cell that the keyboard is on, the tracks that are chosen, and what is known of them. */
export class Selection {
  readonly #client: Client;
  readonly #results: Results;
  /** Row number; -1 where there is none. */
  index = $state(-1);
  /** Place among the shown columns. */
  column = $state(1);
  /** The row at `index` was not there yet when it was chosen. */
  awaited = $state(false);
  /** Where a choice of several rows began. */
  anchor = -1;
  #ids: ReadonlySet<number> = $state.raw(new Set());
  #all: All | null = $state.raw(null);
  /** The file that the keyboard is on; null where none is. */
  id: number | null = $state(null);
  /** What is known of it, when it alone is chosen. */
  details: TrackDetails | null = $state.raw(null);
  /** What the chosen ones have in common, when they are several. */
  common: CommonFields | null = $state.raw(null);
  /** The answer has come: a null in `details` means that the file left the library. */
  loaded = $state(false);
  #asking = 0;
  #choosing = 0;
  #counting: AbortController | undefined;

  /** How many tracks are chosen. */
  readonly count: number = $derived(this.#all ? this.#all.count - this.#all.except.size : this.#ids.size);

  constructor(client: Client, results: Results) {
    this.#client = client;
    this.#results = results;
  }

  has(id: number | undefined): boolean {
    if (id === undefined) return false;
    return this.#all ? !this.#all.except.has(id) : this.#ids.has(id);
  }

  /** The choice, as the contract takes it. */
  get request(): SelectionRequest {
    return this.#all
      ? { snapshot: this.#all.snapshot, except: [...this.#all.except] }
      : { ids: [...this.#ids] };
  }

  /** Chooses one row. */
  choose(index: number, id: number | undefined): void {
    this.#choosing++;
    this.index = index;
    this.anchor = index;
    this.awaited = id === undefined;
    if (id === undefined) return;
    const again = id === this.id && this.count === 1 && this.has(id);
    this.#all = null;
    this.#ids = new Set([id]);
    if (again) return;
    this.id = id;
    this.#load();
  }

  /**
   * Chooses files wherever their rows are, as on the map.
   * @param further beside those that are chosen
   */
  chooseFiles(ids: readonly number[], further = false): void {
    if (ids.length === 0) {
      if (!further) this.close();
      return;
    }
    this.#choosing++;
    this.forgetPlace();
    this.#ids = new Set([...(further && !this.#all ? this.#ids : []), ...ids].slice(0, MAX_CHOSEN));
    this.#all = null;
    this.id = ids[0]!;
    this.#load();
  }

  /** Adds a row to the choice, or takes it out. */
  toggle(index: number, id: number): void {
    this.index = index;
    this.anchor = index;
    this.awaited = false;
    const flipped = (set: ReadonlySet<number>) => {
      const next = new Set(set);
      if (!next.delete(id)) next.add(id);
      return next;
    };
    if (this.#all) this.#all = { ...this.#all, except: flipped(this.#all.except) };
    else this.#ids = flipped(this.#ids);
    this.id = this.has(id) ? id : ([...this.#ids].at(-1) ?? (this.#all ? id : null));
    this.#load();
  }

  /** Chooses the rows from where the choice began to here, fetching the ids of those that are not here. */
  async extendTo(index: number): Promise<void> {
    if (this.anchor < 0) this.anchor = Math.max(0, this.index);
    this.index = index;
    this.awaited = false;
    const first = Math.min(this.anchor, index);
    const limit = Math.min(MAX_CHOSEN, Math.abs(index - this.anchor) + 1);
    const ids: number[] = [];
    for (let row = first; row < first + limit; row++) {
      const id = this.#results.row(row)?.id;
      if (id === undefined) break;
      ids.push(id);
    }
    const { query, order } = this.#results.asked;
    const mine = ++this.#choosing;
    const found =
      ids.length === limit
        ? ids
        : await this.#client.selection.range({ query, ...orderRequest(order), offset: first, limit });
    if (mine !== this.#choosing) return;
    this.#all = null;
    this.#ids = new Set(found);
    this.id = this.#results.row(index)?.id ?? found[0] ?? null;
    this.#load();
  }

  /** Chooses everything that the query finds, without fetching it. */
  async chooseAll(): Promise<void> {
    const mine = ++this.#choosing;
    const { snapshot, count } = await this.#client.selection.all(this.#results.asked.query);
    if (mine !== this.#choosing || count === 0) return;
    this.#all = { snapshot, count, except: new Set() };
    this.#ids = new Set();
    this.anchor = 0;
    if (this.index < 0) this.index = 0;
    this.id ??= this.#results.row(0)?.id ?? null;
    this.#load();
  }

  /** Back from several to the row that the keyboard is on. Returns whether there were several. */
  collapse(): boolean {
    if (this.count <= 1) return false;
    const row = this.#results.row(this.index);
    if (row) this.choose(this.index, row.id);
    else this.close();
    return true;
  }

  /** The rows have changed: the tracks stay chosen, their places are not known any more. */
  forgetPlace(): void {
    this.index = -1;
    this.anchor = -1;
    this.awaited = false;
  }

  close(): void {
    this.#choosing++;
    this.#asking++;
    this.#all = null;
    this.#ids = new Set();
    this.id = null;
    this.details = null;
    this.common = null;
    this.loaded = false;
  }

  /** Fetches what is known of the chosen (again). */
  async refresh(): Promise<void> {
    this.#counting?.abort();
    const { id, count } = this;
    if (id === null || count === 0) return;
    const mine = ++this.#asking;
    if (count === 1) {
      const details = await this.#client.tracks.details({ id });
      // Another may have been chosen meanwhile.
      if (mine !== this.#asking) return;
      this.details = details;
      this.common = null;
    } else {
      const abort = new AbortController();
      this.#counting = abort;
      const common = await this.#client.tracks
        .common({ selection: this.request }, { signal: abort.signal })
        .catch((error: unknown) => {
          if (abort.signal.aborted) return null;
          throw error;
        });
      if (mine !== this.#asking) return;
      this.common = common;
      this.details = null;
    }
    this.loaded = true;
  }

  #load(): void {
    this.loaded = false;
    // While a key is held down, rows are only passed.
    void this.refresh();
  }
}
