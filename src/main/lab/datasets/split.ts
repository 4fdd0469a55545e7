import type { Split } from '../gtzan.ts';
import { DatasetError } from './dataset.ts';

const NAMES: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  valid: 'valid',
  validation: 'valid',
  dev: 'valid',
  test: 'test',
};

/** The part that a text names. @throws DatasetError */
export function splitNamed(text: string, file: string): Split {
  const split = NAMES[text.toLowerCase()];
  if (!split) throw new DatasetError(`${file}: ${JSON.stringify(text)} is not train, valid or test.`);
  return split;
}
