import type { Client } from './connect.ts';

/** Something else was loaded, or nothing, before this could play. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** The browser plays neither the file nor what the service made of it. */
export class UnplayableError extends Error {
  override readonly name = 'UnplayableError';
}

/** One `<audio>` element and the file that is in it. */
export class Deck {
  readonly audio = new Audio();
  readonly #client: Pick<Client, 'media'>;
  /** Null where it is empty. */
  id: number | null = null;
  /** How often the file had been written to when it was loaded. */
  writes = 0;
  /** It can play. */
  ready = false;
  /** Ends when something else is loaded, or nothing. */
  #current = new AbortController();
  #loading: Promise<void> | null = null;

  constructor(client: Pick<Client, 'media'>) {
    this.#client = client;
    this.audio.preload = 'auto';
  }

  /**
   * Loads a file and resolves when it can play from `at`.
   * @throws SupersededError, UnplayableError, or the service's refusal
   */
  load(id: number, at: number): Promise<void> {
    if (this.id === id && this.#loading) {
      this.audio.currentTime = at;
      return this.#loading;
    }
    this.clear();
    this.id = id;
    this.#loading = this.#load(id, at, this.#current.signal);
    return this.#loading;
  }

  /** Lets go of the file. */
  clear(): void {
    this.#current.abort();
    this.#current = new AbortController();
    this.#loading = null;
    this.id = null;
    this.ready = false;
    this.audio.pause();
    if (!this.audio.hasAttribute('src')) return;
    // Only this makes the browser close its connection.
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  async #load(id: number, at: number, signal: AbortSignal): Promise<void> {
    // First as it is; and where the browser can't play that, decoded for it.
    for (const decoded of [false, true]) {
      const opened = await this.#client.media.open(decoded ? { id, decoded } : { id });
      if (signal.aborted) throw new SupersededError();
      this.writes = opened.writes;
      this.audio.src = opened.url;
      // Before anything is known of the file, this is where it is to begin.
      this.audio.currentTime = at;
      const played = await canPlay(this.audio, signal);
      if (signal.aborted) throw new SupersededError();
      this.ready = played;
      if (played) return;
      if (opened.decoded) break;
    }
    throw new UnplayableError();
  }
}

/** Whether it can play, once that is known, or nobody wants to know any more. */
function canPlay(audio: HTMLAudioElement, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const ending = new AbortController();
    const settle = (played: boolean) => {
      ending.abort();
      resolve(played);
    };
    const once = { signal: ending.signal };
    audio.addEventListener('canplay', () => settle(true), once);
    audio.addEventListener('error', () => settle(false), once);
    signal.addEventListener('abort', () => settle(false), once);
  });
}
