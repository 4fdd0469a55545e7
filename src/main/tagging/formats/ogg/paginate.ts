import { applySplices, growth, shiftSplices } from '../../bytes/splices.ts';
import type { Splice } from '../../format.ts';
import type { HeaderPage, OggHeaders } from './headers.ts';
import { buildPage, CONTINUED, LAST_PAGE, NO_GRANULE } from './page.ts';
import { splicePages } from './splice-pages.ts';

const MAX_SEGMENTS = 255;

/** Header pages to be written anew: those from `first` to `last`, both included. */
interface Region {
  readonly first: number;
  readonly last: number;
  readonly lacing: Uint8Array;
  /** What changes in the bodies of these pages, laid end to end. */
  readonly splices: readonly Splice[];
}

export interface Repagination {
  readonly splices: readonly Splice[];
  /** How many pages more (or fewer) there are: all later pages of the stream shift their numbers by it. */
  readonly delta: number;
  /** Where the pages begin that a `delta` renumbers (offset in the old file). */
  readonly renumberFrom: number;
}

/** Lacing values of a packet: 255 for each full segment, then the rest, which is 0 for a multiple of 255. */
export function lacingOf(length: number): Uint8Array {
  const lacing = new Uint8Array(Math.floor(length / 255) + 1).fill(255);
  lacing[lacing.length - 1] = length % 255;
  return lacing;
}

/**
 * How many segments each page gets. As near as possible to the old pages, so that those before the edit stay as
 * they are; no page empty, none above 255.
 * @param segments how many there are
 * @param old segments of each old page
 * @param pages how many pages to make; between segments / 255 and segments
 */
export function distribute(segments: number, old: readonly number[], pages: number): number[] {
  const counts: number[] = [];
  let rest = segments;
  for (let left = pages - 1; left >= 0; left--) {
    const wish = old[counts.length] ?? MAX_SEGMENTS;
    const least = Math.max(1, rest - left * MAX_SEGMENTS);
    const most = Math.min(MAX_SEGMENTS, rest - left);
    const count = left === 0 ? rest : Math.min(Math.max(wish, least), most);
    counts.push(count);
    rest -= count;
  }
  return counts;
}

const sum = (lacing: Uint8Array): number => lacing.reduce((total, length) => total + length, 0);

/** The pages from the one where the comment packet begins to `last`, with the packet changed. */
function regionWith(headers: OggHeaders, changes: readonly Splice[], last: number): Region {
  const packet = headers.packets[headers.comment]!;
  const { page: first, segment } = packet.first;
  const before = headers.pages[first]!.lacing.subarray(0, segment);
  const after = headers.pages[packet.last.page]!.lacing.subarray(packet.last.segment + 1);
  const more = headers.pages.slice(packet.last.page + 1, last + 1).map(({ lacing }) => lacing);
  const changed = lacingOf(packet.bytes.length + growth(changes));
  return {
    first,
    last,
    lacing: Uint8Array.from([before, changed, after, ...more].flatMap((part) => [...part])),
    splices: shiftSplices(changes, sum(before)),
  };
}

/**
 * Puts a changed comment packet into the header pages. The number of pages is kept where the new packet fits into
 * them, at need by using the room on the later header pages: then no other page of the file changes.
 */
export function repaginate(headers: OggHeaders, changes: readonly Splice[]): Repagination {
  const end = headers.packets[headers.comment]!.last.page;
  const narrow = regionWith(headers, changes, end);
  const fits = ({ first, last, lacing }: Region): boolean =>
    lacing.length <= (last - first + 1) * MAX_SEGMENTS;
  const wide = fits(narrow) ? narrow : regionWith(headers, changes, headers.pages.length - 1);
  const region = fits(wide) ? wide : narrow;
  const oldPages = headers.pages.slice(region.first, region.last + 1);
  const count = Math.min(
    region.lacing.length,
    Math.max(oldPages.length, Math.ceil(region.lacing.length / MAX_SEGMENTS)),
  );
  const counts = distribute(
    region.lacing.length,
    oldPages.map(({ lacing }) => lacing.length),
    count,
  );
  const renumberFrom = oldPages.at(-1)!.offset + oldPages.at(-1)!.length;
  return {
    splices: splicePages(oldPages, buildPages(oldPages, region, counts), region.splices),
    delta: count - oldPages.length,
    renumberFrom,
  };
}

function buildPages(old: readonly HeaderPage[], region: Region, counts: readonly number[]): Buffer[] {
  const [opening] = old;
  const bodies = applySplices(Buffer.concat(old.map(({ body }) => body)), region.splices);
  let segment = 0;
  let at = 0;
  return counts.map((count, index) => {
    const lacing = region.lacing.subarray(segment, segment + count);
    const length = sum(lacing);
    const continues =
      index === 0 ? opening!.flags & CONTINUED : region.lacing[segment - 1] === 255 ? CONTINUED : 0;
    const closes = index === counts.length - 1 ? old.at(-1)!.flags & LAST_PAGE : 0;
    const page = buildPage(
      {
        flags: continues | closes,
        granule: granuleOf(lacing, old[index]),
        serial: opening!.serial,
        sequence: opening!.sequence + index,
        lacing,
      },
      bodies.subarray(at, at + length),
    );
    segment += count;
    at += length;
    return page;
  });
}

const endsPacket = (lacing: Uint8Array): boolean => lacing.some((length) => length < 255);

/** 0 where a header packet ends and -1 where none does, unless the old page in this place had its own way. */
function granuleOf(lacing: Uint8Array, old: HeaderPage | undefined): bigint {
  const ends = endsPacket(lacing);
  if (old && endsPacket(old.lacing) === ends) return old.granule;
  return ends ? 0n : NO_GRANULE;
}
