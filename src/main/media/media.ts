import { join } from 'node:path';
import { CratewiseError } from '../../shared/errors.ts';
import type { ListeningCalls, Peaks } from '../../shared/listening.ts';
import type { Catalogue, FileDetails } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { RateLimit } from '../host/serve/rate-limit.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import { answerWith, type MediaAnswer, type MediaRequest, type MediaSource, refusal } from './answer.ts';
import { cacheFolder } from './cache-folder.ts';
import { decodedSource } from './decoded-source.ts';
import { fileSource, playableType, tagOf } from './file-source.ts';
import { HeardFiles } from './heard-files.ts';
import { type Lease, Leases } from './leases.ts';
import { openCatalogued, realPathOf } from './open-file.ts';
import { IDLE_MS, PeakMaker } from './peaks.ts';
import { PeaksCache } from './peaks-cache.ts';
import { type Ticket, Tickets } from './tickets.ts';

/** Where sound is answered, on the page's own origin. */
export const MEDIA_PREFIX = '/media/';
const ADDRESS = /^\/media\/([A-Za-z0-9_-]{43})$/;

/** Files that are read at once: two per open window, and then some. */
const MAX_STREAMS = 24;
/** Requests a second, of all windows: dragging along a waveform asks for some twenty. */
const REQUESTS_BURST = 120;
const REQUESTS_PER_SECOND = 40;
/** Addresses that are none: nobody guesses one of 256 bits, but nobody shall try for free either. */
const GUESSES_BURST = 20;
const GUESSES_PER_SECOND = 1;

/** A decoder that takes longer over a third of a second of sound hangs. */
const DECODE_TIMEOUT_MS = 60_000;

const UNKNOWN = 'The library has no such file any more.';
const MISSING = 'The file is not there any more. Was it moved or deleted?';

export interface MediaOptions {
  /** Milliseconds; tests set it. */
  readonly now?: () => number;
  /** The folder of waveforms. */
  readonly cache?: string;
}

/** A file that was opened for listening. */
export interface OpenedMedia {
  readonly url: string;
  readonly decoded: boolean;
  readonly writes: number;
}

/**
 * Lets files of a library be heard: gives out addresses for them, and answers these. It knows files by their number
 * in the catalogue; no path that anybody sends is ever opened.
 */
export class Media {
  readonly #catalogue: Pick<Catalogue, 'files' | 'roots'>;
  readonly #tickets: Tickets;
  readonly #leases = new Leases();
  readonly #heard = new HeardFiles();
  readonly #requests: RateLimit;
  readonly #guesses: RateLimit;
  readonly #decoders: WorkerPool<ListeningCalls>;
  readonly #peaks: PeakMaker;

  constructor(
    catalogue: Pick<Catalogue, 'files' | 'roots'>,
    host: ProcessHost,
    { now = Date.now, cache = join(cacheFolder(), 'peaks') }: MediaOptions = {},
  ) {
    this.#catalogue = catalogue;
    this.#decoders = new WorkerPool<ListeningCalls>(host, {
      module: 'analyser/peaks/worker',
      size: 1,
      timeoutMs: DECODE_TIMEOUT_MS,
      idleMs: IDLE_MS,
    });
    this.#peaks = new PeakMaker(host, new PeaksCache(cache), (path) => this.#leases.take(path));
    this.#tickets = new Tickets(now);
    this.#requests = new RateLimit(REQUESTS_BURST, REQUESTS_PER_SECOND, now);
    this.#guesses = new RateLimit(GUESSES_BURST, GUESSES_PER_SECOND, now);
  }

  /** How many files are being read. */
  get reading(): number {
    return this.#leases.count;
  }

  /**
   * Opens a file: gives out an address under which it can be heard for a while.
   * @param decoded the page can't play it as it is
   * @throws CratewiseError `unknown-file`, `offline`, `missing`
   */
  async open(id: number, decoded = false): Promise<OpenedMedia> {
    const file = this.#file(id);
    const isDecoded = decoded || playableType(file.container) === undefined;
    this.#heard.opened(id, await this.#realPath(file));
    const url = MEDIA_PREFIX + this.#tickets.issue({ fileId: id, decoded: isDecoded });
    return { url, decoded: isDecoded, writes: this.#heard.writes(id) };
  }

  /** Answers a request for sound. Never throws: a player is told by a status. */
  async answer(request: MediaRequest): Promise<MediaAnswer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, { Allow: 'GET, HEAD' });
    const secret = ADDRESS.exec(request.path)?.[1];
    const ticket = secret === undefined ? undefined : this.#tickets.use(secret);
    if (!ticket) return this.#guesses.take() ? refusal(404) : refusal(429, { 'Retry-After': '5' });
    if (!this.#requests.take() || this.#leases.count >= MAX_STREAMS)
      return refusal(429, { 'Retry-After': '1' });
    try {
      const source = await this.#source(ticket);
      if (!source) return refusal(503, { 'Retry-After': '1' });
      // What was begun with one file is not gone on with in another that took its place.
      ticket.tag ??= source.tag;
      if (ticket.tag === source.tag) {
        const answer = await answerWith(source, request);
        // One stream may go on for an hour, and the next one follow it.
        answer.body?.once('close', () => ticket.touch());
        return answer;
      }
      await source.close();
      return refusal(404);
    } catch {
      // Why is nothing that a player could say; the page asks `open`, which tells it in words.
      return refusal(404);
    }
  }

  /**
   * Ends all reading of these files, so that they can be replaced.
   * @param paths behind all links
   * @returns to be called when they were written; `written`: those that changed
   */
  async hold(paths: readonly string[]): Promise<(written: readonly string[]) => void> {
    this.#heard.held(paths);
    const release = await this.#leases.hold(paths);
    return (written) => {
      release();
      this.#heard.released(paths, written);
    };
  }

  /** What is written to while it is heard: now, then at each change. */
  watch(signal?: AbortSignal): ReturnType<HeardFiles['watch']> {
    return this.#heard.watch(signal);
  }

  /**
   * The waveform and the loudness of a file.
   * @param ahead it is not looked at yet: whatever is goes first
   * @throws CratewiseError as `open` does, `not-audio`, `held` while it is written to; FileError
   */
  async peaks(id: number, ahead: boolean, signal?: AbortSignal): Promise<Peaks> {
    const file = this.#file(id);
    const root = this.#catalogue.roots.get(file.rootId);
    if (!root || !file.track)
      throw new CratewiseError('not-audio', file.problem?.message ?? 'The file could not be read as audio.');
    const real = await this.#realPath(file);
    // The process that decodes opens it by its path: what is there is looked at first.
    const { handle } = await openCatalogued(file, root.path, real);
    await handle.close();
    return this.#peaks.of({ audioHash: file.track.audioHash, path: real, ahead }, signal);
  }

  /** Ends the processes; what is being heard breaks off. */
  close(): void {
    this.#peaks.close();
    this.#decoders.close();
  }

  async #realPath(file: FileDetails): Promise<string> {
    try {
      return await realPathOf(file.path);
    } catch (cause) {
      throw new CratewiseError('missing', MISSING, { cause });
    }
  }

  #file(id: number): FileDetails {
    const known = this.#catalogue.files.get(id);
    const file = known && this.#catalogue.files.details(known.path);
    if (!file) throw new CratewiseError('unknown-file', UNKNOWN);
    if (file.state === 'offline')
      throw new CratewiseError('offline', 'Its folder can’t be reached: is the drive connected?');
    if (file.state === 'missing') throw new CratewiseError('missing', MISSING);
    return file;
  }

  /** What a ticket lets be heard; undefined while the file is being written to. */
  async #source({ fileId, decoded }: Ticket): Promise<MediaSource | undefined> {
    const file = this.#file(fileId);
    const root = this.#catalogue.roots.get(file.rootId);
    if (!root) throw new CratewiseError('unknown-file', UNKNOWN);
    const real = await realPathOf(file.path);
    const lease = this.#leases.take(real);
    if (!lease) return undefined;
    const opened = await opening(lease, () => openCatalogued(file, root.path, real));
    const type = decoded ? undefined : playableType(file.container);
    if (type !== undefined) return fileSource(opened, type, lease);
    await opened.handle.close();
    return decodedSource(this.#decoders, real, tagOf(opened), lease);
  }
}

/** Ends a lease when what it was taken for can't be opened. */
async function opening<T>(lease: Lease, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    lease.end();
    throw error;
  }
}
