import { CratewiseError } from '../../shared/errors.ts';
import type { Catalogue, FileDetails } from '../catalogue/index.ts';
import { RateLimit } from '../host/serve/rate-limit.ts';
import { answerWith, type MediaAnswer, type MediaRequest, type MediaSource, refusal } from './answer.ts';
import { fileSource, playableType } from './file-source.ts';
import { HeardFiles } from './heard-files.ts';
import { Leases } from './leases.ts';
import { realPathOf } from './open-file.ts';
import { Tickets } from './tickets.ts';

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

const MISSING = 'The file is not there any more. Was it moved or deleted?';

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

  /** @param now milliseconds; tests set it */
  constructor(catalogue: Pick<Catalogue, 'files' | 'roots'>, now: () => number = Date.now) {
    this.#catalogue = catalogue;
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
    const real = await realPathOf(file.path).catch((cause: unknown) => {
      throw new CratewiseError('missing', MISSING, { cause });
    });
    this.#heard.opened(id, real);
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
      const source = await this.#source(ticket.fileId);
      return source ? await answerWith(source, request) : refusal(503, { 'Retry-After': '1' });
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

  #file(id: number): FileDetails {
    const known = this.#catalogue.files.get(id);
    const file = known && this.#catalogue.files.details(known.path);
    if (!file) throw new CratewiseError('unknown-file', 'The library has no such file any more.');
    if (file.state === 'offline')
      throw new CratewiseError('offline', 'Its folder can’t be reached: is the drive connected?');
    if (file.state === 'missing') throw new CratewiseError('missing', MISSING);
    return file;
  }

  /** The bytes of a file; undefined while it is being written to. */
  async #source(id: number): Promise<MediaSource | undefined> {
    const file = this.#file(id);
    const root = this.#catalogue.roots.get(file.rootId);
    if (!root) throw new CratewiseError('unknown-file', 'The library has no such file any more.');
    const real = await realPathOf(file.path);
    const lease = this.#leases.take(real);
    if (!lease) return undefined;
    return fileSource(file, root.path, real, playableType(file.container) ?? '', lease);
  }
}
