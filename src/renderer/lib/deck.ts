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
  #turn = 0;
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
    this.#loading = this.#load(id, at, this.#turn);
    return this.#loading;
  }

  /** Lets go of the file. */
  clear(): void {
    this.#turn++;
    this.#loading = null;
    this.id = null;
    this.ready = false;
    this.audio.pause();
    if (!this.audio.hasAttribute('src')) return;
    // Only this makes the browser close its connection.
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  async #load(id: number, at: number, turn: number): Promise<void> {
    // First as it is; and where the browser can't play that, decoded for it.
    for (const decoded of [false, true]) {
      const opened = await this.#client.media.open(decoded ? { id, decoded } : { id });
      if (turn !== this.#turn) throw new SupersededError();
      this.writes = opened.writes;
      this.audio.src = opened.url;
      // Before anything is known of the file, this is where it is to begin.
      this.audio.currentTime = at;
      const played = await canPlay(this.audio);
      if (turn !== this.#turn) throw new SupersededError();
      this.ready = played;
      if (played) return;
      if (opened.decoded) break;
    }
    throw new UnplayableError();
  }
}

/** Whether it can play, once that is known. Loading something else also ends the wait. */
function canPlay(audio: HTMLAudioElement): Promise<boolean> {
  return new Promise((resolve) => {
    const ends = ['canplay', 'error', 'emptied'] as const;
    const settle = (event: Event) => {
      for (const name of ends) audio.removeEventListener(name, settle);
      resolve(event.type === 'canplay');
    };
    for (const name of ends) audio.addEventListener(name, settle);
  });
}
