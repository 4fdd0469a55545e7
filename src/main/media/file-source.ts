import type { MediaSource } from './answer.ts';
import type { Lease } from './leases.ts';
import type { OpenedFile } from './open-file.ts';

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

/** Changes when a file does. */
export function tagOf({ size, modified }: Pick<OpenedFile, 'size' | 'modified'>): string {
  return `${size.toString(36)}-${modified.toString(36)}`;
}

/** A file as it is. Has the file and the lease, and ends both. */
export function fileSource(opened: OpenedFile, type: string, lease: Lease): MediaSource {
  const { handle, size } = opened;
  return {
    size,
    type,
    tag: tagOf(opened),
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
}
