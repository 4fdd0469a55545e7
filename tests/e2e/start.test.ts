import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';

const BUILT = ['out/renderer/index.html', 'out/main/index.js'];
const PAST = new Date('2026-01-01');

/** A package of ours with nothing in it but what `npm start` needs: programs in it note that they ran, and with what. */
function packageFolder() {
  const root = mkdtempSync(join(tmpdir(), 'cratewise-start-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  cpSync(join(packageRoot, 'bin'), join(root, 'bin'), { recursive: true });
  put('package.json', '{ "type": "module" }');
  const note = (name: string) =>
    `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(join(root, 'ran'))}, ${JSON.stringify(`${name} `)} + process.argv.slice(2).join(' ') + '\\n');\n`;
  put('src/main/cli.ts', note('cli'));
  put(
    'node_modules/electron-vite/bin/electron-vite.js',
    `${note('build')}import { mkdirSync, writeFileSync } from 'node:fs';\n` +
      `for (const path of ${JSON.stringify(BUILT)}) { mkdirSync(path.replace(/[^/]+$/, ''), { recursive: true }); writeFileSync(path, ''); }\n`,
  );
  /** Electron's program, at its usual place or another. */
  const electron = (folder = 'node_modules/electron/dist') => {
    put(
      `${folder}/electron`,
      `#!/bin/sh\necho "electron $* node=$CRATEWISE_NODE" >> "${join(root, 'ran')}"\nexit 7\n`,
      0o755,
    );
  };
  const age = (path: string, date: Date) => utimesSync(join(root, path), date, date);
  const start = (args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
    new Promise<{ code: number | null; stdout: string; ran: string[] }>((resolve, reject) => {
      const { ELECTRON_OVERRIDE_DIST_PATH: _, ...environment } = process.env;
      const child = spawn(process.execPath, [join(root, 'bin', 'start.js'), ...args], {
        cwd: root,
        env: { ...environment, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.on('error', reject);
      child.on('close', (code) => {
        const noted = join(root, 'ran');
        const ran = existsSync(noted) ? readFileSync(noted, 'utf8').trim().split('\n') : [];
        rmSync(noted, { force: true });
        resolve({ code, stdout, ran });
      });
    });
  return { root, put, electron, age, start };
}

describe('npm start', () => {
  it('builds first, says that Electron is missing, and serves to the browser', async () => {
    const { start } = packageFolder();
    const first = await start(['--library', 'x.cratewise']);
    expect(first.ran).toEqual(['build build --logLevel warn', 'cli serve --open --library x.cratewise']);
    expect(first.stdout).toContain('Electron’s program is not installed');
    expect(first.code).toBe(0);
    const second = await start(['--no-open']);
    expect(second.ran).toEqual(['cli serve']);
    expect(second.stdout).not.toContain('Building');
  });

  it('builds anew when a source is newer, was added or is gone', async () => {
    const { root, put, age, start } = packageFolder();
    put('src/renderer/lib/a.ts', '');
    await start();
    const settle = (date: Date) => {
      for (const path of [
        'src/renderer/lib/a.ts',
        'src/renderer/lib',
        'src/renderer',
        'src/main/cli.ts',
        'src/main',
        'src',
        'package.json',
      ])
        age(path, date);
    };
    settle(PAST);
    expect((await start()).ran).toEqual(['cli serve --open']);
    const builds = async () => (await start()).ran[0]?.startsWith('build');
    age('src/renderer/lib/a.ts', new Date(Date.now() + 60_000));
    expect(await builds()).toBe(true);
    settle(PAST);
    rmSync(join(root, 'src/renderer/lib/a.ts'));
    age('src/renderer/lib', new Date(Date.now() + 60_000));
    expect(await builds()).toBe(true);
    age('src/renderer/lib', PAST);
    rmSync(join(root, 'out/main/index.js'));
    expect(await builds()).toBe(true);
  });

  it('ends with a build that failed', async () => {
    const { put, start } = packageFolder();
    put('node_modules/electron-vite/bin/electron-vite.js', 'process.exit(3);');
    expect(await start()).toMatchObject({ code: 3, ran: [] });
  });

  it.skipIf(process.platform !== 'linux')(
    'opens Electron where its program is, and ends as it ends',
    async () => {
      const { root, electron, start } = packageFolder();
      await start();
      electron();
      const usual = await start(['--library', 'x.cratewise', '--no-open']);
      expect(usual.ran).toEqual([`electron ${root} --library x.cratewise node=${process.execPath}`]);
      expect(usual.code).toBe(7);
      expect(usual.stdout).toBe('');
    },
  );

  it.skipIf(process.platform !== 'linux')('takes Electron from where the environment names it', async () => {
    const { root, electron, start } = packageFolder();
    await start();
    electron('elsewhere');
    expect((await start()).ran).toEqual(['cli serve --open']);
    const named = { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'elsewhere') };
    expect((await start([], named)).ran[0]).toMatch(/^electron /);
    expect((await start([], { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'nowhere') })).ran).toEqual([
      'cli serve --open',
    ]);
  });
});
