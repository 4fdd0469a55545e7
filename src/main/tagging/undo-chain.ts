import type { JournalEntry } from './journal.ts';
import { isReverse } from './write/reverse.ts';

/*
 * An undo is journaled as a write of its own, whose splices are those of the undone one turned round. So undoing,
 * and undoing that again, needs nothing in the journal but what every write has.
 */

/** The write that `entry` undid: the newest older one with its splices turned round. */
function reversedBy(
  entry: JournalEntry,
  entries: readonly JournalEntry[],
  state: 'done' | 'undone',
): JournalEntry | undefined {
  return entries
    .filter((older) => older.id < entry.id && older.state === state && isReverse(entry, older))
    .toSorted((a, b) => b.id - a.id)[0];
}

/** The write that is undone now that `entry` is found written. */
export function undoneBy(entry: JournalEntry, entries: readonly JournalEntry[]): JournalEntry | undefined {
  return reversedBy(entry, entries, 'done');
}

/** How often `entry` turns round something: 0 a write, 1 its undo, 2 the undo of that, … */
function depth(entry: JournalEntry, entries: readonly JournalEntry[]): number {
  const reversed = reversedBy(entry, entries, 'undone');
  return reversed ? 1 + depth(reversed, entries) : 0;
}

/** The newest write that stands, undos left out. */
export function lastWrite(entries: readonly JournalEntry[]): JournalEntry | undefined {
  return entries
    .toSorted((a, b) => b.id - a.id)
    .find((entry) => entry.state === 'done' && depth(entry, entries) % 2 === 0);
}
