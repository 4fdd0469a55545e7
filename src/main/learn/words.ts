import type { LearnInterval, LearnReport } from '../../shared/learn.ts';

export interface WordsExtra {
  /** Why there is too little, with `refused`. */
  readonly refusal?: string;
  /** Large models that have heard too few of the tracks to be compared. */
  readonly sparse?: readonly { readonly id: string; readonly tracks: number }[];
}

type Told = Omit<LearnReport, 'words' | 'suspicious'>;

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const range = ({ low, high }: LearnInterval): string => `${Math.round(100 * low)} to ${percent(high)}`;
const list = (names: readonly string[], one: string, several: string): string =>
  `${names.join(', ')} ${names.length === 1 ? one : several}`;
const count = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

/** The whole of a report in plain words. */
export function wordsFor(report: Told, extra: WordsExtra = {}): string[] {
  const { tracks, end } = report;
  const words: string[] = [];
  if (end === 'refused')
    words.push(`${extra.refusal ?? 'There is too little to learn from.'} Nothing was changed.`);
  else if (end === 'looked') words.push(`${count(report.labels.length, 'label')} could be learnt.`);
  else {
    words.push(learntFrom(report), result(report), verdict(report));
    words.push(...worse(report), together(report));
  }
  if (tracks.ours > 0)
    words.push(
      `${count(tracks.ours, 'tag')} that Cratewise wrote from its own predictions taught it nothing.`,
    );
  if (tracks.unheard > 0 && tracks.used > 0)
    words.push(`${count(tracks.unheard, 'tagged track')} could not be used: not listened to yet, or silent.`);
  for (const { id, tracks: heard } of extra.sparse ?? [])
    words.push(
      `${id} was not compared: it has heard ${count(heard, 'of the tracks').replace(/s$/, '')} only.`,
    );
  return words;
}

function learntFrom({ task, source, labels, tracks, representations }: Told): string {
  const what = task === 'genre' ? count(labels.length, 'genre') : 'to weigh key nets';
  const from =
    source === 'tags'
      ? `the tags of ${count(tracks.used, 'track')}${tracks.reviewed > 0 ? ` (${tracks.reviewed} reviewed by you)` : ''}`
      : `confident predictions of ${count(tracks.used, 'untagged track')}`;
  return `Learnt ${what} from ${from}, by ${representations.join(' + ')}.`;
}

function result({ task, source, own, shipped, majority }: Told): string {
  if (!own) return '';
  if (source === 'predictions') {
    return `On tracks that it had not seen it agreed with its teacher about ${percent(own.value)} (${range(own)}) of them.`;
  }
  if (task === 'key') {
    const theirs = shipped ? `, that of ${shipped.predictor} ${shipped.accuracy.value.toFixed(2)}` : '';
    return `Its MIREX score on tracks that it had not seen was ${own.value.toFixed(2)} (${own.low.toFixed(2)} to ${own.high.toFixed(2)})${theirs}.`;
  }
  const rival = shipped
    ? `${shipped.predictor}, its genres read as yours as well as they can be, about ${percent(shipped.accuracy.value)}`
    : `always the commonest answer, about ${percent(majority ?? 0)}`;
  return `On tracks that it had not seen it was right about ${percent(own.value)} (${range(own)}) of them; ${rival}.`;
}

function verdict({ source, end, difference }: Told): string {
  const points = difference
    ? `${Math.round(100 * difference.value)} points (95 % interval ${Math.round(100 * difference.low)} to ${Math.round(100 * difference.high)})`
    : '';
  if (source === 'predictions') {
    if (end === 'not-better') return 'It has not learnt what it was taught: nothing was changed.';
    return 'It is in use, marked as taught by predictions: whether it is better than they are can’t be told without tags of your own.';
  }
  if (end === 'not-better') return `That is not surely better: ${points}. Nothing was changed.`;
  const state = end === 'unchanged' ? 'It is what is in use already.' : 'It is in use now.';
  return `The difference, ${points}, is more than chance. ${state}`;
}

/** A gain on the whole may cost some label dearly: that is said, not hidden in a table. */
function worse({ labels, source }: Told): string[] {
  if (source === 'predictions') return [];
  const lost = labels.filter(
    ({ right, shippedRight }) => right !== null && shippedRight !== null && right < shippedRight - 0.1,
  );
  if (lost.length === 0) return [];
  const each = lost.map(
    ({ label, right, shippedRight }) => `${label} (${percent(right!)}, before ${percent(shippedRight!)})`,
  );
  return [`It knows less well: ${each.join(', ')}.`];
}

function together({ loose, groups }: Told): string {
  const base = `Tracks of one artist or album were never on both sides of the test (${count(groups, 'group')})`;
  if (loose.length === 0) return `${base}.`;
  const songs = loose.filter((each) => each.together === 'song').map(({ label }) => label);
  const albums = loose.filter((each) => each.together === 'album').map(({ label }) => label);
  const parts = [
    ...(albums.length > 0
      ? [`${list(albums, 'has', 'have')} too few artists, so only albums were kept together`]
      : []),
    ...(songs.length > 0
      ? [`${list(songs, 'comes', 'come')} from too few albums, so only copies were kept together`]
      : []),
  ];
  return `${base}, but ${parts.join('; ')}: there the figures may be too good.`;
}
