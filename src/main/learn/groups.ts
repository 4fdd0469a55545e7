import { parentFolder } from './names.ts';

/** What is known of an example for grouping. */
export interface GroupedTrack {
  readonly label: number;
  readonly path: string;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
}

/** What was kept together for a label's tracks: everything of an artist, of an album, or of one song only. */
export type GroupLevel = 'artist' | 'album' | 'song';

export interface Groups {
  /** Group of each track: tracks of one group must not be on both sides of a test. */
  readonly groupOf: readonly string[];
  /** The level of each label. */
  readonly levels: readonly GroupLevel[];
  readonly count: number;
}

/** Fewer independent sources than that can't be dealt into folds that all know the label. */
const MIN_SOURCES = 3;

/** Artists that are none. */
const ANYONE = new Set(['variousartists', 'various', 'va', 'unknown', 'unknownartist', 'diverse', 'artist']);

const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Deals tracks into groups. Tracks of one album or artist share a studio, a master and often the very tag; a probe
 * tested on an artist that it has learnt from looks better than it is. So artists (and with them albums) stay
 * together where a label has three of them or more, albums where it has not, and one song's copies always.
 *
 * @param copies pairs of tracks (by place) that are one recording in two encodings
 */
export function groupTracks(
  tracks: readonly GroupedTrack[],
  labels: number,
  copies: Iterable<readonly [number, number]> = [],
): Groups {
  const pure = pureFolders(tracks);
  const levels = Array.from({ length: labels }, (_, label) =>
    levelOf(
      tracks.filter((track) => track.label === label),
      pure,
    ),
  );
  const sets = new DisjointSets(tracks.length);
  const first = new Map<string, number>();
  tracks.forEach((track, at) => {
    for (const key of keysOf(track, levels[track.label]!, pure)) {
      const known = first.get(key);
      if (known === undefined) first.set(key, at);
      else sets.join(known, at);
    }
  });
  for (const [a, b] of copies) sets.join(a, b);
  const groupOf = tracks.map((_, at) => String(sets.find(at)));
  return { groupOf, levels, count: new Set(groupOf).size };
}

/** The strictest level at which a label has enough sources. */
function levelOf(tracks: readonly GroupedTrack[], pure: ReadonlySet<string>): GroupLevel {
  for (const level of ['artist', 'album'] as const) {
    const sets = new DisjointSets(tracks.length);
    const first = new Map<string, number>();
    tracks.forEach((track, at) => {
      for (const key of keysOf(track, level, pure)) {
        const known = first.get(key);
        if (known === undefined) first.set(key, at);
        else sets.join(known, at);
      }
    });
    if (new Set(tracks.map((_, at) => sets.find(at))).size >= MIN_SOURCES) return level;
  }
  return 'song';
}

/** Folders all of whose tracks have one label: for tracks without artist and album, that is their album. */
function pureFolders(tracks: readonly GroupedTrack[]): Set<string> {
  const labels = new Map<string, number>();
  const mixed = new Set<string>();
  for (const { path, label } of tracks) {
    const folder = parentFolder(path);
    const known = labels.get(folder);
    if (known === undefined) labels.set(folder, label);
    else if (known !== label) mixed.add(folder);
  }
  return new Set([...labels.keys()].filter((folder) => !mixed.has(folder)));
}

function keysOf(
  { path, title, artist, album }: GroupedTrack,
  level: GroupLevel,
  pure: ReadonlySet<string>,
): string[] {
  const who = fold(artist ?? '');
  const known = who !== '' && !ANYONE.has(who);
  const what = fold(title ?? '');
  const keys: string[] = [];
  if (known && what !== '') keys.push(`song ${who} ${what}`);
  if (level === 'song') return keys;
  const record = fold(album ?? '');
  // An album of many artists is one folder; one in two folders (discs) has one artist.
  if (record !== '') keys.push(`album ${record} in ${parentFolder(path)}`);
  if (record === '' && !known && pure.has(parentFolder(path))) keys.push(`folder ${parentFolder(path)}`);
  if (record !== '' && known) keys.push(`album ${record} by ${who}`);
  if (level === 'artist' && known) keys.push(`artist ${who}`);
  return keys;
}

/** Union-find with path halving. */
class DisjointSets {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, at) => at);
  }

  find(at: number): number {
    let root = at;
    while (this.#parent[root] !== root) {
      this.#parent[root] = this.#parent[this.#parent[root]!]!;
      root = this.#parent[root]!;
    }
    return root;
  }

  /** The smaller root stays, so that names of groups do not depend on the order of joins. */
  join(a: number, b: number): void {
    const [low, high] = [this.find(a), this.find(b)].sort((x, y) => x - y) as [number, number];
    this.#parent[high] = low;
  }
}
