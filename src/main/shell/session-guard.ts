import type { App } from 'electron';
import type { Log } from '../log/log.ts';
import type { GuardedSession } from './api.ts';
import { APP_ORIGIN, isOurs } from './origin.ts';
import { denyPermissions } from './permissions.ts';

/** The result of `setCertificateVerifyProc` that refuses, whatever Chromium thinks of the certificate. */
const REFUSE_CERTIFICATE = -2;
/**
 * Whether the page may ask for an address: our own files, sound under its own address, and what it made itself.
 * Nothing that goes over a network, and nothing of the disk.
 * @param developer whether Chromium's developer tools, which are a page too, may load
 */
export function mayAsk(url: string, developer: boolean): boolean {
  if (isOurs(url) || url.startsWith(`blob:${APP_ORIGIN}/`)) return true;
  return developer && URL.parse(url)?.protocol === 'devtools:';
}

/**
 * Shuts the session: no permission, no network, no download but what the page made itself (an exported list), no
 * certificate that is trusted.
 */
export function guardSession(
  session: GuardedSession,
  { developer, log }: { developer: boolean; log: Log },
): void {
  denyPermissions(session);
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.setCertificateVerifyProc((_request, answer) => answer(REFUSE_CERTIFICATE));
  // Its dictionaries would be fetched from the network.
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url, resourceType }, answer) => {
    const cancel = !mayAsk(url, developer);
    if (cancel) log.warn('session', `a request of the page was refused: ${resourceType} to ${schemeOf(url)}`);
    answer({ cancel });
  });
  session.on('will-download', (event, item) => {
    if (item.getURL().startsWith(`blob:${APP_ORIGIN}/`)) return;
    event.preventDefault();
    log.warn('session', 'a download was refused');
  });
}

/** What the whole app refuses: it talks to no server, so it trusts none and names itself to none. */
export function guardApp(app: Pick<App, 'on'>): void {
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault();
    answer();
  });
  app.on('login', (event, _contents, _details, _info, answer) => {
    event.preventDefault();
    answer();
  });
}

/** The address itself may be anything, and a log is attached to reports. */
const schemeOf = (url: string): string => URL.parse(url)?.protocol ?? 'no address';
