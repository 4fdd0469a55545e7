import type {
  PlaylistItemRow,
  PlaylistRow,
  PlaylistStepRow,
  TracksSource,
} from '../../shared/contract/playlist.ts';
import { parseM3u } from '../../shared/playlist/m3u.ts';
import type { Client } from '../lib/connect.ts';
import { t } from '../strings/index.ts';

/** Items that are fetched at once. */
const PAGE = 100;
/** Lines of a playlist file that are sent at once. */
const LINES = 500;

/** The library's playlists, and the one that is shown. */
export class Playlists {
  readonly #client: Client;
  readonly #attempt: (action: () => Promise<unknown>) => Promise<boolean>;
  list: readonly PlaylistRow[] = $state.raw([]);
  undoable: PlaylistStepRow | null = $state.raw(null);
  redoable: PlaylistStepRow | null = $state.raw(null);
  /** Id of the one that is shown. */
  shown: number | null = $state(null);
  /** Its items by place, as far as they were fetched. */
  items: readonly (PlaylistItemRow | undefined)[] = $state.raw([]);
  /** Ids of the items of it that are chosen. */
  chosen: ReadonlySet<number> = $state.raw(new Set());
  /** What was done last. */
  said = $state('');
  /** What is to be added, while it is asked where to. */
  adding: { readonly tracks: TracksSource; readonly count: number } | null = $state.raw(null);
  /** Something that takes a while is under way. */
  busy = $state(false);
  readonly current: PlaylistRow | null = $derived(this.list.find(({ id }) => id === this.shown) ?? null);
  #generation = 0;
  #fetching = false;
  #wanted: readonly [first: number, end: number] = [0, PAGE];

  constructor(client: Client, attempt: (action: () => Promise<unknown>) => Promise<boolean>) {
    this.#client = client;
    this.#attempt = attempt;
  }

  /** Shows what another window of the same library showed. The first answer to `watch` fetches it. */
  takeOver({ shown }: Playlists): void {
    this.shown = shown;
  }

  /** Follows changes, by this window or another, until the connection or `signal` ends. */
  async watch(signal: AbortSignal): Promise<void> {
    for await (const _ of await this.#client.playlist.watch(undefined, { signal })) await this.refresh();
  }

  /** Fetches everything that is shown anew. */
  async refresh(): Promise<void> {
    const { playlists, undo, redo } = await this.#client.playlist.list();
    this.list = playlists;
    this.undoable = undo;
    this.redoable = redo;
    if (this.shown !== null) this.#load();
  }

  show(id: number): void {
    if (id === this.shown) return;
    this.shown = id;
    this.items = [];
    this.chosen = new Set();
    this.said = '';
    this.#wanted = [0, PAGE];
    this.#load();
  }

  /** These items are in view. */
  want(first: number, end: number): void {
    this.#wanted = [first, end];
    void this.#fetch();
  }

  async create(name: string, tracks?: TracksSource): Promise<PlaylistRow | null> {
    let made: PlaylistRow | null = null;
    await this.#attempt(async () => {
      made = await this.#client.playlist.create({ name, ...(tracks ? { tracks } : {}) });
      await this.refresh();
    });
    return made;
  }

  rename(id: number, name: string): Promise<boolean> {
    return this.#change(() => this.#client.playlist.rename({ id, name }), '');
  }

  delete({ id, name }: PlaylistRow): Promise<boolean> {
    return this.#change(() => this.#client.playlist.delete({ id }), t.playlists.deleted(name));
  }

  /** @param asked how many tracks are to be added */
  add({ id, name }: PlaylistRow, tracks: TracksSource, asked: number): Promise<boolean> {
    return this.#change(
      () => this.#client.playlist.add({ id, tracks }),
      (added) => t.playlists.added(name, added, Math.max(0, asked - added)),
    );
  }

  remove(items: readonly number[]): Promise<boolean> {
    const id = this.shown;
    if (id === null || items.length === 0) return Promise.resolve(false);
    return this.#change(
      () => this.#client.playlist.remove({ id, items: [...items] }),
      (removed) => t.playlists.removed(removed),
    );
  }

  /** @param before the item that they are to stand before; none: the end */
  move(items: readonly number[], before: number | undefined): Promise<boolean> {
    const id = this.shown;
    if (id === null || items.length === 0) return Promise.resolve(false);
    return this.#change(
      () =>
        this.#client.playlist.move({ id, items: [...items], ...(before === undefined ? {} : { before }) }),
      (moved) => (moved === 0 ? '' : t.playlists.moved(moved)),
    );
  }

  async arrange(): Promise<void> {
    const id = this.shown;
    if (id === null) return;
    this.busy = true;
    try {
      await this.#change(() => this.#client.playlist.arrange({ id }), t.playlists.arranged);
    } finally {
      this.busy = false;
    }
  }

  async turn(direction: 'undo' | 'redo'): Promise<void> {
    await this.#change(
      () => this.#client.playlist[direction](),
      (step) => {
        if (step === null) return '';
        const what = t.playlists.step(step.kind, step.items);
        return direction === 'undo'
          ? t.playlists.undone(step.name, what)
          : t.playlists.redone(step.name, what);
      },
    );
  }

  /** Takes a playlist file in as a new playlist; returns its id. */
  async import(file: File): Promise<number | null> {
    let made: number | null = null;
    await this.#attempt(async () => {
      const { name, entries } = parseM3u(await textOf(file));
      if (entries.length === 0) {
        this.said = t.playlists.notAPlaylist(file.name);
        return;
      }
      const called = (name ?? file.name.replace(/\.[^.]+$/, '')).slice(0, 200) || t.playlists.created;
      const { id } = await this.#client.playlist.create({ name: called });
      let known = 0;
      for (let at = 0; at < entries.length; at += LINES)
        known += await this.#client.playlist.import({
          id,
          entries: entries
            .slice(at, at + LINES)
            .map(({ path, title }) => ({ path, title: title.slice(0, 500) })),
        });
      await this.refresh();
      this.said = t.playlists.imported(called, entries.length, known);
      made = id;
    });
    return made;
  }

  /** Ids of all items, in order. */
  async allItems(): Promise<readonly number[]> {
    return this.shown === null ? [] : this.#client.playlist.itemIds({ id: this.shown });
  }

  async #change<T>(action: () => Promise<T>, say: string | ((result: T) => string)): Promise<boolean> {
    return this.#attempt(async () => {
      const result = await action();
      await this.refresh();
      this.said = typeof say === 'string' ? say : say(result);
    });
  }

  /** Fetches what is in view, whatever is here already; the rest when it comes into view. */
  #load(): void {
    this.#generation++;
    this.#fetching = false;
    void this.#fetch(true);
  }

  async #fetch(anew = false): Promise<void> {
    const id = this.shown;
    if (id === null || this.#fetching) return;
    const [first, end] = this.#wanted;
    const from = Math.floor(first / PAGE) * PAGE;
    let offset = from;
    if (!anew) while (offset < end && this.items[offset] !== undefined) offset += PAGE;
    if (!anew && (offset >= end || offset >= this.items.length)) return;
    this.#fetching = true;
    const generation = this.#generation;
    try {
      const { items, total } = await this.#client.playlist.items({ id, offset, limit: PAGE });
      if (generation !== this.#generation) return;
      const kept = anew ? [] : this.items;
      this.items = Array.from({ length: total }, (_, place) => items[place - offset] ?? kept[place]);
    } catch {
      // It was deleted, by another window perhaps: the list says so.
      if (generation === this.#generation) this.items = [];
    } finally {
      if (generation === this.#generation) {
        this.#fetching = false;
        if (this.items.length > 0) void this.#fetch();
      }
    }
  }
}

/** Players on Windows wrote `.m3u` in the code page of their system; Latin-1 is the likeliest. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
