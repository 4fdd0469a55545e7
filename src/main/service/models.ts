import type { Installs, ModelRow } from '../../shared/contract/models.ts';
import { toErrorShape } from '../../shared/errors.ts';
import type { InstallProgress } from '../../shared/model-install.ts';
import { ModelError } from '../models/errors.ts';
import type { ModelManager, ModelStatus } from '../models/manager.ts';
import { step } from '../models/progress-step.ts';
import { Watched } from './watched.ts';

type Installation = Installs['installs'][number];
type Ended = Installs['ended'][number];

interface Waiting {
  readonly id: string;
  readonly acceptLicence: boolean;
  readonly abort: AbortController;
}

/** The installations that a user interface has begun: one at a time, watched by any number of clients. */
export class ModelWork {
  readonly #manager: ModelManager;
  readonly #watched = new Watched<Installs>({ installs: [], ended: [], revision: 0 });
  readonly #line: Waiting[] = [];
  #working = false;

  constructor(manager: ModelManager) {
    this.#manager = manager;
  }

  async list(): Promise<ModelRow[]> {
    return (await this.#manager.list()).map(modelRow);
  }

  async plan(id: string): Promise<{ downloadBytes: number; neededBytes: number; freeBytes: number }> {
    const { downloadBytes, neededBytes, freeBytes } = await this.#manager.plan(id);
    return { downloadBytes, neededBytes, freeBytes };
  }

  /** Puts models in line. @throws ModelError `unknown-model`, `licence-not-accepted` before anything is begun */
  async install(ids: readonly string[], acceptLicence: boolean): Promise<void> {
    for (const id of ids) await this.#manager.requireLicence(id, acceptLicence);
    for (const id of new Set(ids)) {
      if (this.#line.some((waiting) => waiting.id === id)) continue;
      this.#line.push({ id, acceptLicence, abort: new AbortController() });
      this.#put({ id, ...step('waiting', 0), stopping: false });
    }
    if (!this.#working) void this.#work();
  }

  stop(id: string): void {
    const waiting = this.#line.find((candidate) => candidate.id === id);
    if (!waiting) return;
    waiting.abort.abort();
    const shown = this.#watched.value.installs.find((installation) => installation.id === id);
    if (shown) this.#put({ ...shown, stopping: true });
  }

  /** Grows when what is installed is another. */
  get revision(): number {
    return this.#watched.value.revision;
  }

  async reach(id: string, signal?: AbortSignal): Promise<{ name: string; problem: string | null }> {
    return { ...(await this.#manager.reach(id, signal)) };
  }

  /** Verifies a model; those who watch see how far it is. @throws ModelError as the manager, `model-busy` */
  async verify(id: string, signal?: AbortSignal) {
    if (this.#watched.value.installs.some((installation) => installation.id === id))
      throw new ModelError('model-busy', 'This model is being worked on. Wait until that has finished.');
    const show = (progress: InstallProgress) => this.#put({ id, ...progress, stopping: false });
    show(step('verifying', 0));
    try {
      const { sound, changed, missing, extra, problem } = await this.#manager.verify(id, {
        onProgress: show,
        ...(signal ? { signal } : {}),
      });
      return { sound, changed: [...changed], missing: [...missing], extra: [...extra], problem };
    } finally {
      const { value } = this.#watched;
      this.#watched.set({ ...value, installs: value.installs.filter((other) => other.id !== id) });
    }
  }

  async remove(id: string): Promise<void> {
    await this.#manager.remove(id);
    this.#changed();
  }

  watch(signal?: AbortSignal): AsyncGenerator<Installs, void, void> {
    return this.#watched.watch(signal);
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#line[0]; next; next = this.#line[0]) {
      const ended = await this.#installOne(next);
      this.#line.shift();
      const { installs, ended: before, revision } = this.#watched.value;
      this.#watched.set({
        installs: installs.filter(({ id }) => id !== ended.id),
        ended: [...before.filter(({ id }) => id !== ended.id), ended],
        revision: revision + 1,
      });
    }
    this.#working = false;
  }

  async #installOne({ id, acceptLicence, abort }: Waiting): Promise<Ended> {
    try {
      if (abort.signal.aborted) return { id, outcome: 'stopped', problem: null };
      await this.#manager.install(id, {
        acceptLicence,
        signal: abort.signal,
        onProgress: (progress) => this.#progress(id, progress, abort.signal.aborted),
      });
      return { id, outcome: 'installed', problem: null };
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'closed') return { id, outcome: 'stopped', problem: null };
      return { id, outcome: 'failed', problem: { code, message } };
    }
  }

  #progress(id: string, progress: InstallProgress, stopping: boolean): void {
    this.#put({ id, ...progress, stopping });
  }

  #put(installation: Installation): void {
    const { installs, ended, revision } = this.#watched.value;
    const known = installs.some(({ id }) => id === installation.id);
    this.#watched.set({
      installs: known
        ? installs.map((other) => (other.id === installation.id ? installation : other))
        : [...installs, installation],
      ended: ended.filter(({ id }) => id !== installation.id),
      revision,
    });
  }

  #changed(): void {
    const { value } = this.#watched;
    this.#watched.set({ ...value, revision: value.revision + 1 });
  }
}

const HOSTS = {
  github: 'github.com',
  huggingface: 'huggingface.co',
  openai: 'openaipublic.azureedge.net',
} as const;

function modelRow({ manifest, state, record, fetchedBytes }: ModelStatus): ModelRow {
  const { id, name, purpose, tier, downloadBytes, licence, source } = manifest;
  const { notice = null, ...terms } = licence;
  const installedBytes = record?.files.reduce((sum, { size }) => sum + size, 0) ?? manifest.installedBytes;
  return {
    id,
    name,
    purpose,
    tier,
    state,
    downloadBytes,
    installedBytes,
    fetchedBytes,
    licence: { ...terms, notice },
    source: `${HOSTS[source.host]}/${source.repository}`,
  };
}
