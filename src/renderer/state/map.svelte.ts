import type { MapPoints, MapSituation, OpenedMap, SearchRequest } from '../../shared/contract/index.ts';
import { MAX_MAP_PAGE } from '../../shared/contract/limits.ts';
import type { Client } from '../lib/connect.ts';
import { joined, type MapData, unpacked } from './map-data.ts';

/** What the map is drawn of and coloured by: kept with the library. */
export interface MapView {
  readonly colour: 'genre' | 'key' | 'genreConfidence' | 'keyConfidence';
  readonly representation: string | null;
}

/** Changes that come one after the other are fetched together, after so many milliseconds. */
const GATHER_MS = 1000;

/** The map of the library as this window has it. */
export class TrackMap {
  readonly #client: Client;
  readonly #attempt: (action: () => Promise<unknown>) => Promise<boolean>;
  view: MapView = $state.raw({ colour: 'genre', representation: null });
  /** Null until the first answer. */
  opened: OpenedMap | null = $state.raw(null);
  situation: MapSituation | null = $state.raw(null);
  data: MapData | null = $state.raw(null);
  /** Share of the points that have come, while they come. */
  fetched: number | null = $state(null);
  /** Bits by file id; null: everything is found. */
  found: { readonly bits: Uint8Array; readonly count: number } | null = $state.raw(null);
  /** Groups of the legend that are not shown. */
  hidden: ReadonlySet<string> = $state.raw(new Set());
  /** Stores `view`. */
  keep: (view: MapView) => void = () => {};
  /** What `data` shows: places by revision, and looks by what was changed since. */
  #have = '';
  #fetching = 0;
  #finding = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, attempt: (action: () => Promise<unknown>) => Promise<boolean>) {
    this.#client = client;
    this.#attempt = attempt;
  }

  /** Whether a file is found by the query. */
  isFound(id: number): boolean {
    const { found } = this;
    return found === null || ((found.bits[id >> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }

  /** Follows how maps are made until `signal` ends. */
  async watch(signal: AbortSignal): Promise<void> {
    try {
      for await (const situation of await this.#client.map.watch(undefined, { signal })) {
        const before = this.situation;
        this.situation = situation;
        if (before && before.revision !== situation.revision) await this.refresh();
        else if (before?.running && !situation.running) await this.refresh();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Fetches the map anew where it has changed. `looks`: what points look like may have changed as well. */
  async refresh(looks = false): Promise<void> {
    await this.#attempt(async () => {
      const { representation } = this.view;
      const opened = await this.#client.map.open(representation === null ? {} : { representation });
      this.opened = opened;
      if (looks) this.#have = '';
      if (!opened.shown) {
        this.data = null;
        this.#have = '';
      } else if (this.#have !== `${opened.shown.revision}`) await this.#fetch(opened.shown.revision);
    });
  }

  /** The library has changed: a little later, when nothing more comes, the map is fetched anew. */
  refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(true), GATHER_MS);
  }

  change(view: Partial<MapView>): void {
    this.view = { ...this.view, ...view };
    this.keep(this.view);
    if (view.colour !== undefined) this.hidden = new Set();
    if (view.representation !== undefined) void this.refresh();
  }

  toggle(group: string): void {
    const next = new Set(this.hidden);
    if (!next.delete(group)) next.add(group);
    this.hidden = next;
  }

  showAll(): void {
    this.hidden = new Set();
  }

  /** Arranges everything from the beginning. */
  again(): Promise<boolean> {
    return this.#attempt(async () => {
      const representation = this.opened?.representation;
      if (representation) await this.#client.map.redo({ representation });
    });
  }

  stop(): Promise<boolean> {
    return this.#attempt(() => this.#client.map.stop());
  }

  /** Asks which points a query finds. */
  async find(query: SearchRequest): Promise<void> {
    const mine = ++this.#finding;
    if (Object.keys(query).length === 0) {
      this.found = null;
      return;
    }
    await this.#attempt(async () => {
      const { bits, count } = await this.#client.map.found(query);
      if (mine === this.#finding) this.found = { bits: unpacked(bits), count };
    });
  }

  async #fetch(revision: number): Promise<void> {
    const mine = ++this.#fetching;
    const pages: MapPoints[] = [];
    const total = this.opened?.shown?.tracks ?? 0;
    this.fetched = 0;
    try {
      for (let after: number | null = 0; after !== null; ) {
        const page: MapPoints = await this.#client.map.points({ revision, after, limit: MAX_MAP_PAGE });
        if (mine !== this.#fetching) return;
        pages.push(page);
        after = page.next;
        this.fetched = Math.min(1, (pages.length * MAX_MAP_PAGE) / Math.max(1, total));
      }
      this.data = joined(pages);
      this.#have = `${revision}`;
    } catch (error) {
      // A newer one is there already: `watch` tells of it, and it is asked for.
      if (mine === this.#fetching && !isOutdated(error)) throw error;
    } finally {
      if (mine === this.#fetching) this.fetched = null;
    }
  }
}

/** Whether the map that was asked for is not shown any more. */
function isOutdated(error: unknown): boolean {
  if (!(error instanceof Error) || !('data' in error)) return false;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'code' in data && data.code === 'map-changed';
}
