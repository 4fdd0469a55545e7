import type { LibraryKeyNotation, PredictionDetails } from '../../shared/contract/index.ts';
import { displayGenre } from '../../shared/music/genre.ts';
import { camelotNumber, formatKey, keyFromIndex, keyOf } from '../../shared/music/key.ts';
import { displayPath } from '../../shared/path.ts';
import type { Task } from '../../shared/prediction.ts';

/** A key by its index, as the library writes it. */
export function keyText(index: number, notation: LibraryKeyNotation): string {
  return formatKey(keyFromIndex(index), notation);
}

/** A prediction's label as people read it. */
export function labelText(task: Task, label: string, notation: LibraryKeyNotation): string {
  if (task === 'genre') return displayGenre(label);
  const key = keyOf(label);
  return key ? formatKey(key, notation) : label;
}

/** The hue of a key on the Camelot wheel, in degrees: neighbours that mix look alike. */
export function keyHue(index: number): number {
  return ((camelotNumber(keyFromIndex(index)) - 1) * 30 + 150) % 360;
}

/** The last part of a path, for a file without a title. */
export function fileName(path: string): string {
  return displayPath(path).split(/[/\\]/).at(-1) ?? '';
}

/** Below this probability a prediction is called unsure: it is likelier wrong than right. */
const SURE = 0.5;
/** And so it is when the runner-up is this close. */
const CLEAR_MARGIN = 0.1;

/** Whether a prediction is to be called unsure. */
export function isUnsure({ confidence, margin }: Pick<PredictionDetails, 'confidence' | 'margin'>): boolean {
  return confidence < SURE || margin < CLEAR_MARGIN;
}
