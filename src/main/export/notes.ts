import type { ExportNote, ExportNoteCode } from '../../shared/export.ts';
import { displayPath } from '../../shared/path.ts';

/** Named in full; of the rest only their number is told. */
const EXAMPLES = 5;

/** What there is to say about a file that was written; bounded, however long the file. */
export class Notes {
  readonly #notes = new Map<ExportNoteCode, { count: number; examples: string[] }>();

  add(code: ExportNoteCode, example: string): void {
    const note = this.#notes.get(code) ?? { count: 0, examples: [] };
    note.count++;
    if (note.examples.length < EXAMPLES) note.examples.push(displayPath(example).slice(0, 300));
    this.#notes.set(code, note);
  }

  all(): ExportNote[] {
    return [...this.#notes].map(([code, note]) => ({ code, ...note, examples: [...note.examples] }));
  }
}
