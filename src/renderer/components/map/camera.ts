/** What of the map is in view: the point in the middle, and pixels per unit. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** Size of the view in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How far one can go in: beyond, 32-bit numbers would show their steps. */
const MOST_ZOOM = 2000;

/** Where a place is in the view, in pixels from its upper left corner. */
export const toView = ({ x, y, scale }: Camera, { width, height }: Size, at: readonly [number, number]) =>
  [(at[0] - x) * scale + width / 2, (at[1] - y) * scale + height / 2] as const;

/** Which place is at a pixel of the view. */
export const toMap = ({ x, y, scale }: Camera, { width, height }: Size, at: readonly [number, number]) =>
  [(at[0] - width / 2) / scale + x, (at[1] - height / 2) / scale + y] as const;

/** What is in view. */
export function inView(camera: Camera, { width, height }: Size): Box {
  const [x, y] = [width / 2 / camera.scale, height / 2 / camera.scale];
  return { minX: camera.x - x, minY: camera.y - y, maxX: camera.x + x, maxY: camera.y + y };
}

/** Shows all of a box, with a margin in pixels. */
export function fitted(box: Box, { width, height }: Size, margin = 36): Camera {
  const wide = Math.max(1e-9, box.maxX - box.minX);
  const high = Math.max(1e-9, box.maxY - box.minY);
  return {
    x: (box.minX + box.maxX) / 2,
    y: (box.minY + box.maxY) / 2,
    scale: Math.max(1e-6, Math.min((width - 2 * margin) / wide, (height - 2 * margin) / high)),
  };
}

/** Goes in or out, so that what is at a pixel stays there. */
export function zoomed(
  camera: Camera,
  size: Size,
  factor: number,
  at: readonly [number, number],
  home: Camera,
): Camera {
  const scale = Math.min(home.scale * MOST_ZOOM, Math.max(home.scale / 2, camera.scale * factor));
  const [x, y] = toMap(camera, size, at);
  return {
    x: x - (at[0] - size.width / 2) / scale,
    y: y - (at[1] - size.height / 2) / scale,
    scale,
  };
}

/** Moves what is in view by so many pixels. */
export const panned = (camera: Camera, dx: number, dy: number): Camera => ({
  ...camera,
  x: camera.x - dx / camera.scale,
  y: camera.y - dy / camera.scale,
});

/** Diameter of a point in pixels: smaller the more there are, larger the nearer one looks. */
export function pointSize(count: number, camera: Camera, home: Camera): number {
  const base = Math.min(10, Math.max(3, 60 / Math.sqrt(Math.sqrt(Math.max(1, count))) - 0.6));
  return Math.min(16, base * Math.max(1, Math.sqrt(camera.scale / home.scale) ** 0.9));
}
