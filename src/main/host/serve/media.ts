import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { MediaAnswer, MediaRequest } from '../../media/answer.ts';
import type { Admission } from './admission.ts';
import { securityHeaders } from './headers.ts';

/** What answers for sound, see `Media`. */
export interface AnswersMedia {
  answer(request: MediaRequest): Promise<MediaAnswer>;
}

/** Answers an HTTP request for sound; its stream is closed when the client goes. */
export function sendMedia(
  media: AnswersMedia,
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
): void {
  const refusal = admission.media(request);
  if (refusal) {
    response.writeHead(refusal.status, { ...securityHeaders([]), 'Content-Length': 0 }).end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { range, 'if-range': ifRange } = request.headers;
  media
    .answer({
      method: request.method ?? '',
      path: request.url ?? '',
      range,
      ifRange: typeof ifRange === 'string' ? ifRange : undefined,
      signal: gone.signal,
    })
    .then(({ status, headers, body }) => {
      if (gone.signal.aborted) {
        body?.destroy();
        return;
      }
      response.writeHead(status, { ...securityHeaders([]), ...headers });
      if (body === null) response.end();
      // A player that has enough, or a file that is written to, ends it in the middle: that is no fault.
      else pipeline(body, response, () => undefined);
    })
    .catch(() => response.destroy());
}
