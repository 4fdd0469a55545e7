import type { FieldChange, FieldEdit, TagValues } from '../../shared/tags.ts';

/*
 * The contract of every container. Notes that hold for all of them:
 * - Rules of values: `rating` is stars, '0' … '5', halves allowed ('3.5'). `trackNumber` and `trackTotal` are edited
 *   apart even where one frame holds both. `FieldChange.after` is what will be read back from the file, which can
 *   be less than was asked (a year where only a year fits).
 * - Splices are relative to the start of the file in a plan, to the start of the tag in `planId3`
 *   (formats/id3/plan.ts: `planId3(tag | null, edits, options)` for a tag at the front or inside a chunk) and in
 *   `planApe` (formats/ape). Both return `{ splices, sizeAfter, changes, touched }`, and shift by `shiftSplices`.
 * - `bytes/` holds what formats share: `leadingId3` and `contentStart` (skip ID3v2 in front), `tidySplices`
 *   (trim to what differs, drop no-ops: call it last in `plan`), `digest` (for units), `memorySource` (tests).
 * - Units that are not in `touched` are compared in order, by id and digest, before and after.
 */

/** Random access to a file, or to bytes in a test. Reads are synchronous: formats run in a worker process. */
export interface ByteSource {
  readonly size: number;
  /** Bytes `offset … offset+length`; fewer where the file ends before. Never throws for a range past the end. */
  read(offset: number, length: number): Buffer;
}

/** Replace `length` bytes at `offset` of the old file by `insert`. Keep splices small: the journal holds them. */
export interface Splice {
  readonly offset: number;
  readonly length: number;
  readonly insert: Uint8Array;
}

/**
 * Every Ogg page of stream `serial` between `start` and `end` (offsets in the old file) gets `delta` added to its
 * sequence number (mod 2^32), and its CRC made anew. Applied while copying, so that memory stays flat.
 * No splice lies inside of the range; one that ends at `start`, an insertion there too, comes before its pages.
 */
export interface PageRenumbering {
  readonly start: number;
  readonly end: number;
  readonly serial: number;
  readonly delta: number;
}

/** What a write would do. Sorted, disjoint splices; no splice at all when nothing would change. */
export interface EditPlan {
  readonly splices: readonly Splice[];
  readonly renumber?: readonly PageRenumbering[];
  readonly changes: readonly FieldChange[];
  /** Ids of the units (see `ParsedFile.units`) that this edit changes, removes or adds; all others stay equal. */
  readonly touched: readonly string[];
}

/** A frame, atom, block, comment line or chunk as the verifier compares it. */
export interface Unit {
  /** `ID3v2/TCON`, `ID3v2/TXXX:Energy`, `FLAC/PICTURE`, `Vorbis/GENRE`, `MP4/moov.udta.meta.ilst.©gen`. Need not be unique. */
  readonly id: string;
  /** SHA-1 (hex) of what the unit means: its decoded bytes (and flags), not where it stands. */
  readonly digest: string;
}

/** A range of the file that holds audio; what differs harmlessly (Ogg page numbers and CRCs) is masked when hashed. */
export interface AudioRange {
  readonly start: number;
  readonly end: number;
  readonly mask?: 'ogg-page-headers';
}

/** One file, understood. */
export interface ParsedFile {
  /** `mp3`, `aac`, `tta`, `flac`, `ogg-vorbis`, `opus`, `speex`, `ogg-flac`, `mp4`, `wav`, `aiff`, `asf`, `ape`, … */
  readonly container: string;
  readonly values: TagValues;
  readonly units: readonly Unit[];
  readonly audio: readonly AudioRange[];
}

export interface FormatOptions {
  /** ID3v2.3 has no rule for several values: `joined` writes one string with `; `, `nul` separates by NUL. */
  readonly multiValue: 'joined' | 'nul';
}

/** What the edit of one tag (ID3v2, APEv2) inside a file would do; splices are relative to the tag's start. */
export interface TagPlan {
  readonly splices: readonly Splice[];
  /** Bytes of the whole tag afterwards. */
  readonly sizeAfter: number;
  readonly changes: readonly FieldChange[];
  readonly touched: readonly string[];
}

/** Reads and edits the tags of one family of containers. Pure: bytes in, plan out; it never writes. */
export interface TagFormat {
  /** Folder name below `formats/`. */
  readonly id: string;
  /** Whether the content (never the file name) is of this family. Reads little. */
  matches(source: ByteSource): boolean;
  /** @throws RefusedError when the structure is not understood well enough to be safe */
  parse(source: ByteSource): ParsedFile;
  /** @throws RefusedError when the edit can't be made without risk; nothing was changed */
  plan(source: ByteSource, edits: readonly FieldEdit[], options: FormatOptions): EditPlan;
}
