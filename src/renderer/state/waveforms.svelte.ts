import type { Client } from '../lib/connect.ts';
import { type Waveform, waveformOf } from '../lib/waveform.ts';

/** Waveforms that are kept: what is stepped to and fro between. */
const KEPT = 12;

/** Waveforms of what is played and of what comes next, fetched when they are wanted. */
export class Waveforms {
  readonly #client: Pick<Client, 'media'>;
  #kept: ReadonlyMap<number, Waveform> = $state.raw(new Map());
  /** Files whose waveform can't be had. */
  #failed: ReadonlySet<number> = $state.raw(new Set());
  readonly #asked = new Map<number, AbortController>();

  constructor(client: Pick<Client, 'media'>) {
    this.#client = client;
  }

  /** That of a file, once it is there. */
  of(id: number | null): Waveform | undefined {
    return id === null ? undefined : this.#kept.get(id);
  }

  failed(id: number | null): boolean {
    return id !== null && this.#failed.has(id);
  }

  /** Wants the waveform of one file now, and of another one soon; of no others any more. */
  async want(id: number, next?: number): Promise<void> {
    for (const [other, abort] of this.#asked) if (other !== id && other !== next) abort.abort();
    await this.#fetch(id, false);
    if (next !== undefined) await this.#fetch(next, true);
  }

  /** The file was written to: where that kept its waveform from being made, it can be now. */
  again(id: number): void {
    if (!this.#kept.has(id)) void this.#fetch(id, false);
  }

  async #fetch(id: number, ahead: boolean): Promise<void> {
    if (this.#kept.has(id) || this.#asked.has(id)) return;
    const abort = new AbortController();
    this.#asked.set(id, abort);
    try {
      const waveform = waveformOf(await this.#client.media.peaks({ id, ahead }, { signal: abort.signal }));
      this.#kept = new Map([...[...this.#kept].slice(1 - KEPT), [id, waveform]]);
      this.#failed = new Set([...this.#failed].filter((other) => other !== id));
    } catch {
      if (!abort.signal.aborted) this.#failed = new Set([...this.#failed, id]);
    } finally {
      this.#asked.delete(id);
    }
  }
}
