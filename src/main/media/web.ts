import { Readable } from 'node:stream';
import { securityHeaders } from '../host/serve/headers.ts';
import type { MediaAnswer, MediaRequest } from './answer.ts';

/**
 * Answers a web `Request` for sound with a web `Response`: for Electron's `protocol.handle`, whose scheme needs the
 * privilege `stream`. Whose request it is was checked before.
 */
export async function answerMedia(
  media: { answer(request: MediaRequest): Promise<MediaAnswer> },
  request: Request,
): Promise<Response> {
  const { status, headers, body } = await media.answer({
    method: request.method,
    path: URL.parse(request.url)?.pathname ?? '',
    range: request.headers.get('range') ?? undefined,
    ifRange: request.headers.get('if-range') ?? undefined,
    signal: request.signal,
  });
  if (body && request.signal.aborted) body.destroy();
  else if (body) request.signal.addEventListener('abort', () => body.destroy(), { once: true });
  return new Response(body && (Readable.toWeb(body) as ReadableStream<Uint8Array>), {
    status,
    headers: { ...securityHeaders([]), ...headers },
  });
}
