import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { CratewiseError } from '../../../shared/errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface RendererFile {
  readonly bytes: Buffer;
  /** MIME type. */
  readonly type: string;
}

/** The renderer was not built, or the build is not whole. */
export class RendererMissingError extends CratewiseError {
  override readonly name = 'RendererMissingError';

  constructor(folder: string, options?: ErrorOptions) {
    super(
      'renderer-missing',
      `The user interface is not built (there is no index.html in ${folder}). Run “npm run build” once.`,
      options,
    );
  }
}

/**
 * The built renderer, by URL path. What can be had is fixed when it is opened, by a list of the folder: a URL names an
 * entry of that list or nothing, so no URL leads out of the folder, however it is spelled.
 */
export class RendererFiles {
  readonly #files: ReadonlyMap<string, RendererFile>;

  private constructor(files: ReadonlyMap<string, RendererFile>) {
    this.#files = files;
  }

  /**
   * Reads the folder (a few hundred kB).
   * @throws RendererMissingError when there is no built renderer in it
   */
  static open(folder: string): RendererFiles {
    const files = new Map<string, RendererFile>();
    try {
      collect(folder, '', files);
    } catch (error) {
      throw new RendererMissingError(folder, { cause: error });
    }
    if (!files.has('/index.html')) throw new RendererMissingError(folder);
    return new RendererFiles(files);
  }

  /** @param path of the URL, with its slash at the start, as it came; `/` is the page */
  get(path: string): RendererFile | undefined {
    return this.#files.get(path === '/' ? '/index.html' : path);
  }
}

function collect(folder: string, below: string, files: Map<string, RendererFile>): void {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const url = `${below}/${entry.name}`;
    const type = TYPES[extname(entry.name)];
    if (entry.isDirectory()) collect(folder, url, files);
    else if (entry.isFile() && type !== undefined)
      files.set(url, { bytes: readFileSync(join(folder, url)), type });
  }
}
