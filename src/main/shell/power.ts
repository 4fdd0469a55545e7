import type { PowerMonitor, PowerSaveBlocker } from 'electron';
import type { Log } from '../log/log.ts';
import type { Work } from '../service/work.ts';

/** Keeps the computer awake while something runs; the screen may go dark. */
export class KeepAwake {
  readonly #blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>;
  readonly #wanted: () => boolean;
  #id: number | undefined;

  /** @param wanted whether the user wants it, asked each time */
  constructor(blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>, wanted: () => boolean) {
    this.#blocker = blocker;
    this.#wanted = wanted;
  }

  /** Follows what runs, and what is wanted. */
  follow(running: boolean): void {
    const wanted = running && this.#wanted();
    if (wanted && this.#id === undefined) this.#id = this.#blocker.start('prevent-app-suspension');
    else if (!wanted && this.#id !== undefined) {
      this.#blocker.stop(this.#id);
      this.#id = undefined;
    }
  }
}

type Sleeper = Pick<Work, 'state' | 'stop' | 'scan' | 'pause' | 'resume'>;

/**
 * Rests while the computer sleeps: a drive may be gone when it wakes, and a worker that was frozen in the midst of a
 * file looks like one that hangs. Listening is paused after the file in hand, a scan is stopped and begun again, for
 * what it has seen is known. Writing tags is left as it is: each file is finished or taken back, asleep or not.
 */
export class SleepGuard {
  readonly #current: () => Sleeper | undefined;
  readonly #log: Log;
  #resting: { readonly work: Sleeper; readonly listening: boolean; readonly scan: boolean } | undefined;

  constructor(current: () => Sleeper | undefined, log: Log) {
    this.#current = current;
    this.#log = log;
  }

  listen(powerMonitor: Pick<PowerMonitor, 'on'>): void {
    powerMonitor.on('suspend', () => this.suspend());
    powerMonitor.on('resume', () => this.resume());
  }

  suspend(): void {
    const work = this.#current();
    if (!work || this.#resting) return;
    const { running, listening } = work.state;
    const scan = running?.kind === 'scan' && !running.stopping;
    const listens = listening.state === 'running' || listening.state === 'waiting';
    if (!scan && !listens) return;
    this.#log.info('power', 'the computer goes to sleep: work rests');
    this.#resting = { work, scan, listening: listens };
    if (listens) work.pause();
    if (scan) work.stop();
  }

  /** Goes on with what rested, unless the user has decided otherwise since. */
  resume(): void {
    const resting = this.#resting;
    this.#resting = undefined;
    if (!resting || this.#current() !== resting.work) return;
    const { work, scan, listening } = resting;
    try {
      if (scan) work.scan();
      if (listening && work.state.listening.state === 'paused') work.resume();
      this.#log.info('power', 'the computer is awake: work goes on');
    } catch (error) {
      this.#log.warn('power', 'work did not go on', error);
    }
  }
}
