import { camelotNumber, keyFromIndex } from '../../../shared/music/key.ts';
import { keyHue } from '../../lib/format.ts';
import type { MapData } from '../../state/map-data.ts';
import { fromOklch, type Rgb } from './colour.ts';

/** What points are coloured by. */
export const COLOURINGS = ['genre', 'key', 'genreConfidence', 'keyConfidence'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** Points that look alike and go by one name. */
export interface Group {
  /** `genre:Techno`, `key:5`, `sure:2`, `other`, `none`. */
  readonly id: string;
  /** Of a genre; empty where the name is for the catalogue of strings to say. */
  readonly name: string;
  readonly count: number;
  readonly light: Rgb;
  readonly dark: Rgb;
}

export interface Grouping {
  readonly groups: readonly Group[];
  /** Place in `groups` of each point. */
  readonly of: Uint8Array;
}

/** Genres with a colour of their own: more can't be told apart. The others are one group. */
const GENRES = 12;
/** How sure: from these probabilities on, the surest first. */
export const SURE_FROM = [0.9, 0.7, 0.5, 0] as const;
const NONE_8 = 255;
const NONE_16 = 65_535;

const OTHER = { light: fromOklch(0.6, 0.012, 280), dark: fromOklch(0.66, 0.012, 280) };
const NONE = { light: fromOklch(0.64, 0, 0), dark: fromOklch(0.56, 0, 0) };

/**
 * Hues far from each other for those that come one after the other, in two lightnesses: neighbours on the wheel are told
 * apart by that as well.
 */
const GENRE_COLOURS = Array.from({ length: GENRES }, (_, place) => {
  const hue = (28 + place * 150) % 360;
  const second = place % 2 === 1;
  return {
    light: fromOklch(second ? 0.62 : 0.53, second ? 0.15 : 0.17, hue),
    dark: fromOklch(second ? 0.82 : 0.7, second ? 0.11 : 0.15, hue),
  };
});

/** Sorts the points of a map into groups. */
export function grouped(data: MapData, by: Colouring): Grouping {
  if (by === 'genre') return byGenre(data);
  if (by === 'key') return byKey(data);
  return byConfidence(by === 'genreConfidence' ? data.genreConfidence : data.keyConfidence);
}

function byGenre({ genres, names }: MapData): Grouping {
  const counts = counted(genres, names.length, NONE_16);
  const order = [...names.keys()]
    .filter((genre) => counts.each[genre]! > 0)
    .sort((a, b) => counts.each[b]! - counts.each[a]! || names[a]!.localeCompare(names[b]!));
  const shown = order.slice(0, order.length === GENRES + 1 ? GENRES + 1 : GENRES);
  const others = order.length - shown.length;
  const place = new Uint8Array(NONE_16 + 1).fill(shown.length);
  shown.forEach((genre, at) => {
    place[genre] = at;
  });
  const rest = order.slice(shown.length).reduce((sum, genre) => sum + counts.each[genre]!, 0);
  place[NONE_16] = shown.length + (others > 0 ? 1 : 0);
  return {
    groups: [
      ...shown.map((genre, at) => ({
        id: `genre:${names[genre]}`,
        name: names[genre]!,
        count: counts.each[genre]!,
        ...(GENRE_COLOURS[at] ?? OTHER),
      })),
      ...(others > 0 ? [{ id: 'other', name: '', count: rest, ...OTHER }] : []),
      ...(counts.none > 0 ? [{ id: 'none', name: '', count: counts.none, ...NONE }] : []),
    ],
    of: Uint8Array.from(genres, (genre) => place[genre]!),
  };
}

/** Round the Camelot wheel, 1A, 1B, 2A, … in the hues of the app's key chips. */
function byKey({ keys }: MapData): Grouping {
  const counts = counted(keys, 24, NONE_8);
  const order = Array.from({ length: 24 }, (_, key) => key).sort(
    (a, b) => camelotNumber(keyFromIndex(a)) - camelotNumber(keyFromIndex(b)) || rank(a) - rank(b),
  );
  const there = order.filter((key) => counts.each[key]! > 0);
  const place = new Uint8Array(256).fill(there.length);
  there.forEach((key, at) => {
    place[key] = at;
  });
  return {
    groups: [
      ...there.map((key) => {
        const minor = rank(key) === 0;
        return {
          id: `key:${key}`,
          name: '',
          count: counts.each[key]!,
          light: fromOklch(minor ? 0.5 : 0.62, 0.14, keyHue(key)),
          dark: fromOklch(minor ? 0.68 : 0.83, minor ? 0.13 : 0.1, keyHue(key)),
        };
      }),
      ...(counts.none > 0 ? [{ id: 'none', name: '', count: counts.none, ...NONE }] : []),
    ],
    of: Uint8Array.from(keys, (key) => place[key]!),
  };
}

/** Minor before major, as 8A stands before 8B. */
const rank = (key: number): number => (keyFromIndex(key).mode === 'minor' ? 0 : 1);

function byConfidence(confidence: Uint8Array): Grouping {
  const bins = Uint8Array.from(confidence, (value) =>
    value === NONE_8 ? NONE_8 : SURE_FROM.findIndex((from) => value / 254 >= from - 1e-9),
  );
  const counts = counted(bins, SURE_FROM.length, NONE_8);
  // From a clear blue for what is sure to a warm, darker tone for what is not: light and dark tell it as well.
  const steps = [
    { light: fromOklch(0.6, 0.12, 230), dark: fromOklch(0.86, 0.08, 220) },
    { light: fromOklch(0.55, 0.14, 265), dark: fromOklch(0.75, 0.11, 260) },
    { light: fromOklch(0.5, 0.17, 310), dark: fromOklch(0.67, 0.15, 310) },
    { light: fromOklch(0.46, 0.17, 20), dark: fromOklch(0.6, 0.17, 20) },
  ];
  return {
    groups: [
      ...steps.map((colours, at) => ({ id: `sure:${at}`, name: '', count: counts.each[at]!, ...colours })),
      ...(counts.none > 0 ? [{ id: 'none', name: '', count: counts.none, ...NONE }] : []),
    ],
    of: Uint8Array.from(bins, (bin) => (bin === NONE_8 ? SURE_FROM.length : bin)),
  };
}

function counted(list: Uint8Array | Uint16Array, groups: number, none: number) {
  const each = new Uint32Array(groups);
  let without = 0;
  for (const value of list) {
    if (value === none) without++;
    else each[value]!++;
  }
  return { each, none: without };
}
