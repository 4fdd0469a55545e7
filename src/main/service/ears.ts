import { availableParallelism } from 'node:os';
import type { AnalyserDescription } from '../../shared/analysis.ts';
import type { Devices, Tiers } from '../../shared/contract/index.ts';
import { BUILT_IN, isLargeTier, STANDARD, type Tier } from '../../shared/tier.ts';
import { withSettings } from '../analysis/analyse.ts';
import { lastDevices } from '../analysis/devices.ts';
import { type Pass, planPasses } from '../analysis/plan.ts';
import type { Library } from '../library/library.ts';
import type { Settings } from '../library/settings.ts';

/** What listens in a library: which predictors, and on which device. */
export class Ears {
  readonly #library: Library;
  #described: { readonly at: string; readonly description: Promise<AnalyserDescription> } | undefined;

  constructor(library: Library) {
    this.#library = library;
  }

  /** @param state changes when what is installed or learnt may be another: analysers are asked anew then */
  async tiers(state: string): Promise<Tiers> {
    const { settings } = this.#library;
    const description = await this.#describe(state);
    const { predictors, representations } = description;
    const large = new Set([...representations.map(({ tier }) => tier), settings.tier].filter(isLargeTier));
    const tiers = ['auto', BUILT_IN, STANDARD, ...large];
    return {
      chosen: settings.tier,
      choices: tiers.map((tier) => {
        const installed =
          tier === 'auto' ||
          tier === BUILT_IN ||
          [...predictors, ...representations].some((each) => tierOf(each) === tier);
        const used = installed ? this.#passes(description, tier).flatMap((pass) => pass.predictors) : [];
        return {
          tier,
          installed,
          predictors: used.map(({ id, task, tier: of }) => ({ id, task, tier: of })),
        };
      }),
    };
  }

  /**
   * How many tracks a tier would listen to, by pass: `standard` stands for everything quick.
   * @throws CratewiseError `tier-not-installed`
   */
  async due(tier: Tier, state: string): Promise<{ tier: string; tracks: number }[]> {
    const { queue } = this.#library.catalogue;
    return this.#passes(await this.#describe(state), tier).map((pass) => ({
      tier: pass.tier,
      tracks: queue.countDue(pass),
    }));
  }

  /** @throws CratewiseError `tier-not-installed` */
  async setTier(tier: Tier, state: string): Promise<Tiers> {
    this.#passes(await this.#describe(state), tier);
    this.#library.settings.tier = tier;
    return this.tiers(state);
  }

  async devices(): Promise<Devices> {
    const { catalogue, settings } = this.#library;
    const [{ processor, others, models }, { representations }] = await Promise.all([
      this.#library.devices(),
      this.#library.describeAnalyser(),
    ]);
    const last = lastDevices(catalogue);
    const small = representations.filter(({ tier }) => tier === STANDARD).map(({ id }) => id.split(':')[0]!);
    return {
      chosen: { device: settings.device, precision: settings.precision },
      processor,
      processes: availableParallelism(),
      others: others.map((other) => ({ ...other })),
      small: [...new Set(small)],
      large: models.map(({ model, prospects }) => ({
        model,
        last: last[model] ?? null,
        prospects: prospects.map((prospect) => ({ ...prospect })),
      })),
    };
  }

  setDevice({ device, precision }: Pick<Settings, 'device' | 'precision'>): Promise<Devices> {
    const { settings } = this.#library;
    settings.device = device;
    settings.precision = precision;
    return this.devices();
  }

  #passes(description: AnalyserDescription, tier: Tier): Pass[] {
    const { catalogue } = this.#library;
    // What else is kept and not installed any more keeps nobody from choosing.
    const there = new Set(description.representations.map(({ id }) => id));
    const { keep = [] } = withSettings(catalogue, {});
    return planPasses(description, {
      ...(tier === 'auto' ? {} : { tier }),
      keep: keep.filter((id) => there.has(id)),
    });
  }

  #describe(state: string): Promise<AnalyserDescription> {
    if (this.#described?.at !== state) {
      const description = this.#library.describeAnalyser();
      this.#described = { at: state, description };
      // A failure is not kept.
      description.catch(() => {
        if (this.#described?.description === description) this.#described = undefined;
      });
    }
    return this.#described.description;
  }
}

const tierOf = (each: { readonly tier: Tier; readonly needs?: Tier }): Tier => each.needs ?? each.tier;
