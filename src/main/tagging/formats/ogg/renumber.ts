import { WindowedSource } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, PageRenumbering } from '../../format.ts';
import { FIRST_PAGE, isPageStart, LAST_PAGE, readPage, readSoundPage } from './page.ts';

/**
 * The pages of the first stream that follow `start`, checked one by one as they will get new numbers and CRCs.
 * The stream ends with the page that says so, or where another begins (a chained file); what follows is left.
 * @throws RefusedError for a damaged or foreign page among them, or one that is cut short
 */
export function planRenumbering(
  original: ByteSource,
  start: number,
  serial: number,
  delta: number,
): PageRenumbering {
  const source = new WindowedSource(original);
  let at = start;
  while (at < source.size) {
    if (!isPageStart(source, at)) {
      throw new RefusedError(`Something that is no Ogg page stands at byte ${at}, between the audio pages`);
    }
    const page = readPage(source, at);
    if (page.flags & FIRST_PAGE) break;
    if (page.serial !== serial)
      throw new RefusedError('Pages of another stream stand between the audio pages');
    readSoundPage(source, page);
    at += page.length;
    if (page.flags & LAST_PAGE) break;
  }
  return { start, end: at, serial, delta };
}
