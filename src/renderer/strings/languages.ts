import { LANGUAGES, type Language } from '../../shared/languages.ts';
import { de } from './de/index.ts';
import { en, type Strings } from './en/index.ts';

export const CATALOGUES: Readonly<Record<Language, Strings>> = { en, de };

/**
 * The language of the user's that there is a catalogue of, the most wanted first; English where there is none.
 * @param wanted BCP 47 tags, as in `navigator.languages`
 */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    const found = LANGUAGES.find((language) => language === base);
    if (found) return found;
  }
  return 'en';
}
