import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelsFolder, packageRoot } from '../../../src/main/host/places.ts';
import { readKnownAnswer } from '../../../src/main/models/known-answer.ts';
import { readManifests } from '../../../src/main/models/manifests.ts';
import { recipes } from '../../../src/main/models/recipes/index.ts';
import { ManifestError, parseManifest } from '../../../src/shared/model-manifest.ts';
import { MANIFEST } from './tiny-model.ts';

const manifests = await readManifests(join(modelsFolder, 'manifests'));
const shared = join(packageRoot, '../shared/models');

describe('a manifest that comes with the program', () => {
  it.each(manifests.map((m) => [m.id, m] as const))('%s can be installed', async (id, manifest) => {
    expect(recipes.map((recipe) => recipe.id)).toContain(manifest.recipe);
    const known = await readKnownAnswer(join(modelsFolder, 'known-answers'), id);
    if (known) expect(known).toMatchObject({ model: id, version: manifest.version });
    // Whoever may not sell what it computes has to know.
    if (/NC/.test(manifest.licence.name)) expect(manifest.licence).toMatchObject({ mustAccept: true });
  });

  it('is there for every known answer', async () => {
    const ids = manifests.map(({ id }) => id);
    for (const name of await readdir(join(modelsFolder, 'known-answers'))) {
      expect(ids).toContain(basename(name, '.json'));
    }
  });

  const atHand = manifests.flatMap(({ id, files }) =>
    files
      .map((file) => [join(shared, id, basename(file.path)), file] as const)
      .filter(([path]) => existsSync(path)),
  );
  it.skipIf(atHand.length === 0)('pins the bytes that we have seen (needs ../shared/models)', async () => {
    for (const [path, file] of atHand) {
      const bytes = await readFile(path);
      expect(bytes.length).toBe(file.size);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
      const blob = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      expect(blob).toBe(file.gitBlob);
    }
  });
});

describe('a manifest', () => {
  const parse = (change: object) => parseManifest(JSON.stringify({ ...MANIFEST, ...change }));
  const file = { path: 'a.bin', size: 1, sha256: '0'.repeat(64) };

  it('is read', () => {
    expect(parse({})).toEqual(MANIFEST);
  });

  it.each<[string, object]>([
    ['a branch instead of a commit', { source: { ...MANIFEST.source, revision: 'main' } }],
    ['a host that we do not know', { source: { ...MANIFEST.source, host: 'example.org' } }],
    [
      'no revision, where it is no experiment',
      { tier: 'standard', source: { ...MANIFEST.source, revision: null } },
    ],
    ['a file outside of its folder', { files: [{ ...file, path: '../a.bin' }] }],
    ['an absolute file', { files: [{ ...file, path: '/a.bin' }] }],
    ['a backslash in a name', { files: [{ ...file, path: 'a\\..\\b' }] }],
    ['a file without a hash', { files: [{ path: 'a.bin', size: 1 }] }],
    ['an id that is a path', { id: '../tiny' }],
    ['no files', { files: [] }],
    ['something else in it', { extra: 1 }],
  ])('with %s is refused', (_, change) => {
    expect(() => parse(change)).toThrow(ManifestError);
  });

  it('that is no JSON is refused', () => {
    expect(() => parseManifest('{')).toThrow(ManifestError);
  });
});

describe('the standard tier', () => {
  it('is what the probes that come with the program read, and nothing else', async () => {
    const probes = (await readdir(modelsFolder)).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(probes.map((name) => readFile(join(modelsFolder, name), 'utf8')));
    const offered = manifests.filter(({ tier }) => tier === 'standard').map(({ id }) => id);
    expect(offered.toSorted()).toEqual(['choi', 'keynet', 'musicnn', 'skey']);
    for (const id of offered) expect(texts.some((text) => new RegExp(`\\b${id}\\b`).test(text))).toBe(true);
  });
});
