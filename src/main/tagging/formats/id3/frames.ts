import { inflateSync } from 'node:zlib';
import { isSyncsafe, readSyncsafe, syncsafe } from '../../bytes/syncsafe.ts';
import type { Id3Version } from './text.ts';
import { addUnsync, removeUnsync } from './unsync.ts';

/** A frame as it stands in the tag. */
export interface Id3Frame {
  readonly id: string;
  readonly flags: number;
  /** Where the frame, header included, starts and ends. */
  readonly start: number;
  readonly end: number;
  /** What follows the frame header, as stored (tag-level unsynchronisation taken out). */
  readonly content: Buffer;
  /** What the frame says: decompressed, without group byte and length indicator; `null` when encrypted or broken. */
  readonly body: Buffer | null;
  /** Group identity, where the frame belongs to a group. */
  readonly group: number | null;
}

/** How v2.4 frame sizes are coded: as the standard says, all as plain numbers (old iTunes), or some of each. */
export type SizeRule = 'standard' | 'plain' | 'mixed';

export interface FrameWalk {
  readonly frames: readonly Id3Frame[];
  readonly end: number;
  /** Nothing but zeros behind the last frame. */
  readonly clean: boolean;
  readonly sizes: SizeRule;
}

/** Largest body that we inflate: a frame that claims more is left unread. */
const MAX_INFLATED = 64 * 1024 * 1024;

const headerLength = (version: Id3Version): number => (version === 2 ? 6 : 10);

/** Letters and digits; old iTunes leaves v2.2 ids, filled up, in newer tags: kept like any unknown frame. */
const FRAME_ID: Readonly<Record<Id3Version, RegExp>> = {
  2: /^[A-Z0-9]{3}$/,
  3: /^[A-Z0-9]{3}[A-Z0-9 \0]$/,
  4: /^[A-Z0-9]{3}[A-Z0-9 \0]$/,
};

/**
 * Splits a decoded tag body into frames. In v2.4 the standard's sizes are tried first, then plain ones, then a
 * choice per frame; the first that ends in clean padding wins.
 * @param from end of the extended header
 * @param allUnsynced whether the tag's header says that every frame is unsynchronised (v2.4)
 */
export function walkFrames(body: Buffer, from: number, version: Id3Version, allUnsynced: boolean): FrameWalk {
  const standard = walk(body, from, version, allUnsynced, 'standard');
  if (standard.clean || version !== 4) return standard;
  const plain = walk(body, from, version, allUnsynced, 'plain');
  if (plain.clean) return plain;
  const mixed = walk(body, from, version, allUnsynced, 'mixed');
  return mixed.clean || mixed.frames.length > standard.frames.length ? mixed : standard;
}

function walk(
  body: Buffer,
  from: number,
  version: Id3Version,
  allUnsynced: boolean,
  sizes: SizeRule,
): FrameWalk {
  const header = headerLength(version);
  const frames: Id3Frame[] = [];
  let at = from;
  while (at + header <= body.length && hasFrameId(body, at, version)) {
    const size = frameSize(body, at, version, sizes);
    if (size === null || at + header + size > body.length) break;
    const end = at + header + size;
    const id = body.toString('latin1', at, at + (version === 2 ? 3 : 4));
    const flags = version === 2 ? 0 : body.readUInt16BE(at + 8);
    const content = body.subarray(at + header, end);
    frames.push({
      id,
      flags,
      start: at,
      end,
      content,
      ...decodeContent(content, flags, version, allUnsynced),
    });
    at = end;
  }
  return { frames, end: at, clean: isZero(body, at), sizes };
}

function hasFrameId(body: Buffer, at: number, version: Id3Version): boolean {
  return FRAME_ID[version].test(body.toString('latin1', at, at + (version === 2 ? 3 : 4)));
}

function isZero(body: Buffer, from: number): boolean {
  for (let at = from; at < body.length; at += 1) if (body[at] !== 0) return false;
  return true;
}

function frameSize(body: Buffer, at: number, version: Id3Version, sizes: SizeRule): number | null {
  if (version === 2) return body.readUIntBE(at + 3, 3);
  const plain = body.readUInt32BE(at + 4);
  if (version === 3 || sizes === 'plain') return plain;
  const standard = isSyncsafe(body, at + 4) ? readSyncsafe(body, at + 4) : null;
  if (sizes === 'standard' || standard === plain) return standard;
  const fits = (size: number | null): boolean => {
    if (size === null) return false;
    const next = at + 10 + size;
    return (
      next <= body.length && (next === body.length || body[next] === 0 || hasFrameId(body, next, version))
    );
  };
  return fits(standard) || !fits(plain) ? standard : plain;
}

/** Undoes what the frame's format flags say (ID3v2.3 §3.3.1, ID3v2.4 §4.1). */
function decodeContent(
  content: Buffer,
  flags: number,
  version: Id3Version,
  allUnsynced: boolean,
): Pick<Id3Frame, 'body' | 'group'> {
  if (version === 2) return { body: content, group: null };
  const v3 = version === 3;
  const compressed = (flags & (v3 ? 0x80 : 0x08)) !== 0;
  const encrypted = (flags & (v3 ? 0x40 : 0x04)) !== 0;
  const grouped = (flags & (v3 ? 0x20 : 0x40)) !== 0;
  const lengthFirst = v3 ? compressed : false;
  const lengthLast = v3 ? false : (flags & 0x01) !== 0;
  let at = lengthFirst ? 4 : 0;
  let group: number | null = null;
  // v2.3: size, encryption, group; v2.4: group, encryption, size.
  if (grouped) group = content[at + (v3 && encrypted ? 1 : 0)] ?? null;
  at += (grouped ? 1 : 0) + (encrypted ? 1 : 0) + (lengthLast ? 4 : 0);
  if (encrypted || at > content.length) return { body: null, group };
  let body = content.subarray(at);
  if (!v3 && ((flags & 0x02) !== 0 || allUnsynced)) body = removeUnsync(body).bytes;
  if (compressed) {
    try {
      if (!isZlib(body)) return { body: null, group };
      body = inflateSync(body, { maxOutputLength: MAX_INFLATED });
    } catch {
      return { body: null, group };
    }
  }
  return { body, group };
}

/**
 * Whether bytes start as a zlib stream without dictionary does (RFC 1950 §2.2). Asked first, because `inflateSync`
 * keeps 16 KiB for good each time that it fails (Node 26), and damaged frames can be many.
 */
function isZlib(bytes: Buffer): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0;
}

/**
 * A frame to write. Status flags and group of the frame that it replaces are kept; it is neither compressed nor
 * encrypted, and unsynchronised (v2.4) only where the whole tag claims to be.
 * @throws RangeError when the body is too long for the version's size field
 */
export function encodeFrame(
  version: Id3Version,
  id: string,
  body: Buffer,
  like: Pick<Id3Frame, 'flags' | 'group'> | null,
  tag: { readonly sizes: SizeRule; readonly allUnsynced: boolean },
): Buffer {
  const head = Buffer.alloc(headerLength(version));
  head.write(id, 'latin1');
  if (version === 2) {
    head.writeUIntBE(body.length, 3, 3);
    return Buffer.concat([head, body]);
  }
  const v3 = version === 3;
  const grouped = like?.group ?? null;
  const unsynced = !v3 && tag.allUnsynced;
  const content = Buffer.concat([
    grouped === null ? Buffer.alloc(0) : Buffer.from([grouped]),
    unsynced ? addUnsync(body) : body,
  ]);
  const groupFlag = grouped === null ? 0 : v3 ? 0x20 : 0x40;
  head.writeUInt16BE(((like?.flags ?? 0) & 0xff00) | groupFlag | (unsynced ? 0x02 : 0), 8);
  if (v3 || tag.sizes === 'plain') head.writeUInt32BE(content.length, 4);
  else syncsafe(content.length).copy(head, 4);
  return Buffer.concat([head, content]);
}
