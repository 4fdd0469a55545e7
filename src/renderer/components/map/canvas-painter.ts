import { cssColour } from './colour.ts';
import { CHOSEN, DIMMED, type Frame, HIDDEN, type Painter, type Palette } from './painter.ts';

/** Points on a plain canvas, where there is no WebGL 2: slower, and good for some ten thousand. */
export function canvasPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d');
  let places = new Float32Array(0);
  let groups = new Uint8Array(0);
  let states = new Uint8Array(0);
  let palette: Palette = { groups: [], dimmed: [0.5, 0.5, 0.5], ink: [0, 0, 0] };

  /** Draws those points that a test accepts, as squares: a circle each would take ten times as long. */
  const paint = (frame: Frame, colour: string, diameter: number, accepts: (point: number) => boolean) => {
    const { camera, size } = frame;
    if (!context) return;
    context.fillStyle = colour;
    for (let at = 0; at < groups.length; at++) {
      if (!accepts(at)) continue;
      const x = (places[2 * at]! - camera.x) * camera.scale + size.width / 2;
      const y = (places[2 * at + 1]! - camera.y) * camera.scale + size.height / 2;
      if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
      context.fillRect(x - diameter / 2, y - diameter / 2, diameter, diameter);
    }
  };

  return {
    kind: 'canvas',
    setPlaces(now) {
      places = Float32Array.from(now);
    },
    setLooks(nowGroups, nowStates) {
      groups = Uint8Array.from(nowGroups);
      states = Uint8Array.from(nowStates);
    },
    setPalette(now) {
      palette = now;
    },
    draw(frame) {
      const { size, ratio, point } = frame;
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
      if (!context || groups.length * 2 !== places.length) return;
      context.scale(ratio, ratio);
      paint(frame, cssColour(palette.dimmed), Math.max(1.5, point * 0.7), (at) => states[at] === DIMMED);
      palette.groups.forEach((colour, group) => {
        paint(frame, cssColour(colour), point, (at) => groups[at] === group && states[at] === 0);
      });
      const isChosen = (at: number) => (states[at]! & CHOSEN) !== 0 && (states[at]! & HIDDEN) === 0;
      paint(frame, cssColour(palette.ink), point + 2 * Math.min(2, Math.max(0.6, point * 0.2)), isChosen);
      palette.groups.forEach((colour, group) => {
        paint(frame, cssColour(colour), point, (at) => groups[at] === group && isChosen(at));
      });
    },
    close() {},
  };
}
