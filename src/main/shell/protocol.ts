import type { Protocol } from 'electron';
import { securityHeaders } from '../host/serve/headers.ts';
import type { RendererFiles } from '../host/serve/renderer-files.ts';
import { MEDIA_PREFIX, type Media } from '../media/media.ts';
import { answerMedia } from '../media/web.ts';
import { APP_SCHEME, isOurs } from './origin.ts';

/**
 * Makes `app:` a scheme with an origin of its own, whose sound can be asked for in stretches (`stream`). Must run
 * before Electron is ready.
 */
export function registerScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/**
 * Answers `app://cratewise/…` with the built renderer, `app://cratewise/media/…` with sound of the library that is
 * open, and with nothing else.
 * @param media of the library that is open; undefined while there is none
 */
export function serveRenderer(
  protocol: Pick<Protocol, 'handle'>,
  files: RendererFiles,
  media: () => Pick<Media, 'answer'> | undefined = () => undefined,
): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const refuse = (status: number) => new Response(null, { status, headers: securityHeaders([]) });
    if (!isOurs(request.url)) return refuse(403);
    const path = new URL(request.url).pathname;
    if (path.startsWith(MEDIA_PREFIX)) {
      const heard = media();
      return heard ? answerMedia(heard, request) : refuse(404);
    }
    if (request.method !== 'GET') return refuse(405);
    const file = files.get(path);
    if (!file) return refuse(404);
    return new Response(new Uint8Array(file.bytes), {
      headers: { ...securityHeaders([]), 'Content-Type': file.type },
    });
  });
}
