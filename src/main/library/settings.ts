import { KEY_NOTATIONS, type KeyNotation } from '../../shared/music/key.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** A library's settings, with their defaults. Kept in the catalogue under the same names. */
export interface Settings {
  /** How keys are shown and written. Default `standard`. */
  keyNotation: Exclude<KeyNotation, 'id3'>;
  /** How several values stand in an ID3v2.3 field, see `FormatOptions`. Default `joined`. */
  multiValue: 'joined' | 'nul';
}

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
  };
}
