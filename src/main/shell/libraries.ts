import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ORPCError, onError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { MessagePortMain } from 'electron';
import type { ProcessHost } from '../host/process-host.ts';
import { Library } from '../library/library.ts';
import type { Log } from '../log/log.ts';
import { libraryRouter } from '../service/router.ts';
import { Work } from '../service/work.ts';
import type { AppSettings } from './app-settings.ts';

/** A library that is open, and the pages that are connected to it. */
export interface OpenedLibrary {
  readonly library: Library;
  readonly work: Work;
  /** Aborted when the library is closed. */
  readonly closing: AbortSignal;
}

interface Held extends OpenedLibrary {
  readonly connect: (port: MessagePortMain) => void;
  readonly close: () => Promise<void>;
}

/** The one library that the app has open, and the way to another. */
export class Libraries {
  readonly #host: ProcessHost;
  readonly #settings: AppSettings;
  readonly #log: Log;
  #held: Held | undefined;
  /** Called for each library that is opened, before any page talks to it. */
  onOpen: (opened: OpenedLibrary) => void = () => undefined;

  constructor(host: ProcessHost, settings: AppSettings, log: Log) {
    this.#host = host;
    this.#settings = settings;
    this.#log = log;
  }

  get current(): OpenedLibrary | undefined {
    return this.#held;
  }

  /**
   * Opens a library in place of the one that is open. Where that fails, the old one stays.
   * @throws CatalogueError see `Library.open`
   */
  async open(file: string): Promise<void> {
    if (this.#held && isSame(this.#held.library.catalogue.file, file)) return;
    const library = await Library.open(file, this.#host);
    // Its processes start while the window does.
    library.reader.start();
    const before = this.#held;
    this.#held = hold(library, this.#log);
    this.#log.info('library', `opened ${library.catalogue.file}`);
    const { done, failed, unreachable } = library.recovered;
    if (done + failed + unreachable > 0)
      this.#log.warn(
        'library',
        `writes that were cut off: ${done} done, ${failed} not, ${unreachable} unknown`,
      );
    this.#settings.remember(library.catalogue.file);
    this.onOpen(this.#held);
    this.#held.work.restore();
    await before?.close();
  }

  /** Connects a page to the library; while there is none, its port is closed. */
  connect(port: MessagePortMain): void {
    if (this.#held) this.#held.connect(port);
    else port.close();
  }

  /** Lets the file in hand be finished, then closes. */
  async close(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.close();
  }
}

function hold(library: Library, log: Log): Held {
  // Its processes start while the window does.
  library.reader.start();
  const work = new Work(library);
  const handler = new RPCHandler(libraryRouter(library, work), {
    interceptors: [
      onError((error) => {
        // A refusal is an answer; anything else the page only hears of as an internal error.
        if (!(error instanceof ORPCError)) log.error('call', 'failed', error);
      }),
    ],
  });
  const ports = new Set<MessagePortMain>();
  const closing = new AbortController();
  return {
    library,
    work,
    closing: closing.signal,
    connect: (port) => {
      ports.add(port);
      port.once('close', () => ports.delete(port));
      handler.upgrade(port, { context: {} });
      port.start();
    },
    close: async () => {
      closing.abort();
      for (const port of ports) port.close();
      try {
        await work.close();
      } finally {
        await library.close();
        log.info('library', `closed ${library.catalogue.file}`);
      }
    },
  };
}

/** Whether two paths are one file, by whatever name. */
function isSame(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev && a.ino !== 0n;
}
