import type { FieldChange, FieldEdit, TagValues } from '../../shared/tags.ts';

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
