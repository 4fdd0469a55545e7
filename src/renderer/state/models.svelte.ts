import type { Devices, Installs, ModelRow, Tiers } from '../../shared/contract/index.ts';
import type { Client } from '../lib/connect.ts';

type Check = Awaited<ReturnType<Client['models']['verify']>>;

/** Models that can be installed, what listens, and on which device. */
export class Models {
  readonly #client: Client;
  /** Null before they are known. */
  rows: readonly ModelRow[] | null = $state.raw(null);
  installs: Installs = $state.raw({ installs: [], ended: [], revision: 0 });
  tiers: Tiers | null = $state.raw(null);
  devices: Devices | null = $state.raw(null);
  /** What the last verification of a model has found. */
  checks: Readonly<Record<string, Check>> = $state.raw({});
  /** The models that the user is asked about; null where none are. */
  asked: readonly string[] | null = $state.raw(null);
  /** The models that were installed from the offer above the tracks: what came of them is told there. */
  taken: readonly string[] = $state.raw([]);
  #asking = 0;

  /** Models of the standard tier that are not there. */
  readonly missingStandard: readonly ModelRow[] = $derived(
    (this.rows ?? []).filter(({ tier, state }) => tier === 'standard' && state !== 'installed'),
  );
  /** Whether nothing but what is built in can listen. */
  readonly onlyBuiltIn: boolean = $derived(
    this.rows?.some(({ tier }) => tier === 'standard') === true &&
      !this.rows.some(({ tier, state }) => tier !== 'experimental' && state === 'installed'),
  );

  constructor(client: Client) {
    this.#client = client;
  }

  /** Follows installations until the connection or `signal` ends. */
  async watch(signal: AbortSignal): Promise<void> {
    let revision: number | undefined;
    for await (const state of await this.#client.models.watch(undefined, { signal })) {
      this.installs = state;
      if (revision === state.revision) continue;
      try {
        this.rows = await this.#client.models.list();
        revision = state.revision;
        // Only where somebody looks at them.
        if (this.tiers) await this.loadTiers();
        if (this.devices) await this.loadDevices();
      } catch {
        // What can't be told now, as by an analyser that does not start, must not end the sight of installations.
      }
    }
  }

  installation(id: string) {
    return this.installs.installs.find((installation) => installation.id === id);
  }

  ended(id: string) {
    return this.installs.ended.find((installation) => installation.id === id);
  }

  async loadTiers(): Promise<void> {
    this.tiers = await this.#client.models.tiers();
  }

  async loadDevices(): Promise<void> {
    const mine = ++this.#asking;
    const devices = await this.#client.models.devices();
    if (mine === this.#asking) this.devices = devices;
  }

  async setDevice(chosen: Devices['chosen']): Promise<void> {
    const mine = ++this.#asking;
    // Shown at once: asking the system takes a moment.
    if (this.devices) this.devices = { ...this.devices, chosen };
    const devices = await this.#client.models.setDevice(chosen);
    if (mine === this.#asking) this.devices = devices;
  }

  async setTier(tier: string): Promise<void> {
    this.tiers = await this.#client.models.setTier({ tier });
  }

  async verify(id: string): Promise<void> {
    const { [id]: _, ...others } = this.checks;
    this.checks = others;
    const check = await this.#client.models.verify({ id });
    this.checks = { ...this.checks, [id]: check };
  }

  async remove(id: string): Promise<void> {
    const { [id]: _, ...others } = this.checks;
    this.checks = others;
    await this.#client.models.remove({ id });
  }
}
