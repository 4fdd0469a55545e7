import { ALLOWED_ENTRIES, ALLOWED_LABELS, type Case, placeOf } from './cases.ts';
import type { Entry, Reading } from './readers.ts';

/** Whether a difference in an entry of this name is what the case asked for. */
type Allows = (name: string) => boolean;

/** `Tag 2 Genre` → `genre`. */
const labelOf = (name: string): string => name.replace(/^Tag \d /, '').toLowerCase();

function entryRule(edit: Case): Allows {
  const patterns = edit.edits.map(({ field }) => ALLOWED_ENTRIES[placeOf(field)]!);
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function labelRule(edit: Case): Allows {
  const patterns = edit.edits.map(({ field }) => ALLOWED_LABELS[placeOf(field)]!);
  return (name) => patterns.some((pattern) => pattern.test(labelOf(name)));
}

/** The first entry that is lost, new or changed although nobody asked for it. `sorted` where readers sort. */
function firstDifference(
  reader: string,
  before: readonly Entry[],
  after: readonly Entry[],
  allows: Allows,
  sorted: boolean,
): string | undefined {
  const lines = (entries: readonly Entry[]): string[] => {
    const rest = entries.filter(({ name }) => !allows(name)).map(({ name, digest }) => `${name} = ${digest}`);
    return sorted ? rest.sort() : rest;
  };
  const [old, fresh] = [lines(before), lines(after)];
  const at = old.findIndex((line, index) => line !== fresh[index]);
  if (at < 0 && old.length === fresh.length) return undefined;
  const index = at < 0 ? old.length : at;
  return `${reader}: “${(old[index] ?? 'nothing').slice(0, 90)}” became “${(fresh[index] ?? 'nothing').slice(0, 90)}”`;
}

/** Comments in several languages are several comments: only one may change. */
function commentsChanged(before: readonly Entry[], after: readonly Entry[]): number {
  const comments = (entries: readonly Entry[]) =>
    new Map(
      entries.filter(({ name }) => /^ID3\/COMM?::/.test(name)).map(({ name, digest }) => [name, digest]),
    );
  const [old, fresh] = [comments(before), comments(after)];
  const names = new Set([...old.keys(), ...fresh.keys()]);
  return [...names].filter((name) => old.get(name) !== fresh.get(name)).length;
}

/**
 * Compares what independent readers say before and after an edit.
 * @returns everything that is wrong; empty when the edit was clean
 */
export function judge(edit: Case, before: Reading, after: Reading): string[] {
  const problems = [
    firstDifference('mutagen', before.mutagen, after.mutagen, entryRule(edit), false),
    firstDifference('kid3', before.kid3, after.kid3, labelRule(edit), true),
    firstDifference('ffprobe', before.ffprobe, after.ffprobe, labelRule(edit), true),
    before.audio === after.audio ? undefined : `audio: “${before.audio}” became “${after.audio}”`,
    before.info === after.info ? undefined : `mutagen: “${before.info}” became “${after.info}”`,
    commentsChanged(before.mutagen, after.mutagen) > 1 ? 'mutagen: several comments changed' : undefined,
    ...edit.edits.map(({ field, values }) => missingValue(field, values, after)),
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** Whether mutagen reads genre and key as they were written, where it reads the file at all. */
function missingValue(field: string, values: readonly string[], after: Reading): string | undefined {
  if ((field !== 'genre' && field !== 'key') || after.mutagen.some(({ name }) => name === 'mutagen/error'))
    return undefined;
  const found = after.values[field] ?? [];
  return found.join('|') === values.join('|')
    ? undefined
    : `mutagen: ${field} reads “${found.join('|')}” and not “${values.join('|')}”`;
}
