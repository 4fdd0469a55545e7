/* Runs in the page: plain functions that Playwright sends there as text. */

/** Milliseconds from now until points are drawn, a frame after the map is there. */
export function untilDrawn(): Promise<number> {
  const from = performance.now();
  return new Promise((resolve) => {
    const look = () => {
      const count = document.querySelector('.status p')?.textContent ?? '';
      if (!document.querySelector('canvas[data-painter]') || count === '') {
        requestAnimationFrame(look);
        return;
      }
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - from)));
    };
    look();
  });
}

/** Zooms in and out, then pans, with an event a frame; the times between frames. */
export function travel({
  kind,
  frames,
}: {
  kind: 'zoom' | 'pan' | 'hover';
  frames: number;
}): Promise<number[]> {
  const plot = document.querySelector<HTMLElement>('.plot')!;
  const { left, top, width, height } = plot.getBoundingClientRect();
  return new Promise((resolve) => {
    const times: number[] = [];
    let last = performance.now();
    let frame = 0;
    const step = (now: number) => {
      if (frame > 1) times.push(now - last);
      last = now;
      if (frame++ >= frames) {
        resolve(times);
        return;
      }
      const clientX = left + width * (0.5 + 0.3 * Math.sin(frame / 9));
      const clientY = top + height * (0.5 + 0.3 * Math.cos(frame / 7));
      if (kind === 'zoom') {
        const deltaY = Math.sin((2 * Math.PI * frame) / 80) > 0 ? -60 : 60;
        plot.dispatchEvent(new WheelEvent('wheel', { deltaY, clientX, clientY, cancelable: true }));
      } else if (kind === 'pan') {
        const key = ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'][Math.floor(frame / 10) % 4]!;
        plot.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey: true, bubbles: true }));
      } else plot.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

/** Frames of a WebGL canvas of this size that is only cleared: the map can't be smoother here. */
export function clearing(frames: number): Promise<number[]> {
  const canvas = document.createElement('canvas');
  canvas.width = 940 * devicePixelRatio;
  canvas.height = 720 * devicePixelRatio;
  document.body.replaceChildren(canvas);
  const gl = canvas.getContext('webgl2')!;
  return new Promise((resolve) => {
    const times: number[] = [];
    let last = performance.now();
    const step = (now: number) => {
      times.push(now - last);
      last = now;
      gl.clearColor(Math.random(), 0, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (times.length > frames) resolve(times.slice(2));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

/** What draws here. */
export function drawnBy(): string {
  const gl = document.createElement('canvas').getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  return gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'no WebGL 2';
}
