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
  readonly #asked = new Map<number, { ahead: boolean; abort: AbortController; done: Promise<void> }>();

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
    for (const [other, { abort }] of this.#asked)
      if (other !== id && other !== next) {
        abort.abort();
        this.#asked.delete(other);
      }
    await this.#fetch(id, false);
    if (next !== undefined) await this.#fetch(next, true);
  }

  /** The file was written to: where that kept its waveform from being made, it can be now. */
  again(id: number): void {
    if (this.#failed.has(id)) void this.#fetch(id, false);
  }

  #fetch(id: number, ahead: boolean): Promise<void> {
    const asked = this.#asked.get(id);
    if (this.#kept.has(id)) return Promise.resolve();
    if (!asked) return this.#ask(id, ahead, new AbortController());
    if (!asked.ahead || ahead) return asked.done;
    // It is made already, or is in line: the service is told that it is looked at now.
    return this.#ask(id, false, asked.abort);
  }

  #ask(id: number, ahead: boolean, abort: AbortController): Promise<void> {
    const done = this.#client.media
      .peaks({ id, ahead }, { signal: abort.signal })
      .then((answer) => {
        this.#kept = new Map([
          ...[...this.#kept].filter(([other]) => other !== id).slice(1 - KEPT),
          [id, waveformOf(answer)],
        ]);
        this.#failed = new Set([...this.#failed].filter((other) => other !== id));
      })
      .catch(() => {
        if (!abort.signal.aborted) this.#failed = new Set([...this.#failed, id]);
      })
      .finally(() => {
        if (this.#asked.get(id)?.abort === abort) this.#asked.delete(id);
      });
    this.#asked.set(id, { ahead, abort, done });
    return done;
  }
}
