import type { TrackDetails } from '../../shared/contract/index.ts';
import type { Client } from '../lib/connect.ts';

/** The row that the keyboard is on, and what is known of its track. */
export class Selection {
  readonly #client: Client;
  /** Row number; -1 where there is none. */
  index = $state(-1);
  /** The row at `index` was not there yet when it was chosen. */
  awaited = $state(false);
  /** The file's id; null where none is chosen. */
  id: number | null = $state(null);
  details: TrackDetails | null = $state.raw(null);
  /** The answer has come: a null in `details` means that the file left the library. */
  loaded = $state(false);

  constructor(client: Client) {
    this.#client = client;
  }

  choose(index: number, id: number | undefined): void {
    this.index = index;
    this.awaited = id === undefined;
    if (id === undefined || id === this.id) return;
    this.id = id;
    this.loaded = false;
    void this.refresh();
  }

  /** The rows have changed: the track stays chosen, its place is not known any more. */
  forgetPlace(): void {
    this.index = -1;
    this.awaited = false;
  }

  close(): void {
    this.id = null;
    this.details = null;
    this.loaded = false;
  }

  /** Fetches the details (again). */
  async refresh(): Promise<void> {
    const { id } = this;
    if (id === null) return;
    const details = await this.#client.tracks.details({ id });
    // Another may have been chosen meanwhile.
    if (id !== this.id) return;
    this.details = details;
    this.loaded = true;
  }
}
