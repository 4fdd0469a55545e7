/** The scheme and host that the renderer is served under inside Electron. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'cratewise';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** Whether a URL is a page of the renderer. */
export function isOurs(url: string): boolean {
  const parsed = URL.parse(url);
  // A scheme of our own has no `origin` in the WHATWG parser: its parts are compared one by one.
  return parsed !== null && parsed.protocol === `${APP_SCHEME}:` && parsed.host === APP_HOST;
}
