import { RefusedError } from '../../errors.ts';
import type { Id3Frame } from './frames.ts';
import type { Id3Version } from './text.ts';

/** A frame while a tag is being edited. */
export interface WorkingFrame {
  readonly id: string;
  /** `null` when it can't be read (encrypted, broken compression). */
  body: Buffer | null;
  /** The frame as found; `null` for a new one. */
  readonly origin: Id3Frame | null;
  removed: boolean;
}

/** The frames of one tag under edit. Order is that of the tag; new frames come last. */
export class WorkingFrames {
  readonly version: Id3Version;
  readonly all: WorkingFrame[];

  constructor(version: Id3Version, frames: readonly Id3Frame[]) {
    this.version = version;
    this.all = frames.map((frame) => ({ id: frame.id, body: frame.body, origin: frame, removed: false }));
  }

  /** Puts frames into a new tag, as if they had been there. */
  seed(frames: readonly { readonly id: string; readonly body: Buffer }[]): void {
    for (const { id, body } of frames) this.all.push({ id, body, origin: null, removed: false });
  }

  /** The frames with this id that are still there. */
  withId(id: string): WorkingFrame[] {
    return this.all.filter((frame) => frame.id === id && !frame.removed);
  }

  /**
   * Gives the first of `frames` this body and removes the others; adds a frame when there is none; removes all
   * when the body is `null`.
   * @throws RefusedError when one of them can't be read: it may hold more than we know
   */
  replace(frames: readonly WorkingFrame[], id: string, body: Buffer | null): void {
    for (const frame of frames)
      if (frame.body === null)
        throw new RefusedError(`The frame ${frame.id} is encrypted or damaged; it can't be edited safely.`);
    const [first, ...others] = frames;
    for (const frame of others) frame.removed = true;
    if (first && body) first.body = body;
    else if (first) first.removed = true;
    else if (body) this.all.push({ id, body, origin: null, removed: false });
  }
}

/** Whether the frame differs from what the file holds. */
export function isChanged(frame: WorkingFrame): boolean {
  if (frame.origin === null) return !frame.removed;
  if (frame.removed) return true;
  return frame.body !== frame.origin.body && !(frame.body && frame.origin.body?.equals(frame.body));
}
