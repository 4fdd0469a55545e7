import { createHash, randomBytes } from 'node:crypto';

/** A ticket that is not used for so long is void: a paused player asks for a new one. */
const IDLE_MS = 10 * 60_000;
/** However much it is used. */
const LIFE_MS = 12 * 3_600_000;
/** More than any number of windows has open; the oldest go first. */
const MAX_TICKETS = 256;

/** What a ticket lets its holder hear. */
export interface Ticket {
  readonly fileId: number;
  /** As the page can play it, not as it is. */
  readonly decoded: boolean;
}

/** A ticket in use. */
export interface UsedTicket extends Ticket {
  /** The file as it was when it was first heard; set by whoever answers. */
  tag?: string;
  /** It was in use until now. */
  touch(): void;
}

interface Kept extends UsedTicket {
  readonly madeAt: number;
  usedAt: number;
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/**
 * Tickets to listen: an `<audio>` element can send no header, and the token that opens the library must never stand
 * in an address. So each file is heard under an address of its own that can't be guessed, that opens nothing else,
 * and that is soon void.
 */
export class Tickets {
  /** By digest, so that the time a look-up takes tells nothing of the secret. In order of issue. */
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  /** @param now milliseconds; tests set it */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  issue(ticket: Ticket): string {
    this.#drop();
    const secret = randomBytes(32).toString('base64url');
    const now = this.#now();
    const kept: Kept = {
      ...ticket,
      madeAt: now,
      usedAt: now,
      touch: () => {
        kept.usedAt = this.#now();
      },
    };
    this.#kept.set(digest(secret), kept);
    return secret;
  }

  /** What a secret is good for; undefined where it is none, or void. */
  use(secret: string): UsedTicket | undefined {
    const kept = this.#kept.get(digest(secret));
    if (!kept || this.#isVoid(kept, this.#now())) return undefined;
    kept.touch();
    return kept;
  }

  #isVoid({ madeAt, usedAt }: Kept, now: number): boolean {
    return now - usedAt > IDLE_MS || now - madeAt > LIFE_MS;
  }

  #drop(): void {
    const now = this.#now();
    for (const [key, kept] of this.#kept)
      if (this.#isVoid(kept, now) || this.#kept.size >= MAX_TICKETS) this.#kept.delete(key);
  }
}
