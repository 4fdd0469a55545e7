import type { Page } from '@playwright/test';
import type { Strings } from '../../src/renderer/strings/en/index.ts';
import type { LibraryName, Stage } from './stage.ts';

/** What a screen's steps have at hand. */
export interface Visit {
  readonly page: Page;
  /** The words of the language that the page speaks: steps find things by them in any. */
  readonly t: Strings;
  readonly stage: Stage;
}

/** One picture: in light and in dark, and where wanted in German. */
export interface Screen {
  /** Its file. */
  readonly name: string;
  /** What it shows, for the index. */
  readonly title: string;
  readonly library: LibraryName;
  /** Also in German, light. Its steps are then gone twice. */
  readonly german?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** From the page just opened to what the picture is of. */
  readonly steps: (visit: Visit) => Promise<void>;
  /** From there to what other screens need, in the language of the last picture. */
  readonly after?: (visit: Visit) => Promise<void>;
}
