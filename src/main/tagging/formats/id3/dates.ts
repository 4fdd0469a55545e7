import { RefusedError } from '../../errors.ts';
import { decodeTextFrame, encodeTextFrame } from './text.ts';
import type { WorkingFrames } from './working-frames.ts';

const textOf = (frames: WorkingFrames, id: string): string => {
  const body = frames.withId(id)[0]?.body;
  return body ? (decodeTextFrame(body)[0] ?? '') : '';
};

function put(frames: WorkingFrames, id: string, text: string): void {
  frames.replace(frames.withId(id), id, text === '' ? null : encodeTextFrame(frames.version, text));
}

/** Ids of year and day-and-month frames in v2.2 and v2.3, where v2.4 has one timestamp (TDRC). */
const oldIds = (frames: WorkingFrames): readonly [string, string, string] =>
  frames.version === 2 ? ['TYE', 'TDA', 'TIM'] : ['TYER', 'TDAT', 'TIME'];

/**
 * The date as `YYYY`, `YYYY-MM-DD` or whatever precision there is. v2.4 keeps it in TDRC; earlier versions in
 * TYER and TDAT (`DDMM`). Software mixes them up, so each is read where the proper one is missing.
 */
export function readDate(frames: WorkingFrames): string[] {
  const stamp = textOf(frames, 'TDRC');
  const [yearId, dayId] = oldIds(frames);
  const year = textOf(frames, yearId);
  const day = /^(\d\d)(\d\d)$/.exec(textOf(frames, dayId));
  const old = day && /^\d{4}$/.test(year) ? `${year}-${day[2]}-${day[1]}` : year;
  const date = frames.version === 4 ? stamp || old : old || stamp;
  return date === '' ? [] : [date];
}

/**
 * Writes the date where the version keeps it, and also where the tag has it besides. A year alone takes day and
 * month with it (they belonged to the old date); a month without a day does not fit before v2.4.
 * @throws RefusedError when the text is no date that the version can hold
 */
export function writeDate(frames: WorkingFrames, values: readonly string[]): void {
  const [date = '', ...more] = values;
  if (more.length > 0) throw new RefusedError('The field date takes one value.');
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ].*)?$/.exec(date);
  const [yearId, dayId, timeId] = oldIds(frames);
  const needsOld = frames.version < 4;
  const hasOld = [yearId, dayId, timeId].some((id) => frames.withId(id).length > 0);
  if (needsOld || hasOld) {
    if (date !== '' && !parts)
      throw new RefusedError(`ID3v2.${frames.version} holds dates as 2024 or 2024-12-31, not “${date}”.`);
    const [, year = '', month = '', day = ''] = parts ?? [];
    put(frames, yearId, year);
    put(frames, dayId, day === '' ? '' : day + month);
    put(frames, timeId, '');
  }
  if (!needsOld || frames.withId('TDRC').length > 0) put(frames, 'TDRC', date);
}
