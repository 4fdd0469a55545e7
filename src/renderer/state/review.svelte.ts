import type { SearchRequest, TrackDetails } from '../../shared/contract/index.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Client } from '../lib/connect.ts';
import type { Edits } from './edits.svelte.ts';
import { Results } from './results.svelte.ts';

/** Which predictions: of tracks without a tag, of those tagged otherwise, or all. */
export type ReviewScope = 'missing' | 'differs' | 'all';

export type Decision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'change'; readonly value: string }
  | { readonly kind: 'reject' };

/** Rows around the current one that are kept at hand. */
const AHEAD = 30;

/** The queue of predictions that wait for the user's word, and the one that is looked at. */
export class Review {
  readonly #client: Client;
  readonly #edits: Edits;
  readonly queue: Results;
  task: Task = $state('key');
  scope: ReviewScope = $state('missing');
  surestFirst = $state(true);
  /** What else is asked: the query bar and the filters. */
  among: SearchRequest = $state.raw({});
  index = $state(0);
  details: TrackDetails | null = $state.raw(null);
  /** How long the queue was when it was asked for; null before the answer. */
  atFirst: number | null = $state(null);
  #asking = 0;
  #deciding = false;

  /** How many of them are reviewed since. */
  get decided(): number {
    return Math.max(0, (this.atFirst ?? 0) - this.queue.total);
  }

  /** The query of the queue. */
  readonly request: SearchRequest = $derived({
    ...this.among,
    ...(this.scope === 'missing'
      ? { missing: [...new Set([...(this.among.missing ?? []), this.task])] }
      : {}),
    ...(this.scope === 'differs'
      ? { differs: [...new Set([...(this.among.differs ?? []), this.task])] }
      : {}),
    terms: [...(this.among.terms ?? []), { kind: 'is', state: 'unreviewed', task: this.task }],
  });

  constructor(client: Client, edits: Edits) {
    this.#client = client;
    this.#edits = edits;
    this.queue = new Results(client);
  }

  get currentId(): number | undefined {
    return this.queue.row(this.index)?.id;
  }

  /** Asks for the queue anew, from its beginning. */
  ask(): void {
    this.index = 0;
    this.atFirst = null;
    this.queue.ask({
      query: this.request,
      order: [
        { sort: this.task === 'key' ? 'keyConfidence' : 'genreConfidence', descending: this.surestFirst },
      ],
      fields: ['title', 'artist'],
    });
  }

  /** Something was edited or reviewed: the queue may be another. */
  refresh(): void {
    this.queue.refresh();
    void this.load(this.currentId);
  }

  go(step: number): void {
    this.index = Math.max(0, Math.min(this.queue.total - 1, this.index + step));
    this.want();
  }

  want(): void {
    this.queue.want(Math.max(0, this.index - AHEAD), this.index + AHEAD);
  }

  /** Fetches what is known of a track. */
  async load(id: number | undefined): Promise<void> {
    const mine = ++this.#asking;
    const details = id === undefined ? null : await this.#client.tracks.details({ id });
    if (mine === this.#asking) this.details = details;
  }

  async decide(decision: Decision): Promise<void> {
    const id = this.currentId;
    // One at a time: a key held down must not decide on what was not seen.
    if (id === undefined || this.#deciding || this.details?.id !== id) return;
    this.#deciding = true;
    try {
      const { task } = this;
      await this.#edits.do(() => this.#client.review.decide({ ids: [id], task, decision }));
    } finally {
      this.#deciding = false;
    }
  }

  /** How many of the queue are at least so sure. */
  async countFrom(min: number): Promise<number> {
    const confidence = { ...this.request.confidence, [this.task]: { min } };
    const { total } = await this.#client.tracks.search({ query: { ...this.request, confidence }, limit: 1 });
    return total;
  }

  acceptAll(min: number): Promise<boolean> {
    return this.#edits.do(() => this.#client.review.acceptAll({ query: this.request, task: this.task, min }));
  }
}
