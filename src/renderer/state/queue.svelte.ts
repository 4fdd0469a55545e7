import type { FileProblemRow, ProblemArea, TrackRow } from '../../shared/contract/index.ts';
import type { Client } from '../lib/connect.ts';

/** Problems that are fetched at once. */
const PAGE = 100;

/** Listening as the user steers it, and the files with which something went wrong. */
export class Queue {
  readonly #client: Client;
  /** What was told last to be looked at. */
  #looked = '';

  constructor(client: Client) {
    this.#client = client;
  }

  /** These rows are on the screen: those that were not listened to go first. */
  async look(rows: readonly TrackRow[]): Promise<void> {
    const unheard = rows.filter((row) => row.predictedKey === null && row.predictedGenre === null);
    const ids = unheard.map(({ id }) => id);
    const looked = ids.join();
    if (looked === this.#looked || ids.length === 0) return;
    this.#looked = looked;
    await this.#client.work.hasten({ ids });
  }

  /** Begins to watch over what is on the screen anew: the queue is another. */
  forget(): void {
    this.#looked = '';
  }
}

/** The list of files with problems, as it is filtered. */
export class Problems {
  readonly #client: Client;
  files: readonly FileProblemRow[] | null = $state.raw(null);
  counts: Readonly<Record<ProblemArea, number>> = $state.raw({ read: 0, listen: 0, write: 0 });
  area: ProblemArea | 'all' = $state('all');
  text = $state('');
  chosen: ReadonlySet<number> = $state.raw(new Set());
  #asking = 0;

  readonly total: number = $derived(
    this.area === 'all' ? this.counts.read + this.counts.listen + this.counts.write : this.counts[this.area],
  );

  constructor(client: Client) {
    this.#client = client;
  }

  get filter() {
    return {
      ...(this.area === 'all' ? {} : { areas: [this.area] }),
      ...(this.text.trim() === '' ? {} : { text: this.text.trim() }),
    };
  }

  /** Fetches as many as are shown already, at least a page. */
  async load(): Promise<void> {
    const mine = ++this.#asking;
    const limit = Math.min(500, Math.max(PAGE, this.files?.length ?? 0));
    const { counts, files } = await this.#client.work.problems({ ...this.filter, limit });
    if (mine !== this.#asking) return;
    this.counts = counts;
    this.files = files;
    const there = new Set(files.map(({ id }) => id));
    this.chosen = new Set([...this.chosen].filter((id) => there.has(id)));
  }

  async more(): Promise<void> {
    const mine = ++this.#asking;
    const before = this.files ?? [];
    const { counts, files } = await this.#client.work.problems({
      ...this.filter,
      offset: before.length,
      limit: PAGE,
    });
    if (mine !== this.#asking) return;
    this.counts = counts;
    this.files = [...before, ...files];
  }

  choose(id: number, chosen: boolean): void {
    const next = new Set(this.chosen);
    if (chosen) next.add(id);
    else next.delete(id);
    this.chosen = next;
  }

  /** Tries files again: those named, or all that the filter finds. Tells how many are tried. */
  async retry(ids?: readonly number[]): Promise<number> {
    const { read, listen } = await this.#client.work.retry(ids ? { ids: [...ids] } : this.filter);
    return read + listen;
  }
}
