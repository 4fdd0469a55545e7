import type { ByteReader } from '../reader.ts';

/** A range of the file, `start` included, `end` not. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where the audio of a file is, tags excluded. */
export interface AudioPayload {
  /** What the content looks like: `ogg`, `mp4`, `riff`, …, `linear` for streams of frames between tags. */
  readonly structure: string;
  /** In file order; never empty, never past the end of the file. */
  readonly ranges: readonly ByteRange[];
  /** The payload is Ogg pages, whose sequence numbers and CRCs change when a header before them grows. */
  readonly oggPages: boolean;
}

/** Finds the audio of one family of containers from `start` on; undefined where the structure is not there. */
export type Locator = (reader: ByteReader, start: number) => Promise<readonly ByteRange[] | undefined>;

/** A range cut to the file; undefined when nothing is left of it. */
export function clip(start: number, end: number, size: number): ByteRange | undefined {
  const range = { start: Math.max(0, start), end: Math.min(end, size) };
  return range.end > range.start ? range : undefined;
}
