import { en, type Strings } from './en/index.ts';

/** What the user interface says, in the language of this window. */
export const t: Strings = en;
