import { hasEscape, pathFromBytes, pathToBytes } from '../path.ts';

/** A track as a playlist file names it. */
export interface M3uEntry {
  /** As it stands there, `file://` addresses turned into paths: absolute or relative, in our escaped form. */
  readonly path: string;
  /** What `#EXTINF` says, usually “artist - title”; empty where it says nothing. */
  readonly title: string;
  readonly seconds: number | null;
}

export interface M3uFile {
  /** `#PLAYLIST`; null where there is none. */
  readonly name: string | null;
  readonly entries: readonly M3uEntry[];
}

/** Entries that are read at most: a playlist holds no more. */
export const MAX_ENTRIES = 100_000;

/** Reads an M3U or M3U8 file leniently: other people's players wrote it. Streams from the network are left out. */
export function parseM3u(text: string): M3uFile {
  let name: string | null = null;
  let said: Pick<M3uEntry, 'title' | 'seconds'> = { title: '', seconds: null };
  const entries: M3uEntry[] = [];
  for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.startsWith('#')) {
      const info = /^#EXTINF:\s*(-?\d+(?:\.\d+)?)?[^,]*,?(.*)$/.exec(line);
      if (info) {
        const seconds = Number(info[1] ?? -1);
        said = { title: info[2]!.trim(), seconds: seconds >= 0 ? seconds : null };
      }
      const called = /^#PLAYLIST:(.*)$/.exec(line);
      if (called) name = called[1]!.trim() || null;
      continue;
    }
    const path = pathOf(line);
    if (path !== null && entries.length < MAX_ENTRIES) entries.push({ path, ...said });
    said = { title: '', seconds: null };
  }
  return { name, entries };
}

function pathOf(line: string): string | null {
  const address = /^file:\/\/([^/\\]*)(\/.*)$/i.exec(line);
  if (address) return fromAddress(address[1]!, address[2]!);
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(line) ? null : line;
}

function fromAddress(host: string, rest: string): string | null {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const part of rest.match(/%[0-9a-f]{2}|[^%]+|%/gi) ?? [])
    if (/^%[0-9a-f]{2}$/i.test(part)) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...encoder.encode(part));
  if (bytes.includes(0)) return null;
  const path = pathFromBytes(Uint8Array.from(bytes));
  if (host !== '' && host.toLowerCase() !== 'localhost') return `\\\\${host}${path.replaceAll('/', '\\')}`;
  // `C%3A` is a folder that is called so.
  return /^\/[A-Za-z]:(?:\/|$)/.test(rest) ? path.slice(1).replaceAll('/', '\\') : path;
}

/** A path as a `file://` address, which is plain ASCII whatever the name holds. */
export function fileAddress(path: string): string {
  const drive = /^[A-Za-z]:/.test(path);
  const share = path.startsWith('\\\\');
  const slashes = drive || share ? path.replaceAll('\\', '/') : path;
  const bytes = hasEscape(slashes) ? pathToBytes(slashes) : new TextEncoder().encode(slashes);
  let out = '';
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    out += /[A-Za-z0-9/:._~!$&'()*+,;=@-]/.test(letter)
      ? letter
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (!drive) out = out.replace(/^\/([A-Za-z]):/, '/$1%3A');
  if (share) return `file:${out}`;
  return drive ? `file:///${out}` : `file://${out}`;
}
