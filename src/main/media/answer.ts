import type { Readable } from 'node:stream';
import { wantedRange } from './range.ts';

/** What a player asks, whatever carries it. */
export interface MediaRequest {
  readonly method: string;
  /** The path of the address, as it was sent: `/media/…`. */
  readonly path: string;
  readonly range?: string | undefined;
  readonly ifRange?: string | undefined;
  /** Aborts when the client is gone. */
  readonly signal?: AbortSignal | undefined;
}

/** What is answered. The body ends by itself when the client is gone; whoever drops it unread destroys it. */
export interface MediaAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable | null;
}

/** Something that can be heard: bytes of a known number, any stretch of which can be had. */
export interface MediaSource {
  readonly size: number;
  readonly type: string;
  /** Changes when the bytes do. */
  readonly tag: string;
  /** Bytes `start`…`end`, inclusive. The stream closes what the source holds. */
  stream(start: number, end: number): Readable;
  /** Instead of `stream`: nothing is wanted. */
  close(): Promise<void>;
}

/** A refusal, as plain as can be: its reader is a player. */
export function refusal(status: number, headers: Record<string, string> = {}): MediaAnswer {
  return { status, headers: { 'Content-Length': '0', ...headers }, body: null };
}

/** Answers a GET or HEAD for a source (RFC 9110). */
export async function answerWith(source: MediaSource, request: MediaRequest): Promise<MediaAnswer> {
  const { size, type, tag } = source;
  const etag = `"${tag}"`;
  const headers = {
    'Content-Type': type,
    'Accept-Ranges': 'bytes',
    ETag: etag,
  };
  // A stretch of what is another file by now would be noise: then the whole is sent.
  const isSame = request.ifRange === undefined || request.ifRange === etag;
  // RFC 9110, 14.2: a Range header means something with GET alone.
  const range = isSame && request.method === 'GET' ? wantedRange(request.range, size) : undefined;
  if (range === 'unsatisfiable') {
    await source.close();
    return refusal(416, { ...headers, 'Content-Range': `bytes */${size}` });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = end - start + 1;
  const whole = { ...headers, 'Content-Length': String(length) };
  if (request.method === 'HEAD' || length === 0) {
    await source.close();
    return { status: 200, headers: whole, body: null };
  }
  return range
    ? {
        status: 206,
        headers: { ...whole, 'Content-Range': `bytes ${start}-${end}/${size}` },
        body: source.stream(start, end),
      }
    : { status: 200, headers: whole, body: source.stream(start, end) };
}
