/* Runs in the page: plain functions that Playwright sends there as text. */

declare global {
  interface Window {
    bench: { firstRows: number; typed: number[] };
  }
}

/** Notes when the first rows are on the screen, in milliseconds since navigation began. */
export function watchFirstRows(): void {
  window.bench = { firstRows: 0, typed: [] };
  const watch = () => {
    if (!document.querySelector('[role=rowgroup] [role=gridcell].title')) {
      requestAnimationFrame(watch);
      return;
    }
    // This frame draws them; the next begins when it is done.
    requestAnimationFrame(() => {
      window.bench.firstRows = performance.now();
    });
  };
  requestAnimationFrame(watch);
}

/** Notes for each keystroke how long it takes until what it finds is on the screen. */
export function watchTyping(): void {
  let pressed = 0;
  const shown = document.querySelector('main')!;
  document.addEventListener('input', (event) => {
    pressed = event.timeStamp;
  });
  const done = () => {
    if (pressed === 0) return;
    const from = pressed;
    pressed = 0;
    // A message comes after the frame was drawn.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => window.bench.typed.push(performance.now() - from);
      port1.postMessage(null);
    });
  };
  const options = { childList: true, characterData: true, subtree: true };
  new MutationObserver(done).observe(shown.querySelector('[role=rowgroup]')!, options);
  new MutationObserver(done).observe(document.querySelector('.found')!, options);
}

/**
 * Scrolls an element by `step` pixels a frame for a while and back.
 * @returns the time between frames, in milliseconds
 */
export function scroll({ selector, step, frames }: { selector: string; step: number; frames: number }) {
  const element = document.querySelector(selector)!;
  return new Promise<number[]>((resolve) => {
    const times: number[] = [];
    let last = performance.now();
    const next = (now: number) => {
      times.push(now - last);
      last = now;
      if (times.length > frames) {
        resolve(times.slice(1));
        return;
      }
      element.scrollTop += times.length > frames / 2 ? -step : step;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
