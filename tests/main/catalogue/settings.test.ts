import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/index.ts';
import { temporaryFolder } from './support.ts';

it('keeps settings as JSON values, and shows only what was set', () => {
  const catalogue = openCatalogue(join(temporaryFolder(), 'library.db'));
  const { settings } = catalogue;
  expect(settings.get('a')).toBeUndefined();
  settings.set('a', { b: [1, null] });
  settings.set('c', false);
  expect(settings.all()).toEqual({ a: { b: [1, null] }, c: false });
  settings.set('a', undefined);
  expect(settings.all()).toEqual({ c: false });
  catalogue.close();
});
