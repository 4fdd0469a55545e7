import { dirname, join } from 'node:path';
import type { InstalledRecord } from '../../shared/installed-model.ts';
import type { InstallProgress } from '../../shared/model-install.ts';
import type { ModelManifest } from '../../shared/model-manifest.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import { checkModel, isFailedCheck } from './check-model.ts';
import { cancelled, ModelError } from './errors.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './fetch/retry.ts';
import type { FileReport, InstallCalls } from './install-calls.ts';
import { readManifests } from './manifests.ts';
import { step } from './progress-step.ts';
import { ModelStore } from './store.ts';

/**
 * Where a model stands: `half`: an installation was begun and can be gone on with; `outdated`: what is installed is of
 * another version than this program's manifest.
 */
export type ModelState = 'available' | 'half' | 'installed' | 'outdated';

export interface ModelStatus {
  readonly manifest: ModelManifest;
  readonly state: ModelState;
  /** What is installed, with `installed` and `outdated`. */
  readonly record: InstalledRecord | null;
  /** Bytes that were fetched already, with `half`. */
  readonly fetchedBytes: number;
}

/** What a user is asked before anything is fetched. */
export interface InstallPlan {
  readonly manifest: ModelManifest;
  /** Bytes that are still to fetch. */
  readonly downloadBytes: number;
  readonly freeBytes: number;
  /** Bytes of disk that have to be free. */
  readonly neededBytes: number;
}

export interface InstallOptions {
  /** Whether the licence is accepted, where the manifest wants that; asked before anything is fetched. */
  readonly acceptLicence: boolean | ((plan: InstallPlan) => boolean | Promise<boolean>);
  /** A folder or the address of a mirror; left out: the manager's own. */
  readonly source?: string;
  /** Also where this version is installed already. */
  readonly again?: boolean;
  /** Allows a source that gives no parts of files to send a whole one. */
  readonly wholeFile?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: InstallProgress) => void;
}

export interface VerifyReport extends FileReport {
  /** Why the model is no good although its files are as they were; null where it passed its test. */
  readonly problem: string | null;
  readonly sound: boolean;
}

export interface ModelManagerOptions {
  readonly host: ProcessHost;
  /** The folder of manifests and known answers that comes with the program: `manifests`, `known-answers`. */
  readonly shipped: string;
  /** The folder of installed models. */
  readonly models: string;
  /** Where files come from if a call says nothing else; left out: the authors' own place. */
  readonly source?: string;
  readonly retry?: RetryPolicy;
  readonly stallMs?: number;
  /** For tests: bytes that are proven at a time, see `ChunkedFile`. */
  readonly chunkBytes?: number;
  /** For tests: what the disk has left. */
  readonly freeBytes?: () => Promise<number>;
}

/** Room that is kept free beyond what a model takes. */
const MARGIN_BYTES = 64 * 1024 * 1024;

/** A connection that gives nothing for so long is dead. */
const STALL_MS = 30_000;

/** Installs, verifies and removes the models that can be fetched. */
export class ModelManager {
  readonly store: ModelStore;
  readonly #options: ModelManagerOptions;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: ModelManagerOptions) {
    this.#options = options;
    this.store = new ModelStore(options.models);
  }

  /** Every model that this version knows, and where it stands. */
  async list(): Promise<ModelStatus[]> {
    return Promise.all((await this.manifests()).map((manifest) => this.#status(manifest)));
  }

  manifests(): Promise<ModelManifest[]> {
    return readManifests(join(this.#options.shipped, 'manifests'));
  }

  /** @throws ModelError `unknown-model` */
  async status(id: string): Promise<ModelStatus> {
    return this.#status(await this.#manifest(id));
  }

  /** What to ask before an installation. @throws ModelError `unknown-model` */
  async plan(id: string): Promise<InstallPlan> {
    const manifest = await this.#manifest(id);
    const fetched = await this.store.fetched(id);
    const downloadBytes = Math.max(0, manifest.downloadBytes - fetched);
    const freeBytes = await (this.#options.freeBytes?.() ?? this.store.freeBytes());
    const neededBytes = downloadBytes + manifest.installedBytes + MARGIN_BYTES;
    return { manifest, downloadBytes, freeBytes, neededBytes };
  }

  /**
   * Whether the place that a model comes from can be reached now, before anybody waits for it.
   * @throws ModelError `unknown-model`
   */
  async reach(
    id: string,
    signal?: AbortSignal,
  ): Promise<{ readonly name: string; readonly problem: string | null }> {
    const manifest = await this.#manifest(id);
    return this.#inWorker((pool) => pool.follow('reach', follow({ signal }), manifest, this.#options.source));
  }

  /** @throws ModelError `unknown-model`, `licence-not-accepted` where that is needed and was not done */
  async requireLicence(id: string, accepted: boolean): Promise<void> {
    const manifest = await this.#manifest(id);
    if (manifest.licence.mustAccept && !accepted) throw notAccepted(manifest);
  }

  /** Stops what runs, and begins nothing more; what was fetched is kept. Resolves when all has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
  }

  /**
   * Fetches, builds, tests and activates a model. What an earlier call has fetched is gone on with.
   * @returns what is installed now; of a model that is installed already, that
   * @throws ModelError with what is wrong; CratewiseError `closed` where it was cancelled
   */
  async install(id: string, options: InstallOptions): Promise<InstalledRecord> {
    const signal = AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]);
    if (signal.aborted) throw cancelled();
    const running = this.#install(id, { ...options, signal });
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #install(id: string, options: InstallOptions): Promise<InstalledRecord> {
    const plan = await this.plan(id);
    const { manifest } = plan;
    const { version } = manifest;
    const before = await this.store.record(id);
    if (before?.version === version && !options.again) return before;
    const licence = await this.#accepted(plan, options);
    if (plan.freeBytes < plan.neededBytes) {
      throw new ModelError(
        'disk-full',
        `${manifest.name} needs ${gigabytes(plan.neededBytes)} on the disk of ${this.store.folder}, ${gigabytes(plan.freeBytes)} are free.`,
      );
    }
    const release = await this.store.lock(id);
    try {
      // Another process may have done it while this one asked.
      const meanwhile = await this.store.record(id);
      if (meanwhile?.version === version && !options.again) return meanwhile;
      const record = await this.#prepare(manifest, licence, options);
      await this.store.writeRecord(record);
      await this.#check(manifest, this.store.staging(id), options).catch((error: unknown) => {
        throw isFailedCheck(error) ? notActivated(error) : error;
      });
      if (options.signal?.aborted) throw cancelled();
      options.onProgress?.(step('activating', 0));
      await this.store.activate(id);
      options.onProgress?.(step('activating', 1));
      return record;
    } finally {
      release();
    }
  }

  /**
   * Hashes the files of an installed model again and has it pass its test once more.
   * @throws ModelError `unknown-model`, `not-installed`
   */
  async verify(
    id: string,
    options: Pick<InstallOptions, 'signal' | 'onProgress'> = {},
  ): Promise<VerifyReport> {
    const manifest = await this.#manifest(id);
    const record = await this.store.record(id);
    if (!record) throw notInstalled(manifest);
    const report = await this.#inWorker((pool) =>
      pool.follow('verify', follow(options), this.store.place(id), record.files),
    );
    const asWritten = report.changed.length + report.missing.length + report.extra.length === 0;
    if (!asWritten || record.version !== manifest.version)
      return { ...report, problem: null, sound: asWritten };
    try {
      await this.#check(manifest, this.store.folder, options);
      return { ...report, problem: null, sound: true };
    } catch (error) {
      if (!isFailedCheck(error)) throw error;
      return { ...report, problem: error.message, sound: false };
    }
  }

  /**
   * Removes a model, or what a begun installation has left of one.
   * @throws ModelError `not-installed`, `model-busy`, `model-in-use`
   */
  async remove(id: string): Promise<void> {
    const { state, manifest } = await this.status(id);
    if (state === 'available') throw notInstalled(manifest);
    const release = await this.store.lock(id);
    try {
      await this.store.remove(id);
    } finally {
      release();
    }
  }

  async #status(manifest: ModelManifest): Promise<ModelStatus> {
    await this.store.restore(manifest.id);
    const record = (await this.store.record(manifest.id)) ?? null;
    const fetchedBytes = await this.store.fetched(manifest.id);
    const half = fetchedBytes > 0 ? 'half' : 'available';
    if (!record) return { manifest, state: half, record, fetchedBytes };
    const state = record.version === manifest.version ? 'installed' : 'outdated';
    return { manifest, state, record, fetchedBytes };
  }

  async #manifest(id: string): Promise<ModelManifest> {
    const manifests = await this.manifests();
    const found = manifests.find((manifest) => manifest.id === id);
    if (found) return found;
    const known = manifests.map((manifest) => manifest.id).join(', ');
    throw new ModelError('unknown-model', `There is no model “${id}”. There are: ${known}.`);
  }

  /** @returns the name of the licence that was accepted, null where none has to be */
  async #accepted(plan: InstallPlan, { acceptLicence }: InstallOptions): Promise<string | null> {
    const { licence } = plan.manifest;
    const accepted = typeof acceptLicence === 'boolean' ? acceptLicence : await acceptLicence(plan);
    if (licence.mustAccept) {
      if (!accepted) throw notAccepted(plan.manifest);
      return licence.name;
    }
    // Who is asked may also say no to the size.
    if (typeof acceptLicence !== 'boolean' && !accepted) throw cancelled();
    return null;
  }

  async #prepare(
    manifest: ModelManifest,
    acceptedLicence: string | null,
    options: InstallOptions,
  ): Promise<InstalledRecord> {
    const { id, version } = manifest;
    const { retry = DEFAULT_RETRY, stallMs = STALL_MS, chunkBytes } = this.#options;
    const request = {
      manifest,
      work: this.store.work(id),
      output: this.store.staged(id),
      source: options.source ?? this.#options.source,
      wholeFile: options.wholeFile ?? false,
      retry,
      stallMs,
      chunkBytes,
    };
    const { files, source } = await this.#inWorker((pool) =>
      pool.follow('prepare', follow(options), request),
    );
    return {
      format: 'cratewise-installed',
      formatVersion: 1,
      id,
      version,
      installedAt: Date.now(),
      source,
      acceptedLicence,
      files,
    };
  }

  /** @param folder of models that are, for this test, installed */
  #check(
    manifest: ModelManifest,
    folder: string,
    options: Pick<InstallOptions, 'signal' | 'onProgress'>,
  ): Promise<void> {
    const { host, shipped } = this.#options;
    // What the test finds out about devices need not be found out again when the model is first used.
    const remember = join(dirname(this.store.folder), 'devices.json');
    return checkModel(manifest, { host, shipped, folder, remember, ...options });
  }

  async #inWorker<T>(work: (pool: WorkerPool<InstallCalls>) => Promise<T>): Promise<T> {
    const pool = new WorkerPool<InstallCalls>(this.#options.host, { module: 'main/models/worker', size: 1 });
    try {
      return await work(pool);
    } finally {
      pool.close();
    }
  }
}

const notActivated = (error: ModelError): ModelError =>
  new ModelError('check-failed', `${error.message} It was not activated.`, { cause: error });

function follow({
  signal,
  onProgress,
}: {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: InstallOptions['onProgress'] | undefined;
}) {
  return { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
}

function notAccepted({ name, licence }: ModelManifest): ModelError {
  return new ModelError(
    'licence-not-accepted',
    `${name} is under the licence ${licence.name} (${licence.url}), which has to be accepted first (--accept-licence). Nothing was fetched.`,
  );
}

function notInstalled({ name, id }: ModelManifest): ModelError {
  return new ModelError('not-installed', `${name} (${id}) is not installed.`);
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
