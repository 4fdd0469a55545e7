import { MAX_CHOSEN } from '../../../shared/contract/limits.ts';
import type { TrackMap } from '../../state/map.svelte.ts';
import type { MapData } from '../../state/map-data.ts';
import type { Session } from '../../state/session.svelte.ts';
import { t } from '../../strings/index.ts';
import {
  type Camera,
  fitted,
  inView,
  panned,
  pointSize,
  type Size,
  toMap,
  toView,
  zoomed,
} from './camera.ts';
import { type Grouping, grouped } from './groups.ts';
import { CHOSEN, DIMMED, HIDDEN } from './painter.ts';
import { Picking } from './picking.ts';

export const TOOLS = ['move', 'lasso', 'rectangle'] as const;
export type Tool = (typeof TOOLS)[number];
type Place = readonly [x: number, y: number];

/** Pixels around the pointer in which a track counts as meant. */
const REACH = 10;
/** Pixels around a track in which others are “around here”, and how many are listed. */
const AROUND = 48;
const LISTED = 12;
/** So many are listed however far they are. */
const LISTED_AT_LEAST = 5;

const NOTHING: MapData = {
  ids: new Uint32Array(),
  places: new Float32Array(),
  genres: new Uint16Array(),
  names: [],
  keys: new Uint8Array(),
  genreConfidence: new Uint8Array(),
  keyConfidence: new Uint8Array(),
};

/** What one looks at on the map: which part, which tracks are meant, and what is done with them. */
export class Plot {
  readonly #session: Session;
  readonly map: TrackMap;
  size: Size = $state.raw({ width: 0, height: 0 });
  /** Null: all of it. */
  #camera: Camera | null = $state.raw(null);
  tool: Tool = $state('move');
  /** File under the pointer, and the one that the keyboard is on. */
  hovered: number | null = $state(null);
  current: number | null = $state(null);
  /** The line that is being drawn, in pixels of the view. */
  line: readonly Place[] = $state.raw([]);

  readonly data: MapData = $derived.by(() => this.map.data ?? NOTHING);
  readonly picking: Picking = $derived(new Picking(this.data.places));
  readonly grouping: Grouping = $derived.by(() => grouped(this.data, this.map.view.colour));
  readonly home: Camera = $derived(fitted(this.picking.box, this.size));
  readonly camera: Camera = $derived(this.#camera ?? this.home);
  readonly point: number = $derived(pointSize(this.data.ids.length, this.camera, this.home));
  readonly states: Uint8Array = $derived.by(() => this.#states());
  /** Files around the one that the keyboard is on, nearest first. */
  readonly around: readonly number[] = $derived.by(() => {
    const at = this.current === null ? -1 : this.indexOf(this.current);
    if (at < 0) return [];
    const place = this.picking.at(at);
    const accepts = (point: number) => this.#isShown(point);
    const close = this.picking.near(place, LISTED, AROUND / this.camera.scale, accepts);
    const listed =
      close.length < LISTED_AT_LEAST
        ? this.picking.near(place, LISTED_AT_LEAST, Number.POSITIVE_INFINITY, accepts)
        : close;
    return listed.map((point) => this.data.ids[point]!);
  });

  constructor(session: Session, map: TrackMap) {
    this.#session = session;
    this.map = map;
  }

  /** Place of a file among the points; −1 where it is not on the map. */
  indexOf(id: number): number {
    const { ids } = this.data;
    let low = 0;
    let high = ids.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (ids[middle] === id) return middle;
      if (ids[middle]! < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Where a file is in the view, in pixels; null where it is not on the map. */
  viewOf(id: number | null): Place | null {
    const at = id === null ? -1 : this.indexOf(id);
    return at < 0 ? null : toView(this.camera, this.size, this.picking.at(at));
  }

  zoom(factor: number, at: Place = [this.size.width / 2, this.size.height / 2]): void {
    this.#camera = zoomed(this.camera, this.size, factor, at, this.home);
  }

  pan(dx: number, dy: number): void {
    this.#camera = panned(this.camera, dx, dy);
  }

  fit(): void {
    this.#camera = null;
  }

  /** The file at a pixel; null where there is none. */
  fileAt(at: Place): number | null {
    const within = Math.max(REACH, this.point / 2 + 2) / this.camera.scale;
    const [point] = this.picking.near(toMap(this.camera, this.size, at), 1, within, (one) =>
      this.#isShown(one),
    );
    return point === undefined ? null : this.data.ids[point]!;
  }

  /** Chooses a track and plays it; `further`: adds it to what is chosen, or takes it out. */
  press(at: Place, further: boolean): void {
    const id = this.fileAt(at);
    if (id === null) return;
    this.current = id;
    if (further) {
      this.#session.selection.toggle(-1, id);
      return;
    }
    this.#session.selection.chooseFiles([id]);
    void this.#session.player.play(id);
  }

  /** Chooses what is inside the line that was drawn. */
  chooseInside(further: boolean): void {
    const line = this.line.map((at) => toMap(this.camera, this.size, at));
    this.line = [];
    if (line.length >= 3)
      this.#choose(
        this.picking.inside(line, (point) => this.#isFree(point)),
        further,
      );
  }

  /** Chooses all tracks that are in view, save those that are dimmed or hidden. */
  chooseInView(further = false): void {
    const box = inView(this.camera, this.size);
    this.#choose(
      this.picking.within(box, (point) => this.#isFree(point)),
      further,
    );
  }

  /** Goes to the next track in a direction, or to the one in the middle where none was meant yet. */
  step(direction: Place): void {
    const at = this.current === null ? -1 : this.indexOf(this.current);
    if (at < 0) {
      this.toMiddle();
      return;
    }
    const next = this.picking.towards(at, direction, (point) => this.#isFree(point));
    if (next === null) return;
    this.current = this.data.ids[next]!;
    this.#reveal(this.picking.at(next));
  }

  toMiddle(): void {
    const [point] = this.picking.near([this.camera.x, this.camera.y], 1, undefined, (one) =>
      this.#isFree(one),
    );
    if (point === undefined) return;
    this.current = this.data.ids[point]!;
    this.#reveal(this.picking.at(point));
  }

  /** Plays the track that the keyboard is on. */
  play(): void {
    if (this.current === null) return;
    this.#session.selection.chooseFiles([this.current]);
    void this.#session.player.play(this.current);
  }

  /** Chooses the track that the keyboard is on as well, or no more. */
  toggle(): void {
    if (this.current !== null) this.#session.selection.toggle(-1, this.current);
  }

  /** Nothing is chosen any more. */
  release(): void {
    this.#session.selection.close();
  }

  #choose(points: readonly number[], further: boolean): void {
    if (points.length > MAX_CHOSEN) {
      this.#session.problem = t.map.tooMany(MAX_CHOSEN);
      return;
    }
    const ids = points.map((point) => this.data.ids[point]!).sort((a, b) => a - b);
    this.#session.selection.chooseFiles(ids, further);
  }

  /** Moves the view so far that a place is in it, away from its edges. */
  #reveal(place: Place): void {
    const { width, height } = this.size;
    const [x, y] = toView(this.camera, this.size, place);
    const margin = Math.min(80, width / 4, height / 4);
    const dx = Math.max(margin - x, 0) + Math.min(width - margin - x, 0);
    const dy = Math.max(margin - y, 0) + Math.min(height - margin - y, 0);
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  #isShown(point: number): boolean {
    return (this.states[point]! & HIDDEN) === 0;
  }

  #isFree(point: number): boolean {
    return (this.states[point]! & (HIDDEN | DIMMED)) === 0;
  }

  #states(): Uint8Array {
    const { groups, of } = this.grouping;
    const { hidden, found } = this.map;
    const { selection } = this.#session;
    const { ids } = this.data;
    const hides = groups.map(({ id }) => hidden.has(id));
    const any = selection.count > 0;
    const states = new Uint8Array(ids.length);
    for (let at = 0; at < ids.length; at++) {
      const id = ids[at]!;
      states[at] =
        (hides[of[at]!] ? HIDDEN : 0) |
        (found !== null && !this.map.isFound(id) ? DIMMED : 0) |
        (any && selection.has(id) ? CHOSEN : 0);
    }
    return states;
  }
}
