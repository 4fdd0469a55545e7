/** Tracks that the pace is taken from: the newest ones. */
const REMEMBERED = 200;
/** And none older than this, in milliseconds, once there are enough younger ones. */
const RECENT_MS = 60_000;
/** So many are looked at however old: a large model may take minutes for each. */
const AT_LEAST = 5;
/** Before this much is known, no time left is told: it would be a guess. */
const ENOUGH_MS = 2000;

/** How fast tracks are listened to. */
export interface PaceNow {
  readonly tracksPerMinute: number;
  /** Seconds of sound that were listened to, per second. */
  readonly timesRealTime: number;
}

/** Tells how fast listening goes, from the tracks that were done last. */
export class Pace {
  readonly #now: () => number;
  readonly #done: { readonly at: number; readonly heardSeconds: number }[] = [];
  #from: number;

  /** @param now milliseconds; default the process's clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#from = now();
  }

  /** One more is done; `heardSeconds` of it were listened to. */
  add(heardSeconds: number): void {
    const at = this.#now();
    this.#done.push({ at, heardSeconds });
    while (
      this.#done.length > REMEMBERED ||
      (this.#done.length > AT_LEAST && at - this.#done[0]!.at > RECENT_MS)
    ) {
      this.#from = this.#done.shift()!.at;
    }
  }

  /** Null before enough is known. */
  get now(): PaceNow | null {
    const last = this.#done.at(-1);
    if (!last) return null;
    // Up to now where nothing has come for long: a pace that stands still is none.
    const typical = (last.at - this.#from) / this.#done.length;
    const until = Math.max(last.at, this.#now() - 2 * typical);
    const ms = until - this.#from;
    if (ms < ENOUGH_MS) return null;
    const heard = this.#done.reduce((sum, { heardSeconds }) => sum + heardSeconds, 0);
    return {
      tracksPerMinute: (60_000 * this.#done.length) / ms,
      timesRealTime: (1000 * heard) / ms,
    };
  }

  /** Seconds that so many tracks will take; null before enough is known. */
  secondsFor(tracks: number): number | null {
    const { now } = this;
    return now ? (60 * tracks) / now.tracksPerMinute : null;
  }
}
