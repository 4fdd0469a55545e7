import type { Language } from '../../shared/languages.ts';
import type { Strings } from './en/index.ts';
import { CATALOGUES, preferredLanguage } from './languages.ts';

/** The language of this window. */
export let language: Language =
  typeof navigator === 'undefined' ? 'en' : preferredLanguage(navigator.languages);

/**
 * What the user interface says, in the language of this window. Read it where something is shown, never into a
 * constant of a module: it changes with `speak`.
 */
export let t: Strings = CATALOGUES[language];

/**
 * Chooses the language of this window. What is on the screen already has to be made anew: it is no reactive state, for
 * every word of every row would have to be watched.
 * @param wanted null: the language that the system prefers
 */
export function speak(wanted: Language | null): void {
  language = wanted ?? preferredLanguage(navigator.languages);
  t = CATALOGUES[language];
  document.documentElement.lang = language;
}
