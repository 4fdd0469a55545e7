/** Which rows a scrolled list shows, and where. */
export interface Viewport {
  /** First row to draw. */
  readonly first: number;
  /** Row behind the last one to draw. */
  readonly end: number;
  /** Pixels from the top of the scrolled content to the first drawn row. */
  readonly top: number;
  /** Height of the scrolled content in pixels. */
  readonly height: number;
}

/** Browsers stop counting somewhere above 16 million pixels (Firefox first, at 17.9). */
export const MAX_HEIGHT = 15_000_000;

/** Rows drawn beyond each edge, so that a quick scroll shows no gap. */
const OVERSCAN = 5;

/**
 * The rows to draw. Where all rows together would be taller than a browser can scroll, the scroll bar stands for a
 * shorter content: its whole way still leads from the first row to the last.
 * @param scrollTop pixels, as the element has it
 * @param overscan rows to draw beyond each edge
 */
export function viewportOf(
  rows: number,
  rowHeight: number,
  visible: number,
  scrollTop: number,
  overscan = OVERSCAN,
): Viewport {
  const full = rows * rowHeight;
  const height = Math.min(full, MAX_HEIGHT);
  const at = full > height ? contentTop(full, height, visible, scrollTop) : scrollTop;
  const shownFirst = Math.floor(at / rowHeight);
  const first = Math.max(0, Math.min(rows, shownFirst - overscan));
  const end = Math.min(rows, Math.ceil((at + visible) / rowHeight) + overscan);
  return { first, end, top: scrollTop + first * rowHeight - at, height };
}

/** Where to scroll so that a row is wholly visible; the place it is at when it is visible already. */
export function scrollTopFor(
  row: number,
  rows: number,
  rowHeight: number,
  visible: number,
  scrollTop: number,
): number {
  const full = rows * rowHeight;
  const height = Math.min(full, MAX_HEIGHT);
  const at = full > height ? contentTop(full, height, visible, scrollTop) : scrollTop;
  const wanted = Math.max(row * rowHeight + rowHeight - visible, Math.min(at, row * rowHeight));
  if (wanted === at) return scrollTop;
  return full > height ? (wanted * (height - visible)) / (full - visible) : wanted;
}

function contentTop(full: number, height: number, visible: number, scrollTop: number): number {
  return height > visible ? (scrollTop * (full - visible)) / (height - visible) : 0;
}
