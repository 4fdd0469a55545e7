import type { MediaSource } from './answer.ts';
import type { Lease } from './leases.ts';
import { type CataloguedFile, openCatalogued } from './open-file.ts';

/** Bytes read at a time: a second of lossless sound. */
const CHUNK = 128 * 1024;

/** Containers that browsers play as they are, as long as what is inside is what is usual there. */
const PLAYABLE: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  mp4: 'audio/mp4',
  'ogg-vorbis': 'audio/ogg',
  'ogg-flac': 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  wave: 'audio/wav',
  matroska: 'audio/webm',
  webm: 'audio/webm',
};

/** The media type of a container that browsers play; undefined where they do not. */
export function playableType(container: string | null): string | undefined {
  return container !== null && Object.hasOwn(PLAYABLE, container) ? PLAYABLE[container] : undefined;
}

/**
 * A file as it is. It has the lease from now on and ends it, also when it can't be opened.
 * @param real the path behind all links
 * @throws as `openCatalogued` does
 */
export async function fileSource(
  file: CataloguedFile,
  root: string,
  real: string,
  type: string,
  lease: Lease,
): Promise<MediaSource> {
  try {
    const { handle, size, modified } = await openCatalogued(file, root, real);
    return {
      size,
      type,
      tag: `${size.toString(36)}-${modified.toString(36)}`,
      stream: (start, end) => {
        const stream = handle.createReadStream({ start, end, highWaterMark: CHUNK });
        stream.once('close', lease.end);
        const cut = () => stream.destroy(new Error('The file is written to.'));
        if (lease.signal.aborted) cut();
        else lease.signal.addEventListener('abort', cut, { once: true });
        return stream;
      },
      close: async () => {
        await handle.close();
        lease.end();
      },
    };
  } catch (error) {
    lease.end();
    throw error;
  }
}
