import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ModelManifest } from '../../../shared/model-manifest.ts';
import { ModelError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { FolderSource } from './folder-source.ts';
import { type HttpLimits, HttpSource } from './http-source.ts';

/**
 * Where the files of a model come from.
 * @param place a folder or the address of a mirror; undefined for the authors' own place
 * @throws ModelError where it is neither
 */
export function sourceOf(
  manifest: ModelManifest,
  place: string | undefined,
  limits: Partial<HttpLimits> = {},
): ByteSource {
  if (place === undefined) {
    return new HttpSource(authorsPlace(manifest), (path) => [authorsAddress(manifest, path)], limits);
  }
  const candidates = (path: string) => mirrorPaths(manifest, path);
  if (!/^https?:\/\//i.test(place) || existsSync(place)) return new FolderSource(resolve(place), candidates);
  const address = place.endsWith('/') ? place : `${place}/`;
  if (!URL.canParse(address)) throw new ModelError('source-refused', `${place} is no address.`);
  const base = new URL(address);
  return new HttpSource(
    base,
    // A name may hold what means something else in an address.
    (path) => candidates(path).map((p) => new URL(p.split('/').map(encodeURIComponent).join('/'), base)),
    { ...limits, allowHttp: base.protocol === 'http:' },
  );
}

const HOSTS = {
  github: 'https://raw.githubusercontent.com/',
  huggingface: 'https://huggingface.co/',
  openai: 'https://openaipublic.azureedge.net/',
} as const;

function authorsPlace({ source }: ModelManifest): URL {
  return new URL(HOSTS[source.host]);
}

/** The address of a file at the pinned revision, which never changes: a commit names its content. */
export function authorsAddress(manifest: ModelManifest, path: string): URL {
  const { host, repository, revision } = manifest.source;
  const at = placeOf(manifest, path);
  const within = {
    github: `${repository}/${revision}/${at}`,
    huggingface: `${repository}/resolve/${revision}/${at}`,
    openai: `${repository}/${at}`,
  };
  return new URL(within[host], HOSTS[host]);
}

/** Where a file is at the source; its shards and their index are beside it. */
function placeOf({ files }: ModelManifest, path: string): string {
  return files.find((file) => file.path === path)?.at ?? path;
}

/**
 * Where a mirror may have a file, best first: by model and path; by model and name; as Hugging Face has it, for its
 * mirrors; and, for a folder or address of one model, by path and by name.
 */
export function mirrorPaths(manifest: ModelManifest, path: string): string[] {
  const { id, source } = manifest;
  const at = placeOf(manifest, path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const hub = source.host === 'huggingface' ? [`${source.repository}/resolve/${source.revision}/${at}`] : [];
  return [...new Set([`${id}/${path}`, `${id}/${name}`, ...hub, at, path, name])];
}
