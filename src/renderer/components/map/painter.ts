import type { Camera, Size } from './camera.ts';
import type { Rgb } from './colour.ts';

/** What is special about a point; bits of its state. */
export const DIMMED = 1;
export const HIDDEN = 2;
export const CHOSEN = 4;

/** Colours of a picture. */
export interface Palette {
  /** By group. */
  readonly groups: readonly Rgb[];
  /** Of points that the query does not find. */
  readonly dimmed: Rgb;
  /** Of the edge of chosen points. */
  readonly ink: Rgb;
}

export interface Frame {
  readonly camera: Camera;
  readonly size: Size;
  /** Pixels of the device for one of CSS. */
  readonly ratio: number;
  /** Diameter of a point in pixels. */
  readonly point: number;
  /** From where points were (0) to where they are (1). */
  readonly moved: number;
}

/** Draws many points. */
export interface Painter {
  readonly kind: 'webgl' | 'canvas';
  /** @param from where they were before */
  setPlaces(places: Float32Array, from: Float32Array | null): void;
  setLooks(groups: Uint8Array, states: Uint8Array): void;
  setPalette(palette: Palette): void;
  draw(frame: Frame): void;
  close(): void;
}
