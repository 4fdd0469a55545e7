import { LANGUAGES, type Language } from '../../../shared/languages.ts';
import { de } from './de.ts';
import { en, type ShellStrings } from './en.ts';

export type { ShellStrings } from './en.ts';

const CATALOGUES: Readonly<Record<Language, ShellStrings>> = { en, de };

/** What the shell says in a language. */
export function shellStrings(language: Language): ShellStrings {
  return CATALOGUES[language];
}

/** The first of the user's languages that the shell can speak; English where there is none. */
export function systemLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split(/[-_]/)[0];
    const spoken = LANGUAGES.find((known) => known === language);
    if (spoken) return spoken;
  }
  return 'en';
}
