import { createHash } from 'node:crypto';

/** SHA-1 (hex) over the parts in order, as `Unit.digest` wants it: for equality, not for security. */
export function digest(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
