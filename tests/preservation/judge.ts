import { ALLOWED_ENTRIES, ALLOWED_LABELS, type Case, placeOf } from './cases.ts';
import type { Entry, Reading } from './readers.ts';

/** Whether a difference in an entry of this name is what the case asked for. */
type Allows = (name: string) => boolean;

/** `Tag 2 Genre` → `genre`. */
const labelOf = (name: string): string => name.replace(/^Tag \d /, '').toLowerCase();

/** Whether mutagen could open the file. What it couldn't open before, it need not like after. */
const readable = (reading: Reading): boolean => !reading.mutagen.some(({ name }) => name === 'mutagen/error');

/**
 * Entries that may differ: those of the edited fields; what a file without any comments needs to have some; and,
 * where there was nothing but an ID3v1 tag, the ID3v2 frames that repeat it (else it would be hidden).
 */
function entryRule(edit: Case, before: Reading): Allows {
  const patterns = edit.edits.map(({ field }) => ALLOWED_ENTRIES[placeOf(field)]!);
  const had = (start: string): boolean => before.mutagen.some(({ name }) => name.startsWith(start));
  const noComments = !had('VC/');
  const onlyId3v1 = had('FILE/id3v1') && !had('ID3/');
  return (name) =>
    patterns.some((pattern) => pattern.test(name)) ||
    (noComments && name === 'VC/(vendor)') ||
    (onlyId3v1 && name.startsWith('ID3/'));
}

/** The same for kid3, which names tags by number: 1 is ID3v1, 2 the main one. */
function kid3Rule(edit: Case, before: Reading): Allows {
  const allows = labelRule(edit);
  const had = (tag: string): boolean => before.kid3.some(({ name }) => name.startsWith(tag));
  const onlyId3v1 = had('Tag 1') && !had('Tag 2');
  return (name) => allows(name) || (onlyId3v1 && name.startsWith('Tag 2'));
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

/** kid3's view after the edit, without what it did not see before where that is allowed. */
function seen(before: Reading, after: Reading, more: boolean): readonly Entry[] {
  const known = new Set(before.kid3.map(({ name, digest }) => `${name} = ${digest}`));
  return more ? after.kid3.filter(({ name, digest }) => known.has(`${name} = ${digest}`)) : after.kid3;
}

/**
 * Compares what independent readers say before and after an edit.
 * @param kid3SeesMore whether entries that are new to kid3 are not held against the edit
 * @returns everything that is wrong; empty when the edit was clean
 */
export function judge(edit: Case, before: Reading, after: Reading, kid3SeesMore = false): string[] {
  const problems = [
    readable(before)
      ? firstDifference('mutagen', before.mutagen, after.mutagen, entryRule(edit, before), false)
      : undefined,
    firstDifference('kid3', before.kid3, seen(before, after, kid3SeesMore), kid3Rule(edit, before), true),
    firstDifference('ffprobe', before.ffprobe, after.ffprobe, labelRule(edit), true),
    before.audio === after.audio ? undefined : `audio: “${before.audio}” became “${after.audio}”`,
    after.complaints > before.complaints ? 'audio: the decoder has more complaints than before' : undefined,
    before.info === after.info || !readable(before)
      ? undefined
      : `mutagen: “${before.info}” became “${after.info}”`,
    commentsChanged(before.mutagen, after.mutagen) > 1 ? 'mutagen: several comments changed' : undefined,
    ...edit.edits.map(({ field, values }) => missingValue(field, values, after)),
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** Whether mutagen reads genre and key as they were written, where it reads the file at all. */
function missingValue(field: string, values: readonly string[], after: Reading): string | undefined {
  if ((field !== 'genre' && field !== 'key') || !readable(after)) return undefined;
  const found = after.values[field] ?? [];
  return found.join('|') === values.join('|')
    ? undefined
    : `mutagen: ${field} reads “${found.join('|')}” and not “${values.join('|')}”`;
}
