import type { LibraryKeyNotation } from '../../../shared/contract/index.ts';
import { keyText } from '../../lib/format.ts';
import { t } from '../../strings/index.ts';
import { type Colouring, type Group, SURE_FROM } from './groups.ts';

/** What a group is called, in the language of this window. */
export function groupName(
  { id, name }: Group,
  by: Colouring,
  notation: LibraryKeyNotation = 'camelot',
): string {
  if (id === 'other') return t.map.other;
  if (id === 'none') return t.map.none[by];
  const number = Number(id.slice(id.indexOf(':') + 1));
  if (id.startsWith('key:')) return keyText(number, notation);
  if (id.startsWith('sure:')) return t.map.sure(SURE_FROM[number] ?? 0, SURE_FROM[number - 1] ?? null);
  return name;
}
