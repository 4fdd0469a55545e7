import type { WorkState } from '../../shared/contract/index.ts';
import type { AppNotification, ElectronApi } from './api.ts';
import type { ShellStrings } from './strings/index.ts';

/** Work that took less has been waited for. */
const LONG_MS = 20_000;

export interface NotifierParts {
  readonly Notification: ElectronApi['Notification'];
  /** Whether the user looks at the app. */
  readonly looking: () => boolean;
  /** Whether the user wants to be told. */
  readonly wanted: () => boolean;
  readonly strings: () => ShellStrings;
  /** The user has answered: show the app. */
  readonly onClick: () => void;
  readonly now?: () => number;
}

/** Tells by the system when long work has ended and nobody looks. */
export class Notifier {
  readonly #parts: NotifierParts;
  // One that is let go of is collected, and its click with it.
  #shown: AppNotification | undefined;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** @param before what was the case before `state` */
  follow(state: WorkState, before: WorkState | undefined): void {
    const { last } = state;
    const { Notification, looking, wanted, strings, onClick, now = Date.now } = this.#parts;
    // What the user stopped they know of.
    if (!before || !last || last === before.last || last.outcome === 'stopped') return;
    const began = before.running?.kind === last.kind ? before.running.startedAt : Number.POSITIVE_INFINITY;
    if (now() - began < LONG_MS || looking() || !wanted() || !Notification.isSupported()) return;
    const t = strings().notification;
    const broke = last.outcome === 'failed';
    const failed = last.failed > 0 ? [t.failed(last.failed)] : [];
    const notification = new Notification({
      title: broke ? t.broke : t.finished[last.kind],
      body: broke ? (last.problem?.message ?? '') : [t.done(last.done), ...failed].join(' '),
    });
    notification.on('click', onClick);
    this.#shown?.close();
    this.#shown = notification;
    notification.show();
  }
}
