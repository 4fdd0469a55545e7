import { randomUUID } from 'node:crypto';
import type { Catalogue } from '../catalogue/index.ts';

const NAME = 'library-id';

/** What a library without one is called: it has learnt nothing yet. */
const NONE = 'none';

/**
 * A name for this library that goes with it wherever its file is moved. Given to it when it is first needed for
 * writing; `none` before.
 */
export function libraryId({ settings, readOnly }: Pick<Catalogue, 'settings' | 'readOnly'>): string {
  const known = settings.get(NAME);
  if (typeof known === 'string' && /^[0-9a-f-]{36}$/.test(known)) return known;
  if (readOnly) return NONE;
  const made = randomUUID();
  settings.set(NAME, made);
  return made;
}
