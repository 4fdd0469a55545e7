import type { IncomingHttpHeaders } from 'node:http';
import { cancelled } from '../errors.ts';
import { SourceError } from './byte-source.ts';

const TEMPORARY_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Errors of a connection that may be gone at the next try. A certificate that does not hold is none of them. */
const TEMPORARY_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);

/** Longest that a server's `Retry-After` is heeded. */
const MAX_RETRY_AFTER_MS = 120_000;

/** What a status other than 200 and 206 means. */
export function statusProblem(status: number, headers: IncomingHttpHeaders, name: string): SourceError {
  if (status === 404 || status === 410)
    return new SourceError('missing', `${name} does not have the file (${status}).`);
  if (status === 416) return new SourceError('changed', `The file at ${name} is shorter than it was.`);
  if (TEMPORARY_STATUS.has(status)) {
    const retryAfterMs = retryAfter(headers['retry-after']);
    return new SourceError('temporary', `${name} answers with ${status}.`, {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const why = status === 401 || status === 403 ? ': it does not give the file to everybody' : '';
  return new SourceError('refused', `${name} answers with ${status}${why}.`);
}

/** Milliseconds of a `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : undefined;
}

/** What an error of a connection means. */
export function connectionProblem(thrown: unknown, { host }: URL, signal?: AbortSignal): Error {
  if (thrown instanceof SourceError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (signal?.aborted || error.name === 'AbortError') return cancelled();
  if (TEMPORARY_CODES.has(code) || code.startsWith('HPE_')) {
    const how =
      code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? 'can’t be found: is there a network?'
        : `can’t be read: ${error.message}.`;
    return new SourceError('temporary', `${host} ${how}`, { cause: error });
  }
  return new SourceError('refused', `${host} can’t be used: ${error.message}.`, { cause: error });
}
