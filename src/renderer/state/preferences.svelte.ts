import type { LibrarySettings, View } from '../../shared/contract/index.ts';
import type { Language } from '../../shared/languages.ts';
import type { Client } from '../lib/connect.ts';
import { type Theme, wear } from '../lib/look.ts';

/** What the library is set to, and how its windows look. */
export class Preferences {
  readonly #client: Client;
  readonly #attempt: (action: () => Promise<unknown>) => Promise<boolean>;
  settings: LibrarySettings = $state.raw({
    keyNotation: 'camelot',
    multiValue: 'joined',
    onlyEmpty: false,
    keepModifiedTime: false,
  });
  /** Null: the one that the system prefers. */
  language: Language | null = $state(null);
  theme: Theme = $state('system');

  /** @param attempt does something for the user, and says why when it fails */
  constructor(client: Client, attempt: (action: () => Promise<unknown>) => Promise<boolean>) {
    this.#client = client;
    this.#attempt = attempt;
  }

  restore(settings: LibrarySettings, view: View): void {
    this.settings = settings;
    this.language = view.language ?? null;
    this.theme = view.theme ?? 'system';
    wear(this);
  }

  /** Sets what is given. */
  async set(change: Partial<LibrarySettings>): Promise<void> {
    await this.#attempt(async () => {
      this.settings = await this.#client.settings.set(change);
    });
  }

  async setLanguage(language: Language | null): Promise<void> {
    await this.#attempt(async () => {
      await this.#client.view.set({ language });
      // First the words, then what shows them anew.
      wear({ language, theme: this.theme });
      this.language = language;
    });
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.#attempt(async () => {
      await this.#client.view.set({ theme });
      this.theme = theme;
      wear(this);
    });
  }
}
