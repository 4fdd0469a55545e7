import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { leadingPage, openBrowser, openerCommand } from '../../../../src/main/host/serve/open-browser.ts';

const URL_WITH_SECRET = 'http://127.0.0.1:8123/#s3cr3t-s3cr3t';

describe('openerCommand', () => {
  it('is the platform’s own, and no shell', () => {
    expect(openerCommand('/x.html', 'darwin', {})).toEqual({ program: 'open', args: ['/x.html'] });
    expect(openerCommand('C:\\a & b.html', 'win32', {})?.args).toEqual([
      'url.dll,FileProtocolHandler',
      'C:\\a & b.html',
    ]);
    expect(openerCommand('/x.html', 'linux', { WAYLAND_DISPLAY: 'wayland-0' })?.program).toBe('xdg-open');
    expect(openerCommand('/x.html', 'linux', { DISPLAY: ':0' })?.program).toBe('xdg-open');
  });

  it('is none where nobody would see it', () => {
    expect(openerCommand('/x.html', 'linux', {})).toBeUndefined();
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(openerCommand('/x.html', platform, { DISPLAY: ':0', SSH_CONNECTION: '1' })).toBeUndefined();
      expect(openerCommand('/x.html', platform, { DISPLAY: ':0', CI: 'true' })).toBeUndefined();
    }
  });
});

it('leads on, whatever the address holds', () => {
  const page = leadingPage('http://x/?a&b="<script>"#c');
  expect(page).toContain('content="0; url=http://x/?a&amp;b=&quot;&lt;script>&quot;#c"');
  expect(page).toContain('no-referrer');
});

describe.skipIf(process.platform === 'win32')('openBrowser', () => {
  /** A desktop whose `xdg-open` notes what it was given. */
  function desktop(script: string) {
    const folder = mkdtempSync(join(tmpdir(), 'cratewise-browser-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ['bin', 'run']) mkdirSync(join(folder, name));
    const noted = join(folder, 'noted');
    writeFileSync(
      join(folder, 'bin', 'xdg-open'),
      `#!/bin/sh\n${script.replaceAll('NOTED', `"${noted}"`)}\n`,
      {
        mode: 0o755,
      },
    );
    const run = join(folder, 'run');
    const environment = {
      DISPLAY: ':0',
      PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
      XDG_RUNTIME_DIR: run,
    };
    return { folder, noted, run, environment };
  }

  it('gives the secret in a file of the user’s alone, on no command line', async () => {
    const { noted, run, environment } = desktop(
      'ls -ld "$(dirname "$1")" "$1" > NOTED.part; cat "$1" >> NOTED.part; echo "args: $*" >> NOTED.part; mv NOTED.part NOTED',
    );
    const problem = vi.fn();
    const opened = openBrowser(URL_WITH_SECRET, problem, 'linux', environment);
    await vi.waitFor(() => expect(existsSync(noted)).toBe(true), { timeout: 15_000 });
    const text = readFileSync(noted, 'utf8');
    expect(text).toMatch(/^drwx------/);
    expect(text).toMatch(/\n-rw-------/);
    expect(text).toContain(`url=${URL_WITH_SECRET}"`);
    expect(text.slice(text.indexOf('args:'))).not.toContain('s3cr3t');
    expect(readdirSync(run)).toHaveLength(1);
    opened!.forget();
    expect(readdirSync(run)).toEqual([]);
    expect(problem).not.toHaveBeenCalled();
  });

  it('says when it did not work', async () => {
    const { environment } = desktop('exit 3');
    const problem = vi.fn();
    openBrowser(URL_WITH_SECRET, problem, 'linux', environment);
    await vi.waitFor(() => expect(problem).toHaveBeenCalledWith('xdg-open ended with 3'), {
      timeout: 15_000,
    });
    const none = vi.fn();
    openBrowser(URL_WITH_SECRET, none, 'linux', { ...environment, PATH: '/nowhere' });
    await vi.waitFor(() => expect(none).toHaveBeenCalledWith(expect.stringContaining('ENOENT')), {
      timeout: 15_000,
    });
    const nowhere = vi.fn();
    expect(
      openBrowser(URL_WITH_SECRET, nowhere, 'linux', { ...environment, XDG_RUNTIME_DIR: '/no/such' }),
    ).toBeUndefined();
    expect(nowhere).toHaveBeenCalledOnce();
  });

  it('leaves nothing where there is no screen', () => {
    const { run } = desktop('exit 0');
    expect(openBrowser(URL_WITH_SECRET, vi.fn(), 'linux', { XDG_RUNTIME_DIR: run })).toBeUndefined();
    expect(readdirSync(run)).toEqual([]);
  });
});
