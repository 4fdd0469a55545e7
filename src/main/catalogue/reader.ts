import { CratewiseError } from '../../shared/errors.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerDiedError, WorkerPool } from '../host/worker-pool.ts';
import {
  type NumberedPage,
  type NumberedRequest,
  type Overview,
  type ReaderCalls,
  readerCalls,
} from './reader-calls.ts';
import type { Catalogue } from './stores.ts';
import type { SearchQuery } from './types.ts';
import type { ReaderWorkerCalls } from './worker.ts';

/** Numbers of hits that are kept; a page scrolls one or two queries. */
const KEPT = 16;

type Answer<K extends keyof ReaderCalls> = ReturnType<ReaderCalls[K]>;

/**
 * Reads a library in processes of its own, so that neither a search holds up edits nor a slow count the rows of the
 * next search. They see every transaction that has been committed. Until they run, where they can't be started, and
 * for a library in memory, this process answers itself.
 */
export class CatalogueReader {
  readonly #catalogue: Catalogue;
  readonly #rows: Lane;
  readonly #counts: Lane;
  readonly #totals = new Map<string, { readonly at: number; readonly total: number }>();

  constructor(catalogue: Catalogue, host: ProcessHost) {
    this.#catalogue = catalogue;
    const calls = readerCalls(catalogue);
    const file = catalogue.file === ':memory:' ? null : catalogue.file;
    // Rows must not wait for a process to start, and are quick to find; counting may wait, and may take long.
    this.#rows = new Lane(calls, host, file, false);
    this.#counts = new Lane(calls, host, file, true);
  }

  /** Starts the processes, which the first question does else: it is answered here then. */
  start(): void {
    this.#rows.start();
    this.#counts.start();
  }

  /** A page by row number, with the number of all rows where that is known without counting. */
  async page(query: SearchQuery, request: NumberedRequest, signal?: AbortSignal): Promise<NumberedPage> {
    const key = cacheKey(query);
    const at = this.#catalogue.changes();
    const answer = await this.#rows.ask('page', [query, request, this.#known(key, at)], signal);
    if (answer.total !== null) this.#keep(key, at, answer.total);
    return answer;
  }

  pageIds(query: SearchQuery, request: NumberedRequest, signal?: AbortSignal): Promise<readonly number[]> {
    return this.#rows.ask('pageIds', [query, request], signal);
  }

  /** How many files a query finds. */
  async count(query: SearchQuery, signal?: AbortSignal): Promise<number> {
    const key = cacheKey(query);
    const at = this.#catalogue.changes();
    const known = this.#known(key, at);
    if (known !== null) return known;
    const total = await this.#counts.ask('count', [query], signal);
    this.#keep(key, at, total);
    return total;
  }

  keyCounts(query: SearchQuery, signal?: AbortSignal): Promise<readonly number[]> {
    return this.#counts.ask('keyCounts', [query], signal);
  }

  /** All hits, in no order. */
  ids(query: SearchQuery, signal?: AbortSignal): Promise<Float64Array> {
    return this.#counts.ask('ids', [query], signal);
  }

  genres(): Promise<Answer<'genres'>> {
    return this.#counts.ask('genres', []);
  }

  overview(queueKind: string): Promise<Overview> {
    return this.#counts.ask('overview', [queueKind]);
  }

  /** Resolves when its processes are gone, and with them their hold on the file. */
  async close(): Promise<void> {
    await Promise.all([this.#rows.close(), this.#counts.close()]);
  }

  #known(key: string | null, at: number): number | null {
    const kept = key === null ? undefined : this.#totals.get(key);
    return kept?.at === at ? kept.total : null;
  }

  /** @param at the state of the library before it was asked: a change since then makes the number worthless */
  #keep(key: string | null, at: number, total: number): void {
    if (key === null || this.#catalogue.changes() !== at) return;
    this.#totals.delete(key);
    this.#totals.set(key, { at, total });
    for (const oldest of this.#totals.keys()) {
      if (this.#totals.size <= KEPT) break;
      this.#totals.delete(oldest);
    }
  }
}

/** Null where the answer may change with time alone: files added in the last seven days. */
function cacheKey(query: SearchQuery): string | null {
  const key = JSON.stringify(query);
  return key.includes('"added"') ? null : key;
}

/** What nobody looks at while they type goes behind what they do look at. */
const LATER: ReadonlySet<keyof ReaderCalls> = new Set(['keyCounts', 'genres', 'overview']);

/** One process, one thing after the other. */
class Lane {
  readonly #waiting: { readonly later: boolean; readonly begin: () => void }[] = [];
  #busy = false;
  readonly #here: ReaderCalls;
  readonly #pool: WorkerPool<ReaderWorkerCalls> | null;
  readonly #file: string;
  readonly #patient: boolean;
  #state: 'idle' | 'starting' | 'ready' | 'failed' = 'idle';

  /** @param patient waits for a process that starts */
  constructor(here: ReaderCalls, host: ProcessHost, file: string | null, patient: boolean) {
    this.#here = here;
    this.#patient = patient;
    this.#file = file ?? '';
    this.#pool = file === null ? null : new WorkerPool(host, { module: 'main/catalogue/worker', size: 1 });
  }

  start(): void {
    if (!this.#pool || this.#state !== 'idle') return;
    this.#state = 'starting';
    this.#pool.call('read', this.#file, 'count', [{ keys: [] }]).then(
      () => {
        this.#state = 'ready';
      },
      () => {
        this.#state = 'failed';
      },
    );
  }

  async ask<K extends keyof ReaderCalls>(
    method: K,
    params: Parameters<ReaderCalls[K]>,
    signal?: AbortSignal,
  ): Promise<Answer<K>> {
    await this.#turn(LATER.has(method));
    try {
      return await this.#answer(method, params, signal);
    } finally {
      this.#busy = false;
      const next = this.#waiting.findIndex(({ later }) => !later);
      this.#waiting.splice(Math.max(0, next), 1)[0]?.begin();
    }
  }

  #turn(later: boolean): Promise<void> {
    return new Promise((resolve) => {
      const begin = () => {
        this.#busy = true;
        resolve();
      };
      if (this.#busy) this.#waiting.push({ later, begin });
      else begin();
    });
  }

  async #answer<K extends keyof ReaderCalls>(
    method: K,
    params: Parameters<ReaderCalls[K]>,
    signal?: AbortSignal,
  ): Promise<Answer<K>> {
    if (signal?.aborted) throw new CratewiseError('closed', 'The search was called off.');
    this.start();
    if (this.#pool && (this.#state === 'ready' || (this.#patient && this.#state === 'starting'))) {
      try {
        const follow = signal ? { signal } : {};
        return (await this.#pool.follow('read', follow, this.#file, method, params)) as Answer<K>;
      } catch (error) {
        if (!(error instanceof WorkerDiedError)) throw error;
        this.#state = 'idle';
        this.start();
      }
    }
    return (this.#here[method] as (...args: typeof params) => Answer<K>)(...params);
  }

  async close(): Promise<void> {
    this.#state = 'failed';
    await this.#pool?.close();
  }
}
