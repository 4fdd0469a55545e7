import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate that nobody vouches for, and its key; undefined where there is no openssl to make it. */
export const selfSigned = make();

function make(): { readonly cert: string; readonly key: string } | undefined {
  const file = join(tmpdir(), `cratewise-${process.pid}-key.pem`);
  const { status, stdout } = spawnSync('openssl', [
    ...['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
    ...['-subj', '/CN=127.0.0.1', '-days', '2', '-keyout', file],
  ]);
  if (status !== 0) return undefined;
  const key = readFileSync(file, 'utf8');
  rmSync(file);
  return { cert: stdout.toString(), key };
}
