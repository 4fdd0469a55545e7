import type { Shell } from 'electron';
import type { ModelManifest } from '../../shared/model-manifest.ts';
import type { Log } from '../log/log.ts';

/** Pages that the user interface may point to, besides the licences of models. */
const PAGES = ['https://www.gnu.org/licenses/gpl-3.0.html'];

/**
 * The addresses that may be opened in the browser: those that came with the program, letter by letter. Whatever else
 * a page asks for stays closed, for a tag may hold any address.
 */
export function allowedLinks(manifests: readonly Pick<ModelManifest, 'licence'>[]): ReadonlySet<string> {
  const given = [...PAGES, ...manifests.map(({ licence }) => licence.url)];
  return new Set(given.filter((url) => URL.parse(url)?.protocol === 'https:'));
}

/** Opens an address in the browser if it is one of ours. */
export function openLink(
  shell: Pick<Shell, 'openExternal'>,
  allowed: ReadonlySet<string>,
  url: string,
  log: Log,
): void {
  if (!allowed.has(url)) {
    log.warn('links', 'an address that is not on the list was not opened');
    return;
  }
  shell.openExternal(url).catch((error: unknown) => log.warn('links', `${url} could not be opened`, error));
}
