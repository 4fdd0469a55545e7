import {
  type Agent,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';
import { Agent as HttpsAgent, request as requestTls } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { type ByteRange, type ByteSource, type OpenedFile, SourceError } from './byte-source.ts';
import { connectionProblem, statusProblem } from './http-problems.ts';

export interface HttpLimits {
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly stallMs: number;
  /** Whether plain HTTP is fine: for a mirror that the user named so. To this computer itself it always is. */
  readonly allowHttp: boolean;
}

const DEFAULT_LIMITS: HttpLimits = { stallMs: 30_000, allowHttp: false };
const MAX_REDIRECTS = 5;

/** What came back, and what the redirects on the way said of the file (Hugging Face tells its hash there). */
interface Answer {
  readonly message: IncomingMessage;
  readonly url: URL;
  readonly linkedTag: string | undefined;
}

/**
 * A server. Connections go through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`;
 * Node's own agents know them).
 */
export class HttpSource implements ByteSource {
  readonly name: string;
  readonly #candidates: (path: string) => readonly URL[];
  readonly #limits: HttpLimits;
  readonly #agents: { readonly http: Agent; readonly https: HttpsAgent };
  /** Which candidate had a file. */
  readonly #found = new Map<string, URL>();

  /** @param candidates addresses that may have a file, best first */
  constructor(base: URL, candidates: (path: string) => readonly URL[], limits: Partial<HttpLimits> = {}) {
    const shown = new URL(base);
    shown.username = '';
    shown.password = '';
    this.name = shown.href;
    this.#candidates = candidates;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    const options = { keepAlive: true, proxyEnv: process.env, timeout: this.#limits.stallMs };
    this.#agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  }

  async open(
    path: string,
    range: ByteRange,
    version: string | null,
    signal: AbortSignal,
  ): Promise<OpenedFile> {
    const known = this.#found.get(path);
    const candidates = known ? [known] : this.#candidates(path);
    for (const [i, url] of candidates.entries()) {
      try {
        const opened = await this.#openAt(url, range, version, signal);
        this.#found.set(path, url);
        return opened;
      } catch (error) {
        const missing = error instanceof SourceError && error.problem === 'missing';
        if (!missing || i === candidates.length - 1) throw error;
      }
    }
    throw new SourceError('missing', `${path} is not at ${this.name}.`);
  }

  async #openAt(
    url: URL,
    range: ByteRange,
    version: string | null,
    signal: AbortSignal,
  ): Promise<OpenedFile> {
    let { message, linkedTag } = await this.#follow(url, range, version, signal);
    // The tag that was told on the way may be none that the last server knows: it has to be asked without.
    if (message.statusCode === 200 && version !== null && version === linkedTag) {
      message.destroy();
      ({ message, linkedTag } = await this.#follow(url, range, null, signal));
    }
    const { headers, statusCode: status = 0 } = message;
    try {
      if (status !== 200 && status !== 206) throw statusProblem(status, headers, this.name);
      const coding = headers['content-encoding'] ?? 'identity';
      // Offsets mean nothing in compressed bytes.
      if (coding !== 'identity')
        throw new SourceError('refused', `${this.name} sends ${coding}, not the file itself.`);
      const current = linkedTag ?? headers.etag ?? headers['last-modified'] ?? null;
      if (version !== null && current !== version) {
        throw new SourceError('changed', `The file at ${url.origin} was changed meanwhile.`);
      }
      const { start, size } =
        status === 206 ? rangeOf(headers, range, url) : { start: 0, size: lengthOf(headers) };
      const ranged = status === 206;
      return {
        start,
        ranged,
        size,
        version: current,
        body: received(message, url),
        close: () => void message.destroy(),
      };
    } catch (error) {
      message.destroy();
      throw error;
    }
  }

  /** Follows redirects, each of which has to be as safe as what it came from. */
  async #follow(start: URL, range: ByteRange, version: string | null, signal: AbortSignal): Promise<Answer> {
    let url = start;
    let linkedTag: string | undefined;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      this.#checkSafe(url);
      const message = await this.#ask(url, range, linkedTag ? null : version, signal);
      const tag = message.headers['x-linked-etag'];
      if (typeof tag === 'string') linkedTag = tag;
      const { location } = message.headers;
      if (![301, 302, 303, 307, 308].includes(message.statusCode ?? 0) || location === undefined) {
        return { message, url, linkedTag };
      }
      message.destroy();
      if (!URL.canParse(location, url)) {
        throw new SourceError('refused', `${url.host} redirects to what is no address.`);
      }
      url = new URL(location, url);
    }
    throw new SourceError('refused', `${start.host} redirects without end.`);
  }

  #checkSafe(url: URL): void {
    if (url.protocol === 'https:') return;
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    if (url.protocol === 'http:' && (this.#limits.allowHttp || local)) return;
    throw new SourceError(
      'refused',
      `${url.protocol}//${url.host} is not a safe address: it has to be https.`,
    );
  }

  #ask(
    url: URL,
    { from, to }: ByteRange,
    version: string | null,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const headers: Record<string, string> = {
      'accept-encoding': 'identity',
      'user-agent': 'cratewise',
    };
    if (from > 0 || to !== null) {
      headers.range = `bytes=${from}-${to === null ? '' : to - 1}`;
      // A weak tag is not allowed here; the tag that the answer has is compared in any case.
      if (version !== null && !version.startsWith('W/')) headers['if-range'] = version;
    }
    const secure = url.protocol === 'https:';
    const options = { ...urlToHttpOptions(url), headers, signal };
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => reject(connectionProblem(error, url, signal));
      const asked = secure
        ? requestTls({ ...options, agent: this.#agents.https })
        : request({ ...options, agent: this.#agents.http });
      asked.setTimeout(this.#limits.stallMs, () => {
        asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      });
      asked.on('error', failed);
      asked.on('response', resolve);
      asked.end();
    });
  }
}

/** The body, with broken connections as what they are. */
async function* received(message: IncomingMessage, url: URL): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const piece of message) yield piece as Uint8Array;
  } catch (error) {
    throw connectionProblem(error, url);
  }
}

function lengthOf(headers: IncomingHttpHeaders): number | null {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

function rangeOf(
  headers: IncomingHttpHeaders,
  wanted: ByteRange,
  url: URL,
): { start: number; size: number | null } {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  if (Number(match?.[1]) !== wanted.from) {
    throw new SourceError('refused', `${url.host} sends other bytes than it was asked for.`);
  }
  return { start: wanted.from, size: match?.[3] === '*' ? null : Number(match?.[3]) };
}
