import { RefusedError } from '../../errors.ts';
import type { FieldSlots, NamedTexts } from '../common/named-fields.ts';
import { type AsfTags, attributeText, DESCRIPTION_NAMES, decodeText } from './attributes.ts';

/** Whole stars as a number from 0 to 99 (Microsoft: 1, 25, 50, 75, 99). */
export const RATING_NAME = 'WM/SharedUserRating';

/**
 * Attribute names by our fields: those of the Windows Media Format SDK, and what Picard and Mp3tag write where the
 * SDK has none. `Title`, `Author` and `Description` stand in the Content Description Object.
 */
export const ASF_FIELDS: FieldSlots = {
  title: { names: ['Title'] },
  artist: { names: ['Author'] },
  album: { names: ['WM/AlbumTitle'] },
  albumArtist: { names: ['WM/AlbumArtist'] },
  genre: { names: ['WM/Genre'] },
  key: { names: ['WM/InitialKey'] },
  trackNumber: { names: ['WM/TrackNumber'], part: 'number' },
  trackTotal: { names: ['WM/TrackNumber'], part: 'total' },
  discNumber: { names: ['WM/PartOfSet'], part: 'number' },
  discTotal: { names: ['WM/PartOfSet'], part: 'total' },
  date: { names: ['WM/Year'] },
  bpm: { names: ['WM/BeatsPerMinute'] },
  composer: { names: ['WM/Composer'] },
  comment: { names: ['Description'] },
  grouping: { names: ['WM/ContentGroupDescription'] },
  rating: { names: [RATING_NAME] },
};

const STARS = [0, 1, 25, 50, 75, 99];

/** `0 … 99` → stars; nothing for 0, which says "not rated". */
function starsOf(text: string): string {
  const number = Number(text);
  if (!(number > 0)) return '';
  const nearest = STARS.slice(1).reduce((best, stars) =>
    Math.abs(stars - number) < Math.abs(best - number) ? stars : best,
  );
  return String(STARS.indexOf(nearest));
}

/** Stars → `0 … 99`. @throws RefusedError for anything but whole stars */
export function sharedRatingOf(stars: string): string {
  const number = STARS[Number(stars)];
  if (stars.trim() === '' || number === undefined)
    throw new RefusedError(`A WMA file holds whole stars, 0 to 5, and not “${stars}”.`);
  return String(number);
}

/**
 * The texts of all homes under one roof, about the whole file. Programs write a second value, or a stale copy of
 * the first, to the Metadata Library: a text that a home before has already is not a further value.
 */
export function asfTexts(tags: AsfTags): NamedTexts {
  const byName = new Map<string, { spelled: string; values: string[] }>();
  const add = (name: string, texts: readonly string[]): void => {
    const entry = byName.get(name.toLowerCase());
    if (entry) entry.values.push(...texts.filter((text) => !entry.values.includes(text)));
    else byName.set(name.toLowerCase(), { spelled: name, values: [...texts] });
  };
  tags.description?.strings.forEach((bytes, index) => {
    const text = decodeText(bytes);
    if (text !== '') add(DESCRIPTION_NAMES[index] ?? '', [text]);
  });
  for (const list of [tags.extended, tags.metadata, tags.library]) {
    const own = new Map<string, string[]>();
    for (const attribute of list?.attributes ?? []) {
      const text = attribute.stream === 0 ? attributeText(attribute) : undefined;
      if (text === undefined) continue;
      const shown = attribute.name.toLowerCase() === RATING_NAME.toLowerCase() ? starsOf(text) : text;
      own.set(attribute.name, [...(own.get(attribute.name) ?? []), shown]);
    }
    for (const [name, texts] of own) add(name, texts);
  }
  return {
    get: (name) => byName.get(name.toLowerCase())?.values,
    names: () => [...byName.values()].map((entry) => entry.spelled),
  };
}
