import type { SearchRequest, SortBy } from '../../shared/contract/index.ts';
import {
  type CompatibilityRule,
  DEFAULT_RULE,
  lightsBeside,
  type MixLevel,
} from '../../shared/music/compatible.ts';
import type { Task } from '../../shared/prediction.ts';
import { type ParsedQuery, parseQuery } from '../../shared/query/parse.ts';
import type { SortKey } from './results.svelte.ts';

/** Orders one behind the other. */
const MAX_ORDERS = 6;

/** What the user looks for, and in which order. */
export class Query {
  text = $state('');
  /** Keys chosen on the wheel, by index. */
  keys: readonly number[] = $state.raw([]);
  /** Also the keys that mix with the chosen ones. */
  compatible = $state(false);
  /** Which keys mix; the library's, see `Mix`. */
  rule: CompatibilityRule = $state.raw(DEFAULT_RULE);
  /** What a key is taken from, for the wheel. */
  keySource: 'effective' | 'tag' | 'prediction' = $state('effective');
  missing: readonly Task[] = $state.raw([]);
  differs: readonly Task[] = $state.raw([]);
  /** Empty: any. */
  genre = $state('');
  /** Sorted by the first; rows that are alike go by the next. */
  order: readonly SortKey[] = $state.raw([{ sort: 'path', descending: false }]);

  /** The text, understood; what is not is left out and told of. */
  readonly parsed: ParsedQuery = $derived(parseQuery(this.text, { rule: this.rule }));

  /** How each key mixes with the chosen ones. */
  readonly lights: ReadonlyMap<number, MixLevel> = $derived(lightsBeside(this.keys, this.rule));

  /** The chosen keys and, where wanted, those that mix with them. */
  readonly wantedKeys: ReadonlySet<number> = $derived(
    new Set(this.compatible ? this.lights.keys() : this.keys),
  );

  /** Everything but the keys: what the numbers on the wheel are counted over. */
  readonly withoutKeys: SearchRequest = $derived({
    ...(this.parsed.terms.length === 0 ? {} : { terms: [...this.parsed.terms] }),
    ...(this.missing.length > 0 ? { missing: [...this.missing] } : {}),
    ...(this.differs.length > 0 ? { differs: [...this.differs] } : {}),
    ...(this.genre === '' ? {} : { genres: [this.genre] }),
    ...(this.keySource === 'effective' ? {} : { keySource: this.keySource }),
  });

  readonly request: SearchRequest = $derived({
    ...this.withoutKeys,
    ...(this.wantedKeys.size > 0 ? { keys: [...this.wantedKeys] } : {}),
  });

  /** Whether any filter beside the text is set. */
  readonly filtered: boolean = $derived(
    this.keys.length > 0 || this.missing.length > 0 || this.differs.length > 0 || this.genre !== '',
  );

  toggleKey(index: number): void {
    this.keys = toggled(this.keys, index);
  }

  /** Chooses these and no others. */
  chooseKeys(indices: readonly number[]): void {
    this.keys = [...new Set(indices)];
  }

  toggleMissing(task: Task): void {
    this.missing = toggled(this.missing, task);
  }

  toggleDiffers(task: Task): void {
    this.differs = toggled(this.differs, task);
  }

  /**
   * Sorts by a column; by the same one again, the other way round.
   * @param further as a further order behind those that are there; a third time takes it out
   */
  sortBy(field: SortBy, further = false): void {
    const known = this.order.find(({ sort }) => sort === field);
    if (!further) {
      this.order = [{ sort: field, descending: known === this.order[0] && !known?.descending }];
      return;
    }
    if (!known) this.order = [...this.order, { sort: field, descending: false }].slice(-MAX_ORDERS);
    else if (!known.descending)
      this.order = this.order.map((key) => (key === known ? { ...key, descending: true } : key));
    else if (this.order.length > 1) this.order = this.order.filter((key) => key !== known);
    else this.order = [{ sort: field, descending: false }];
  }

  /** Asks for what another one asks for. */
  takeOver({ text, keys, compatible, keySource, missing, differs, genre }: Query): void {
    Object.assign(this, { text, keys, compatible, keySource, missing, differs, genre });
  }

  clearFilters(): void {
    this.keys = [];
    this.compatible = false;
    this.missing = [];
    this.differs = [];
    this.genre = '';
  }
}

function toggled<T>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}
