import { displayGenre, genreKey } from '../../shared/music/genre.ts';

/** Genres of one track as its tags (or the user's review) name them, most important first. */
export interface NamedTrack {
  readonly trackId: number;
  readonly genres: readonly string[];
}

/**
 * The user's changes to what a genre name means: `genreKey` of a name → the label that it counts as, or null for “leave
 * tracks of that name out”.
 */
export type LabelMapping = Readonly<Record<string, string | null>>;

/** A label that is learnt. */
export interface KeptLabel {
  readonly label: string;
  /** Tracks that it is learnt from. */
  readonly count: number;
  /** The spellings found that count as it, most frequent first. */
  readonly spellings: readonly string[];
}

export interface LeftOutLabel {
  readonly label: string;
  readonly count: number;
  /** `too-few` tracks; says `no-genre`; `mapped-away` by the user. */
  readonly why: 'too-few' | 'no-genre' | 'mapped-away';
}

/** A track with its label and all labels that would be right for it, as places in `labels`. */
export interface LabelledTrack {
  readonly trackId: number;
  readonly label: number;
  readonly right: readonly number[];
}

export interface CleanLabels {
  readonly labels: readonly KeptLabel[];
  readonly tracks: readonly LabelledTrack[];
  readonly leftOut: readonly LeftOutLabel[];
}

/** Longer texts in genre fields are comments. */
const MAX_NAME = 80;

/** Names that stand in genre fields and are none, by `genreKey`. */
const NO_GENRE = new Set(
  [
    ...[
      'Other',
      'Unknown',
      'Unknown Genre',
      'None',
      'No Genre',
      'Undefined',
      'Untagged',
      'Default',
      'Genre',
      'Music',
    ],
    ...[
      'Misc',
      'Miscellaneous',
      'Various',
      'Various Genres',
      'N/A',
      'NA',
      'Null',
      'General',
      'Sonstige',
      'Autre',
    ],
    ...[
      'Game',
      'Soundclip',
      'Cover',
      'Remix',
      'Favourites',
      'Favorites',
      'Test',
      'Mixed',
      'My Music',
      'General Unclassifiable',
    ],
  ].map(genreKey),
);

/**
 * What genre tags say, made into labels that can be learnt: spellings of one genre are one label (shown as it is
 * spelt most often), the user's mapping is applied, names that are no genre and labels with fewer than `minimum`
 * tracks are left out and listed. A track with several genres is learnt as the first one that is kept.
 */
export function cleanLabels(
  tracks: readonly NamedTrack[],
  minimum: number,
  mapping: LabelMapping = {},
): CleanLabels {
  const names = new NameBook(mapping);
  const said = tracks.map(({ trackId, genres }) => ({ trackId, keys: names.read(genres) }));
  const counts = countAny(said);
  let kept = new Set([...counts].filter(([, count]) => count >= minimum).map(([key]) => key));
  // A label may lose its tracks to one that stands before it: until nothing falls below the minimum any more.
  for (;;) {
    const learnt = countFirst(said, kept);
    const enough = new Set([...kept].filter((key) => (learnt.get(key) ?? 0) >= minimum));
    if (enough.size === kept.size) break;
    kept = enough;
  }
  const learnt = countFirst(said, kept);
  const order = [...kept].sort((a, b) => learnt.get(b)! - learnt.get(a)! || (a < b ? -1 : 1));
  const place = new Map(order.map((key, at) => [key, at]));
  return {
    labels: order.map((key) => ({
      label: names.label(key),
      count: learnt.get(key)!,
      spellings: names.spellings(key),
    })),
    tracks: said.flatMap(({ trackId, keys }) => {
      const right = keys.map((key) => place.get(key)).filter((at) => at !== undefined);
      return right[0] === undefined ? [] : [{ trackId, label: right[0], right }];
    }),
    leftOut: [
      ...[...counts]
        .filter(([key]) => !kept.has(key))
        .map(([key, count]): LeftOutLabel => ({ label: names.label(key), count, why: 'too-few' })),
      ...names.dropped(),
    ].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1)),
  };
}

function countAny(said: readonly { keys: readonly string[] }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { keys } of said) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function countFirst(
  said: readonly { keys: readonly string[] }[],
  kept: ReadonlySet<string>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { keys } of said) {
    const first = keys.find((key) => kept.has(key));
    if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return counts;
}

/** Which names were met, how they were spelt and what they count as. */
class NameBook {
  readonly #mapping: LabelMapping;
  /** Key of a label → spelling → how often. */
  readonly #spellings = new Map<string, Map<string, number>>();
  /** Labels that the user named: they are shown as named. */
  readonly #named = new Map<string, string>();
  readonly #dropped = new Map<string, { label: string; count: number; why: LeftOutLabel['why'] }>();

  constructor(mapping: LabelMapping) {
    this.#mapping = mapping;
  }

  /** Keys of the labels that a track's names count as, each once. */
  read(genres: readonly string[]): string[] {
    const keys: string[] = [];
    for (const name of genres) {
      const key = genreKey(name);
      if (key === '') continue;
      const target = Object.hasOwn(this.#mapping, key) ? this.#mapping[key] : undefined;
      if (target === null) this.#drop(key, name, 'mapped-away');
      else if (name.length > MAX_NAME) this.#drop(key, name.slice(0, MAX_NAME), 'no-genre');
      else if (target === undefined && (NO_GENRE.has(key) || /^\d+$/.test(key)))
        this.#drop(key, name, 'no-genre');
      else {
        const label = genreKey(target ?? name);
        if (target !== undefined) this.#named.set(label, target);
        const spellings = this.#spellings.get(label) ?? new Map<string, number>();
        spellings.set(name.trim(), (spellings.get(name.trim()) ?? 0) + 1);
        this.#spellings.set(label, spellings);
        if (!keys.includes(label)) keys.push(label);
      }
    }
    return keys;
  }

  /** How a label is shown: as the user named it, else in its own most frequent spelling. */
  label(key: string): string {
    const named = this.#named.get(key);
    if (named !== undefined) return named;
    return this.spellings(key).find((spelling) => genreKey(spelling) === key) ?? key;
  }

  spellings(key: string): string[] {
    const usual = (spelling: string) => (displayGenre(spelling) === spelling ? 0 : 1);
    return [...(this.#spellings.get(key) ?? [])]
      .sort(([a, n], [b, m]) => m - n || usual(a) - usual(b) || (a < b ? -1 : 1))
      .map(([spelling]) => spelling);
  }

  dropped(): LeftOutLabel[] {
    return [...this.#dropped.values()];
  }

  #drop(key: string, name: string, why: LeftOutLabel['why']): void {
    const known = this.#dropped.get(key);
    if (known) known.count += 1;
    else this.#dropped.set(key, { label: name.trim(), count: 1, why });
  }
}
