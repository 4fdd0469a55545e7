import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';

const require = createRequire(import.meta.url);
// electron-builder's own validator, its schema and its YAML parser, found as it finds them itself.
const fromBuilder = createRequire(
  createRequire(require.resolve('electron-builder')).resolve('app-builder-lib'),
);
const { validateSchema } = fromBuilder('./util/config/schemaValidator.js') as {
  validateSchema(schema: unknown, config: unknown, options: { name: string }): void;
};
const schema: unknown = fromBuilder('../scheme.json');
const yaml = fromBuilder('js-yaml') as { load(text: string): unknown };

const { minimatch } = fromBuilder('minimatch') as {
  minimatch(path: string, pattern: string, options: { dot: boolean }): boolean;
};

const load = () =>
  yaml.load(readFileSync(join(packageRoot, 'electron-builder.yml'), 'utf8')) as Record<string, unknown>;

it('electron-builder.yml is what electron-builder accepts', () => {
  // One call, for its schema takes seconds to compile: the mistake that we add is the only one it may name.
  let message = '';
  try {
    validateSchema(schema, { ...load(), mistake: true }, { name: 'electron-builder' });
  } catch (error) {
    message = String(error);
  }
  expect(message.match(/configuration[^\s]* (has|should|misses|must)[^\n]*/g)).toEqual([
    expect.stringContaining("'mistake'"),
  ]);
});

it('the fuses are set: nothing but our archive runs, and no switch opens it', () => {
  expect(load()).toMatchObject({
    asar: true,
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    },
  });
});

it('names nothing that is not there', () => {
  const { extraResources, directories } = load() as {
    extraResources: { from: string }[];
    directories: { buildResources: string };
  };
  expect(extraResources.length).toBeGreaterThan(0);
  for (const { from } of extraResources) expect(existsSync(join(packageRoot, from)), from).toBe(true);
  expect(existsSync(join(packageRoot, directories.buildResources, 'icon.png'))).toBe(true);
});

it('unpacks every native module that is installed for the app, of whichever platform', () => {
  const { asarUnpack } = load() as { asarUnpack: string[] };
  const lock = JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  const folders = Object.entries(lock.packages)
    // Node itself comes with the command line, not with the app.
    .filter(
      ([path, { dev }]) =>
        path.startsWith('node_modules/') && !dev && !/\/node-(bin-)?(darwin|linux|win)/.test(path),
    )
    .map(([path]) => path);
  const native = folders.flatMap((folder) =>
    globSync('**/*.{node,dll,dylib,so,so.*}', { cwd: join(packageRoot, folder) })
      .filter((path) => !path.includes('node_modules'))
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
  );
  expect(native.length).toBeGreaterThan(4);
  for (const path of native)
    expect(
      asarUnpack.some((pattern) => minimatch(path, pattern, { dot: true })),
      path,
    ).toBe(true);
});
