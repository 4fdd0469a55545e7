import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';
import { makeLibrary } from './support/music.ts';

const execute = promisify(execFile);
const require = createRequire(import.meta.url);
const fromBuilder = createRequire(
  createRequire(require.resolve('electron-builder')).resolve('app-builder-lib'),
);
const { getCurrentFuseWire, FuseV1Options } = fromBuilder(
  '@electron/fuses',
) as typeof import('@electron/fuses');
const { FuseState, SENTINEL } = fromBuilder(
  join(fromBuilder.resolve('@electron/fuses'), '..', 'constants.js'),
) as { FuseState: Record<'DISABLE' | 'ENABLE', number>; SENTINEL: string };
interface Asar {
  createPackage(from: string, to: string): Promise<void>;
  extractAll(archive: string, to: string): void;
  listPackage(archive: string, options: { isPack: boolean }): string[];
}
const asar = (await import(fromBuilder.resolve('@electron/asar'))) as Asar;

const reason =
  process.platform !== 'linux'
    ? 'its stand-in for Electron is made for Linux'
    : !existsSync(join(packageRoot, 'out', 'main', 'cli.js'))
      ? 'the app is not built (npm run build)'
      : '';
if (reason) console.log(`packing the app is not tested: ${reason}`);

/**
 * A folder that looks like Electron's to electron-builder: its program can't be had everywhere, and packing only moves
 * it about. The fuses are in it, so that setting them is real.
 */
async function standIn(folder: string): Promise<void> {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources', 'app'), { recursive: true });
  const fuses = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, 9]), Buffer.from('1'.repeat(9))]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(64, 1), fuses, Buffer.alloc(64, 1)]), {
    mode: 0o755,
  });
  for (const name of ['chrome-sandbox', 'LICENSE', 'LICENSES.chromium.html', 'version'])
    writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'resources', 'app', 'main.js'), '');
  await asar.createPackage(join(folder, 'resources', 'app'), join(folder, 'resources', 'default_app.asar'));
  rmSync(join(folder, 'resources', 'app'), { recursive: true });
}

/** Whether a file is a program or library of some system: ELF, PE or Mach-O. */
function isNative(path: string): boolean {
  const start = Buffer.alloc(4);
  const file = openSync(path, 'r');
  readSync(file, start, 0, 4, 0);
  closeSync(file);
  const magic = start.toString('hex');
  return magic === '7f454c46' || magic.startsWith('4d5a') || /^(cf|ce)faedfe|cafebabe$/.test(magic);
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

describe.skipIf(reason !== '')('the app, packed by electron-builder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-packed-'));
  const app = join(folder, 'dist', 'linux-unpacked');
  const resources = join(app, 'resources');
  /** The archive's content, under the archive's name: plain Node can't read one. */
  const extracted = join(folder, 'resources', 'app.asar');
  let archived: string[] = [];

  beforeAll(async () => {
    await standIn(join(folder, 'electron'));
    const builder = join(require.resolve('electron-builder/package.json'), '..', 'cli.js');
    const settings = [
      `electronDist=${join(folder, 'electron')}`,
      `directories.output=${join(folder, 'dist')}`,
    ];
    await execute(
      process.execPath,
      [builder, '--dir', '--linux', '--publish', 'never', ...settings.map((set) => `-c.${set}`)],
      {
        cwd: packageRoot,
        maxBuffer: 1 << 26,
      },
    );
    const archive = join(resources, 'app.asar');
    archived = asar.listPackage(archive, { isPack: false }).map((path) => path.slice(1));
    asar.extractAll(archive, extracted);
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the fuses set', async () => {
    const wire = await getCurrentFuseWire(join(app, 'cratewise'));
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    for (const fuse of on) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.ENABLE);
    for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.DISABLE);
  });

  it('holds what was built and what that loads, and nothing of how it was made', () => {
    for (const path of [
      'package.json',
      'out/main/index.js',
      'out/main/shell/shell.js',
      'out/main/scan/worker.js',
      'out/analyser/worker.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
      'node_modules/better-sqlite3/package.json',
      'node_modules/onnxruntime-node/package.json',
    ])
      expect(archived, path).toContain(path);
    const top = new Set(archived.map((path) => path.split('/')[0]));
    expect([...top].sort()).toEqual(['node_modules', 'out', 'package.json']);
    expect(archived.filter((path) => path.startsWith('out/') && path.endsWith('.map'))).toEqual([]);
    for (const name of ['electron', 'vite', 'svelte', 'vitest', 'typescript', '@playwright'])
      expect(archived, name).not.toContain(`node_modules/${name}`);
  });

  it('has beside the archive what the system’s loader or a library opens by its path', () => {
    for (const path of ['migrations', 'models/manifests', 'models/builtin-key.onnx', 'LICENSE.txt'])
      expect(existsSync(join(resources, path)), path).toBe(true);
    const native = [...filesBelow(join(extracted, 'node_modules'))].filter(isNative);
    expect(native.length).toBeGreaterThanOrEqual(4);
    for (const path of native) {
      const inside = relative(extracted, path);
      expect(existsSync(join(resources, 'app.asar.unpacked', inside)), inside).toBe(true);
      expect(inside, 'of this platform alone').not.toMatch(/darwin|win32/);
    }
  });

  it('runs from its archive’s content: every module is there, and data is found beside it', async () => {
    // As `extraResources` lays them.
    for (const name of ['migrations', 'models'])
      await execute('cp', ['-r', join(resources, name), join(folder, 'resources', name)]);
    const music = join(folder, 'music');
    mkdirSync(music);
    makeLibrary(music, 2, 12, ['mp3', 'flac']);
    const { stdout } = await execute(
      process.execPath,
      [
        join(extracted, 'out', 'main', 'cli.js'),
        'autotag',
        music,
        '--library',
        join(folder, 'packed.cratewise'),
        '--json',
      ],
      { env: { ...process.env, XDG_DATA_HOME: join(folder, 'data') }, maxBuffer: 1 << 26 },
    );
    expect(stdout).toContain('"type":"');
    expect(stdout).not.toContain('"fatal"');
    expect(stdout.match(/"task":"key"|"key":/g)?.length ?? 0).toBeGreaterThan(0);
  });
});
