import { RefusedError } from '../../errors.ts';

/**
 * Ratings as text (Vorbis RATING, MP4 rate). MediaMonkey and MusicBee write 0–100, foobar2000 1–5; a number above 5
 * must be of the first kind.
 */
const STAR = 20;

const numberOf = (text: string): number | undefined =>
  /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;

/** Stars (0 to 5) that a text stands for; the text itself where it is not a number up to 100; none for 0. */
export function starsOfPercent(text: string): string {
  const number = numberOf(text);
  if (number === undefined || number > 100) return text;
  if (number === 0) return '';
  return String(number > 5 ? number / STAR : number);
}

/**
 * The text for these stars in the scale of the old text, 0–100 where there is none.
 * @param stars 0 to 5 in halves; no value or 0 gives no rating
 * @throws RefusedError when the value is not a number of stars
 */
export function percentOfStars(values: readonly string[], old: string | undefined): string[] {
  if (values.length === 0) return [];
  const stars = values.length === 1 ? numberOf(values[0]!) : undefined;
  if (stars === undefined || stars > 5 || !Number.isInteger(stars * 2)) {
    throw new RefusedError(
      `A rating is a number of stars from 0 to 5 in halves, not “${values.join(', ')}”.`,
    );
  }
  if (stars === 0) return [];
  const oldNumber = old === undefined ? undefined : numberOf(old);
  const inStars = oldNumber !== undefined && oldNumber > 0 && oldNumber <= 5;
  return [String(inStars ? stars : stars * STAR)];
}
