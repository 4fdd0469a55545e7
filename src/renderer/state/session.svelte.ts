import { createContext } from 'svelte';
import type {
  LibraryKeyNotation,
  LibraryStatus,
  TrackRow,
  View,
  WorkKind,
  WorkState,
} from '../../shared/contract/index.ts';
import type { Client } from '../lib/connect.ts';
import { Columns } from './columns.svelte.ts';
import { Edits } from './edits.svelte.ts';
import { TrackMap } from './map.svelte.ts';
import { Mix } from './mix.svelte.ts';
import { Models } from './models.svelte.ts';
import { Player } from './player.svelte.ts';
import { Playlists } from './playlists.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Query } from './query.svelte.ts';
import { Queue } from './queue.svelte.ts';
import { Results } from './results.svelte.ts';
import { Selection } from './selection.svelte.ts';

/** What covers the library for a while. */
export type Overlay =
  | 'write'
  | 'add-to-playlist'
  | 'export'
  | 'history'
  | 'replace'
  | 'settings'
  | 'problems'
  | 'help'
  | null;

const NOTHING_RUNS: WorkState = {
  running: null,
  last: null,
  line: [],
  listening: { state: 'off', tier: null, done: 0, failed: 0, total: 0, pace: null, secondsLeft: null },
  listenAfterScan: false,
  revision: 0,
  edits: 0,
};

/** A library that is connected, and everything that this window shows of it. */
export class Session {
  readonly client: Client;
  readonly query = new Query();
  readonly columns = new Columns();
  readonly results: Results;
  readonly selection: Selection;
  readonly edits: Edits;
  readonly player: Player;
  readonly map: TrackMap;
  readonly mix: Mix;
  readonly playlists: Playlists;
  readonly models: Models;
  readonly queue: Queue;
  status: LibraryStatus | null = $state.raw(null);
  work: WorkState = $state.raw(NOTHING_RUNS);
  readonly preferences: Preferences;
  readonly notation: LibraryKeyNotation = $derived.by(() => this.preferences.settings.keyNotation);
  genres: readonly { genre: string; tagged: number; predicted: number }[] = $state.raw([]);
  searches: NonNullable<View['searches']> = $state.raw([]);
  /** By key index; null until they are counted. */
  keyCounts: readonly number[] | null = $state.raw(null);
  /** Why the last thing asked for did not happen. */
  problem: string | null = $state(null);
  view: 'tracks' | 'review' | 'map' | 'mix' | 'playlist' | 'models' | 'learn' = $state('tracks');
  /** Offers that the user does not want to see again. */
  #dismissed: readonly string[] = $state.raw([]);
  overlay: Overlay = $state(null);
  #counting = 0;
  /** How work of each kind ended last: listening may have ended since. */
  #ended: Readonly<Partial<Record<WorkKind, WorkState['last']>>> = $state.raw({});

  constructor(client: Client) {
    this.client = client;
    this.preferences = new Preferences(client, (action) => this.attempt(action));
    this.models = new Models(client);
    this.queue = new Queue(client);
    this.results = new Results(client);
    this.selection = new Selection(client, this.results);
    this.player = new Player(client);
    this.map = new TrackMap(client, (action) => this.attempt(action));
    this.mix = new Mix(client, this.query, (action) => this.attempt(action));
    this.playlists = new Playlists(client, (action) => this.attempt(action));
    this.player.neighbour = async (id, step) => {
      const next = await this.results.neighbour(id, step);
      return next === undefined ? undefined : { id: next, at: 0 };
    };
    this.player.keep = (player) => void client.view.set({ player: { ...player } });
    this.edits = new Edits(
      client,
      (action) => this.attempt(action),
      async () => {
        await Promise.all([this.results.refreshInPlace(), this.selection.refresh()]);
      },
    );
  }

  /** Goes on where a session that has lost its connection was. Before `start`. */
  takeOver(lost: Session): void {
    this.query.takeOver(lost.query);
    this.view = lost.view;
    this.playlists.takeOver(lost.playlists);
    this.mix.takeOver(lost.mix);
    this.player.takeOver(lost.player);
  }

  /** Fetches what the first screen needs: the rows first, then what stands around them. */
  async start(): Promise<void> {
    const [settings, view] = await Promise.all([
      this.client.settings.get(),
      this.client.view.get(),
      this.mix.start(),
    ]);
    this.preferences.restore(settings, view);
    if (view.player) this.player.options = view.player;
    this.columns.restore(view.columns);
    this.columns.keep = (columns) => void this.client.view.set({ columns: [...columns] });
    if (view.map) this.map.view = view.map;
    this.map.keep = (map) => void this.client.view.set({ map });
    this.#dismissed = view.dismissed ?? [];
    if (view.sort) this.query.order = view.sort;
    this.searches = view.searches ?? [];
    const { query, columns } = this;
    this.results.ask({ query: query.request, order: query.order, fields: columns.fields });
    void this.attempt(async () => {
      await this.results.answered();
      await this.refresh();
    });
  }

  /** Fetches what may have changed in the library. */
  async refresh(): Promise<void> {
    // In this order: what is dear comes last, and holds up nothing before it.
    const edits = this.edits.refresh();
    const status = this.client.status();
    const genres = this.client.tracks.genres();
    [this.status] = await Promise.all([status, edits]);
    this.genres = await genres;
    await this.selection.refresh();
  }

  /** Follows scans, analyses, writes and other windows' edits until the connection or `signal` ends. */
  async watch(signal: AbortSignal): Promise<void> {
    // It ends with the same connection, which is told of below.
    void this.player.watch(signal).catch(() => undefined);
    void this.playlists.watch(signal).catch(() => undefined);
    void this.models.watch(signal).catch(() => undefined);
    let revision: number | undefined;
    for await (const state of await this.client.work.watch(undefined, { signal })) {
      this.work = state;
      this.#note(state.last);
      try {
        if (revision !== undefined && revision !== state.revision) {
          this.results.refresh();
          await this.refresh();
          await this.countKeys();
        } else if (state.edits > this.edits.status.revision && this.edits.busy === 0) {
          // Another window edits.
          await Promise.all([this.edits.refresh(), this.results.refreshInPlace(), this.selection.refresh()]);
        }
      } catch (error) {
        // What is refused once is no lost connection: that ends what is watched.
        this.problem = error instanceof Error ? error.message : String(error);
      }
      revision = state.revision;
    }
  }

  /** Whether something runs that has to end first: listening gives way. */
  get isBusy(): boolean {
    return this.work.running !== null && this.work.running.kind !== 'analyse';
  }

  /** Remembers how work ended; what comes again with every state is the same as before. */
  #note(last: WorkState['last']): void {
    if (last && last.number !== this.#ended[last.kind]?.number)
      this.#ended = { ...this.#ended, [last.kind]: last };
  }

  /** How work of a kind ended the last time; null where none has. */
  lastOf(kind: WorkKind): WorkState['last'] {
    return this.#ended[kind] ?? null;
  }

  /** The rows that are on the screen; none where no list of tracks is. */
  get rowsInView(): readonly TrackRow[] {
    return this.view === 'tracks' && this.overlay === null ? this.results.inView() : [];
  }

  isDismissed(offer: string): boolean {
    return this.#dismissed.includes(offer);
  }

  /** Never shows an offer again. */
  async dismiss(offer: string): Promise<void> {
    this.#dismissed = [...this.#dismissed, offer];
    await this.attempt(() => this.client.view.set({ dismissed: [...this.#dismissed] }));
  }

  /** Counts the keys of what the query finds, for the wheel. */
  async countKeys(): Promise<void> {
    const mine = ++this.#counting;
    const counts = await this.client.tracks.keyCounts(this.query.withoutKeys);
    if (mine === this.#counting) this.keyCounts = counts;
  }

  async keepSearches(searches: NonNullable<View['searches']>): Promise<void> {
    await this.attempt(async () => {
      this.searches = (await this.client.view.set({ searches: [...searches] })).searches ?? [];
    });
  }

  /** Undoes, or does again, what the view that is shown is about: playlists have a history of their own. */
  async turn(direction: 'undo' | 'redo'): Promise<void> {
    await (this.view === 'playlist' ? this.playlists.turn(direction) : this.edits[direction]());
  }

  /** Does something for the user; when it fails, `problem` says why. Returns whether it went well. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    try {
      await action();
      return true;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return false;
    }
  }
}

export const [useSession, provideSession] = createContext<Session>();
