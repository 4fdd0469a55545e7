import { z } from 'zod';
import type { Listening as ListeningState } from '../../shared/contract/index.ts';
import type { AnalysisRequestOptions, AnalysisSummary, Wish } from '../analysis/analyse.ts';
import { ANALYSE } from '../analysis/analyse.ts';
import { Pace } from '../analysis/pace.ts';
import type { Library } from '../library/library.ts';

/** The setting that holds what was wanted when the program ended. */
const STANDING = 'app.listening';

/**
 * What the user wants. `wishes`: only tracks that were asked for by name. `held`: everything else was wanted too, and
 * was paused when these were asked for: it is paused again afterwards.
 */
const standingSchema = z.strictObject({
  wanted: z.enum(['nothing', 'wishes', 'everything']),
  paused: z.boolean(),
  held: z.boolean(),
});
type Standing = z.infer<typeof standingSchema>;

const NOTHING: Standing = { wanted: 'nothing', paused: false, held: false };

type Listener = Pick<Library, 'analyse' | 'catalogue'>;

/** How a stretch of listening ended; null where it gave way, was paused, or has more to do. */
export interface ListeningEnd {
  readonly outcome: 'finished' | 'stopped' | 'failed';
  readonly done: number;
  readonly failed: number;
  readonly error?: unknown;
}

/**
 * Listening as something that is wanted until it is done: it can be broken off at any track and goes on from there,
 * in this process or the next. When it may run is for `Work` to say.
 */
export class Listening {
  readonly #library: Listener;
  readonly #changed: () => void;
  #standing: Standing;
  #wishes: Wish[] = [];
  #pace = new Pace();
  #tier: string | null = null;
  /** Of the runs before the one that goes on now. */
  #before = { done: 0, failed: 0 };
  #now = { done: 0, failed: 0, total: 0 };
  #abort: AbortController | undefined;
  #given: 'up' | 'way' | null = null;

  /** @param changed called when there is something new to tell */
  constructor(library: Listener, changed: () => void) {
    this.#library = library;
    this.#changed = changed;
    const { data } = standingSchema.safeParse(library.catalogue.settings.get(STANDING));
    this.#standing = data ?? NOTHING;
  }

  /** Whether there is something to do, and nothing of its own holds it back. */
  get wanted(): boolean {
    return this.#standing.wanted !== 'nothing' && !this.#standing.paused;
  }

  /** Whether something is wanted at all, paused or not. */
  get standing(): boolean {
    return this.#standing.wanted !== 'nothing';
  }

  get running(): boolean {
    return this.#abort !== undefined;
  }

  /** It was asked to give way, or to end, and finishes the tracks in hand. */
  get stopping(): boolean {
    return this.#given !== null;
  }

  state(): ListeningState {
    const { wanted, paused } = this.#standing;
    const done = this.#before.done + this.#now.done;
    const failed = this.#before.failed + this.#now.failed;
    const left = this.#now.total - this.#now.done - this.#now.failed;
    const active = this.running && !paused;
    return {
      state: wanted === 'nothing' ? 'off' : paused ? 'paused' : this.running ? 'running' : 'waiting',
      tier: this.#tier,
      done,
      failed,
      total: this.#now.total === 0 ? 0 : this.#before.done + this.#before.failed + this.#now.total,
      pace: active ? this.#pace.now : null,
      secondsLeft: active && left > 0 ? this.#pace.secondsFor(left) : null,
    };
  }

  /** Everything that is due is wanted. */
  wantAll(): void {
    if (this.#standing.wanted === 'nothing') this.#reset();
    this.#stand({ wanted: 'everything', paused: false, held: false });
  }

  /** These tracks are wanted, before all others; what was paused stays so beside them. */
  wish(wish: Wish): void {
    const { wanted, paused, held } = this.#standing;
    if (wanted === 'nothing') this.#reset();
    this.#wishes.push(wish);
    if (wanted !== 'everything') this.#stand({ wanted: 'wishes', paused: false, held });
    else if (paused) this.#stand({ wanted: 'wishes', paused: false, held: true });
    // What runs has queued already what it knows of: it begins anew, with this first.
    this.giveWay();
  }

  pause(): void {
    if (!this.standing) return;
    this.#stand({ ...this.#standing, paused: true });
    this.giveWay();
  }

  resume(): void {
    if (!this.standing) return;
    const { wanted, held } = this.#standing;
    this.#stand({ wanted: held ? 'everything' : wanted, paused: false, held: false });
  }

  /** Nothing is wanted any more. */
  cancel(): void {
    this.#wishes = [];
    this.#stand(NOTHING);
    this.#given = this.running ? 'up' : null;
    this.#abort?.abort();
    if (!this.running) this.#library.catalogue.queue.cancelAll(ANALYSE);
    this.#changed();
  }

  /** Breaks off after the tracks in hand, to go on later. */
  giveWay(): void {
    if (!this.#abort) return;
    this.#given ??= 'way';
    this.#abort.abort();
    this.#changed();
  }

  /** Listens until all is done, or it is broken off. Never throws. */
  async run(): Promise<ListeningEnd | null> {
    const abort = new AbortController();
    this.#abort = abort;
    const wishes = this.#wishes.splice(0);
    this.#changed();
    try {
      const { left } = await this.#listen(wishes, abort.signal);
      return this.#ended(abort.signal.aborted || left > 0);
    } catch (error) {
      if (this.#given === 'way') return null;
      return this.#end({ outcome: 'failed', error });
    } finally {
      this.#abort = undefined;
      this.#given = null;
      this.#before = {
        done: this.#before.done + this.#now.done,
        failed: this.#before.failed + this.#now.failed,
      };
      this.#now = { done: 0, failed: 0, total: this.#now.total - this.#now.done - this.#now.failed };
    }
  }

  #listen(wishes: readonly Wish[], signal: AbortSignal): Promise<AnalysisSummary> {
    this.#pace = new Pace();
    const options: AnalysisRequestOptions = {
      wishes,
      goOn: this.#standing.wanted === 'everything' ? 'all' : 'wished',
      signal,
      onProgress: ({ done, failed, total, tier = null }) => {
        // Nothing for the quick ones to do says nothing of the large one that comes next.
        if (total === 0) return;
        // Another pass over the same tracks, by a model of another pace.
        if (tier !== this.#tier) {
          this.#before = { done: 0, failed: 0 };
          this.#pace = new Pace();
        }
        this.#tier = tier;
        this.#now = { done, failed, total };
        this.#changed();
      },
      onResult: (_item, { windows }) => this.#pace.add(windows.reduce((sum, { length }) => sum + length, 0)),
    };
    return this.#library.analyse(options);
  }

  #ended(brokenOff: boolean): ListeningEnd | null {
    if (this.#given === 'up') {
      this.#library.catalogue.queue.cancelAll(ANALYSE);
      return this.#end({ outcome: 'stopped' });
    }
    // Given way, or wished for meanwhile: there is more to do.
    if (brokenOff || this.#wishes.length > 0) return null;
    const { held } = this.#standing;
    return this.#end(
      { outcome: 'finished' },
      held ? { ...NOTHING, wanted: 'everything', paused: true } : NOTHING,
    );
  }

  #end(how: Pick<ListeningEnd, 'outcome' | 'error'>, next: Standing = NOTHING): ListeningEnd {
    this.#stand(next);
    const { done, failed } = this.state();
    return { ...how, done, failed };
  }

  #reset(): void {
    this.#before = { done: 0, failed: 0 };
    this.#now = { done: 0, failed: 0, total: 0 };
    this.#tier = null;
  }

  #stand(standing: Standing): void {
    this.#standing = standing;
    const { settings } = this.#library.catalogue;
    settings.set(STANDING, standing.wanted === 'nothing' ? undefined : standing);
    this.#changed();
  }
}
