/* Runs in the page: plain functions that Playwright sends there as text. */

declare global {
  interface Window {
    bench: { firstRows: number; shown: number[] };
  }
}

/** Notes when the first rows are on the screen, in milliseconds since navigation began. */
export function watchFirstRows(): void {
  window.bench = { firstRows: 0, shown: [] };
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

/** Notes for each keystroke, and each click on the head of a column, how long it takes until its rows are drawn. */
export function watchInput(): void {
  let pressed = 0;
  document.addEventListener('input', (event) => {
    pressed = event.timeStamp;
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[role=columnheader]'))
      pressed = event.timeStamp;
  });
  const done = () => {
    if (pressed === 0) return;
    const from = pressed;
    pressed = 0;
    // A message comes after the frame was drawn.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => window.bench.shown.push(performance.now() - from);
      port1.postMessage(null);
    });
  };
  const grid = document.querySelector('[role=grid]')!;
  new MutationObserver(() => {
    if (grid.ariaBusy === 'false') done();
  }).observe(grid, { attributeFilter: ['aria-busy'] });
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

/** Scrolls to places all over a list, and stays at each until its rows are there. */
export async function visitAll({ selector, stops }: { selector: string; stops: number }): Promise<void> {
  const element = document.querySelector(selector)!;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let stop = stops; stop >= 0; stop--) {
    element.scrollTop = (stop / stops) * (element.scrollHeight - element.clientHeight);
    await frame();
    await frame();
    while (element.querySelector('[role=gridcell].wait')) await frame();
  }
}
