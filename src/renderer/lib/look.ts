import { LANGUAGES, type Language } from '../../shared/languages.ts';
import { speak } from '../strings/index.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** How the window speaks and is coloured; `language` null: as the system prefers. */
export interface Look {
  readonly language: Language | null;
  readonly theme: Theme;
}

/**
 * Kept with the library; this copy is only for the moment before the library has answered, so that the window does not
 * begin in one colour and go on in another. A browser that keeps nothing for us loses no more than that.
 */
const STORE = 'cratewise-look';

/** How the window looked last; as the system prefers where that is not known. */
export function rememberedLook(): Look {
  const [language, theme] = (stored() ?? '').split(' ');
  return {
    language: LANGUAGES.find((known) => known === language) ?? null,
    theme: THEMES.find((known) => known === theme) ?? 'system',
  };
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

/** Makes the window speak and be coloured so. What it shows already has to be made anew: see `speak`. */
export function wear({ language, theme }: Look): void {
  speak(language);
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORE, `${language ?? 'system'} ${theme}`);
  } catch {
    // Not allowed to keep anything.
  }
}
