import type { EditStatus, EditStep, SelectionRequest } from '../../shared/contract/index.ts';
import { valuesOf } from '../../shared/field-text.ts';
import type { FieldName } from '../../shared/tags.ts';
import type { Client } from '../lib/connect.ts';
import { t } from '../strings/index.ts';

const NOTHING: EditStatus = { files: 0, fields: 0, failed: 0, undo: null, redo: null, revision: 0 };

type Answer = { readonly step: EditStep | null; readonly status: EditStatus };

/** Editing from this window: what waits to be written, and undo and redo. */
export class Edits {
  readonly #client: Client;
  readonly #attempt: (action: () => Promise<unknown>) => Promise<boolean>;
  /** Shows rows and details as they are after an edit of ours. */
  readonly #changed: () => Promise<void>;
  status: EditStatus = $state.raw(NOTHING);
  /** What was done last, for the status line. */
  said = $state('');
  /** Edits under way: large ones take a moment. */
  busy = $state(0);
  /** A write is to be undone: the dialog that shows it takes over. */
  writeToUndo: EditStep | null = $state.raw(null);

  constructor(
    client: Client,
    attempt: (action: () => Promise<unknown>) => Promise<boolean>,
    changed: () => Promise<void>,
  ) {
    this.#client = client;
    this.#attempt = attempt;
    this.#changed = changed;
  }

  async refresh(): Promise<void> {
    this.status = await this.#client.edits.status();
  }

  /** Gives a field what was typed; nothing clears it. */
  setText(selection: SelectionRequest, field: FieldName, text: string): Promise<boolean> {
    return this.set(selection, field, valuesOf(field, text));
  }

  set(selection: SelectionRequest, field: FieldName, values: readonly string[]): Promise<boolean> {
    return this.do(() => this.#client.edits.set({ selection, field, values: [...values] }));
  }

  fill(selection: SelectionRequest, field: FieldName, from: number): Promise<boolean> {
    return this.do(() => this.#client.edits.fill({ selection, field, from }));
  }

  revert(selection?: SelectionRequest, fields?: readonly FieldName[]): Promise<boolean> {
    return this.do(() =>
      this.#client.edits.revert({
        ...(selection ? { selection } : {}),
        ...(fields ? { fields: [...fields] } : {}),
      }),
    );
  }

  async undo(): Promise<void> {
    const next = this.status.undo;
    if (!next) this.said = t.edits.nothingToUndo;
    // Files are not changed without being asked about.
    else if (next.kind === 'write') this.writeToUndo = next;
    else await this.do(() => this.#client.edits.undo(), t.edits.undone);
  }

  async redo(): Promise<void> {
    if (!this.status.redo) this.said = t.edits.nothingToRedo;
    else await this.do(() => this.#client.edits.redo(), t.edits.redone);
  }

  /** Does something that edits, and shows what came of it. */
  async do(action: () => Promise<Answer>, say = t.edits.done): Promise<boolean> {
    this.busy++;
    try {
      return await this.#attempt(async () => {
        const { step, status } = await action();
        this.status = status;
        this.said = step ? say(t.edits.step(step.kind, step.field, step.files)) : t.edits.nothingChanged;
        await this.#changed();
      });
    } finally {
      this.busy--;
    }
  }
}
