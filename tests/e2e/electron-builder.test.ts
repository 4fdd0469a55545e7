import { readFileSync } from 'node:fs';
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
