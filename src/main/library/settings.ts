import { type DeviceSettings, deviceSettingsSchema } from '../../shared/device.ts';
import { type CompatibilityRule, DEFAULT_RULE, ruleOf } from '../../shared/music/compatible.ts';
import { KEY_NOTATIONS, type KeyNotation } from '../../shared/music/key.ts';
import { BUILT_IN, isLargeTier, STANDARD, type Tier } from '../../shared/tier.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** A library's settings, with their defaults. Kept in the catalogue under the same names. */
export interface Settings {
  /** How keys are shown and written. Default `standard`. */
  keyNotation: Exclude<KeyNotation, 'id3'>;
  /** How several values stand in an ID3v2.3 field, see `FormatOptions`. Default `joined`. */
  multiValue: 'joined' | 'nul';
  /** Whether the app offers at first to fill only empty fields when it writes. Default no. */
  onlyEmpty: boolean;
  /** Whether the app offers at first to leave files their time of change when it writes. Default no. */
  keepModifiedTime: boolean;
  /** The costliest tier to listen with, see `TierChoice`; `auto`: the small nets where they are. Default `auto`. */
  tier: 'auto' | Tier;
  /** Representations whose vectors are kept beside those that predictions need: for learning and similar tracks. */
  keep: readonly string[];
  /** Where large models run, see `DeviceSettings`. Default `auto`. */
  device: DeviceSettings['device'];
  /** Default `auto`. */
  precision: DeviceSettings['precision'];
  /** Which keys count as compatible. Default: `DEFAULT_RULE`. */
  keyRule: CompatibilityRule;
  /** Whether the app listens to what a scan has found. Default false. */
  listenAfterScan: boolean;
}

export const DEVICES = deviceSettingsSchema.shape.device.unwrap().options;
export const PRECISIONS = deviceSettingsSchema.shape.precision.unwrap().options;

/** Whether a text can name a tier: it need not be installed. */
export function isTierName(text: string): boolean {
  return text === BUILT_IN || text === STANDARD || isLargeTier(text);
}

/** What the id of a representation looks like. */
export const REPRESENTATION_ID = /^[a-z0-9][a-z0-9-]{0,63}(?::[a-z0-9-]{1,32})?$/;

export const LIBRARY_KEY_NOTATIONS = KEY_NOTATIONS.filter((notation) => notation !== 'id3');

/** The settings of a catalogue: reading gives the default where none was set, assigning stores. */
export function settingsOf(catalogue: Pick<Catalogue, 'settings'>): Settings {
  const store = catalogue.settings;
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T =>
    allowed.find((value) => value === store.get(name)) ?? fallback;
  return {
    get keyNotation() {
      return oneOf('key-notation', LIBRARY_KEY_NOTATIONS, 'standard');
    },
    set keyNotation(value) {
      store.set('key-notation', value);
    },
    get multiValue() {
      return oneOf('multi-value', ['joined', 'nul'], 'joined');
    },
    set multiValue(value) {
      store.set('multi-value', value);
    },
    get onlyEmpty() {
      return store.get('write-only-empty') === true;
    },
    set onlyEmpty(value) {
      store.set('write-only-empty', value);
    },
    get keepModifiedTime() {
      return store.get('write-keep-modified-time') === true;
    },
    set keepModifiedTime(value) {
      store.set('write-keep-modified-time', value);
    },
    get tier() {
      const value = store.get('tier');
      return typeof value === 'string' && isTierName(value) ? value : 'auto';
    },
    set tier(value) {
      store.set('tier', value);
    },
    get keep() {
      const value = store.get('keep');
      return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
    },
    set keep(value) {
      store.set('keep', value);
    },
    get device() {
      return oneOf('device', DEVICES, 'auto');
    },
    set device(value) {
      store.set('device', value);
    },
    get precision() {
      return oneOf('precision', PRECISIONS, 'auto');
    },
    set precision(value) {
      store.set('precision', value);
    },
    get keyRule() {
      const value = store.get('key-rule');
      return (Array.isArray(value) ? ruleOf(value) : null) ?? DEFAULT_RULE;
    },
    set keyRule(value) {
      store.set('key-rule', ruleOf(value) ?? DEFAULT_RULE);
    },
    get listenAfterScan() {
      return store.get('listen-after-scan') === true;
    },
    set listenAfterScan(value) {
      store.set('listen-after-scan', value);
    },
  };
}
