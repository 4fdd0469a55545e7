import type { Protocol } from 'electron';
import { securityHeaders } from '../host/serve/headers.ts';
import type { RendererFiles } from '../host/serve/renderer-files.ts';
import { APP_SCHEME, isOurs } from './origin.ts';

/** Makes `app:` a scheme with an origin of its own. Must run before Electron is ready. */
export function registerScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers `app://cratewise/…` with the built renderer, and with nothing else. */
export function serveRenderer(protocol: Pick<Protocol, 'handle'>, files: RendererFiles): void {
  protocol.handle(APP_SCHEME, (request) => {
    const refuse = (status: number) => new Response(null, { status, headers: securityHeaders([]) });
    if (!isOurs(request.url)) return refuse(403);
    if (request.method !== 'GET') return refuse(405);
    const file = files.get(new URL(request.url).pathname);
    if (!file) return refuse(404);
    return new Response(new Uint8Array(file.bytes), {
      headers: { ...securityHeaders([]), 'Content-Type': file.type },
    });
  });
}
