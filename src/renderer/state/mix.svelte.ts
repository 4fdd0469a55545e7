import type { SimilarResult } from '../../shared/contract/similar.ts';
import type { CompatibilityRule } from '../../shared/music/compatible.ts';
import type { Client } from '../lib/connect.ts';
import type { Query } from './query.svelte.ts';

/** Tracks that are shown. */
const LIMIT = 60;

/** Which keys mix, and what mixes with a track. */
export class Mix {
  readonly #client: Client;
  readonly #attempt: (action: () => Promise<unknown>) => Promise<boolean>;
  readonly #query: Query;
  /** The file that is asked about; null where none is. */
  seed: number | null = $state(null);
  order: 'mix' | 'alike' = $state('mix');
  /** What came of it; null until it is known. */
  result: SimilarResult | null = $state.raw(null);
  looking = $state(false);
  /** Seeds before this one, the last one last. */
  past: readonly number[] = $state.raw([]);
  #asking: AbortController | undefined;

  /** @param query what else follows the rule */
  constructor(client: Client, query: Query, attempt: (action: () => Promise<unknown>) => Promise<boolean>) {
    this.#client = client;
    this.#query = query;
    this.#attempt = attempt;
  }

  /** The library's rule of compatible keys. */
  get rule(): CompatibilityRule {
    return this.#query.rule;
  }

  async start(): Promise<void> {
    this.#query.rule = await this.#client.similar.rule();
  }

  /** Goes on with what a session that has lost its connection asked about. */
  takeOver({ seed, order, result, past }: Mix): void {
    Object.assign(this, { seed, order, result, past });
  }

  async setRule(rule: CompatibilityRule): Promise<void> {
    await this.#attempt(async () => {
      this.#query.rule = await this.#client.similar.setRule({ rule: [...rule] });
      if (this.seed !== null) await this.#ask();
    });
  }

  /** Asks about a file; the one before can be gone back to. */
  async open(id: number): Promise<void> {
    if (id === this.seed && (this.result !== null || this.looking)) return;
    if (this.seed !== null && this.seed !== id) this.past = [...this.past, this.seed].slice(-50);
    await this.#show(id);
  }

  async back(): Promise<void> {
    const before = this.past.at(-1);
    if (before === undefined) return;
    this.past = this.past.slice(0, -1);
    await this.#show(before);
  }

  async setOrder(order: 'mix' | 'alike'): Promise<void> {
    if (order === this.order) return;
    this.order = order;
    this.result = null;
    await this.#attempt(() => this.#ask());
  }

  /** Asks again: keys, tempi or sounds may be known by now. */
  async refresh(): Promise<void> {
    if (this.seed !== null) await this.#ask();
  }

  async #show(id: number): Promise<void> {
    this.seed = id;
    this.result = null;
    await this.#attempt(() => this.#ask());
  }

  async #ask(): Promise<void> {
    const { seed: id, order } = this;
    if (id === null) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.looking = true;
    try {
      const result = await this.#client.similar.tracks(
        { id, order, limit: LIMIT },
        { signal: asking.signal },
      );
      if (this.#asking === asking) this.result = result;
    } catch (error) {
      // Another question has taken its place.
      if (!asking.signal.aborted) throw error;
    } finally {
      if (this.#asking === asking) this.looking = false;
    }
  }
}
