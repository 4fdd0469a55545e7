import { describe, expect, it } from 'vitest';
import { ManifestError, parseManifest } from '../../src/shared/model-manifest.ts';

const sound = {
  format: 'cratewise-model',
  formatVersion: 1,
  id: 'net',
  version: '1',
  name: 'A net',
  purpose: 'For tests.',
  tier: 'standard',
  licence: { name: 'MIT', url: 'https://example.org/licence', copyright: 'Someone', mustAccept: false },
  source: { host: 'github', repository: 'someone/net', revision: 'a'.repeat(40) },
  files: [{ path: 'weights/net.pt', size: 10, sha256: 'b'.repeat(64) }],
  recipe: 'net',
  downloadBytes: 10,
  installedBytes: 20,
};

const reading = (change: object) => () => parseManifest(JSON.stringify({ ...sound, ...change }));

describe('parseManifest', () => {
  it('reads a manifest', () => {
    expect(parseManifest(JSON.stringify(sound))).toEqual(sound);
  });

  it.each([
    ['a path that leaves the folder', { files: [{ path: '../net.pt', size: 1, sha256: 'b'.repeat(64) }] }],
    ['an absolute path', { files: [{ path: '/etc/passwd', size: 1, sha256: 'b'.repeat(64) }] }],
    ['a path with a step up inside', { files: [{ path: 'a/../b', size: 1, sha256: 'b'.repeat(64) }] }],
    ['a file without a hash', { files: [{ path: 'net.pt', size: 1 }] }],
    ['a branch as revision', { source: { ...sound.source, revision: 'main' } }],
    ['another host', { source: { ...sound.source, host: 'example.org' } }],
    ['an unknown field', { surprise: 1 }],
  ])('refuses %s', (_what, change) => {
    expect(reading(change)).toThrow(ManifestError);
  });
});
