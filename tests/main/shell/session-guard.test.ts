import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { modelsFolder } from '../../../src/main/host/places.ts';
import { noLog } from '../../../src/main/log/log.ts';
import { readManifests } from '../../../src/main/models/manifests.ts';
import { allowedLinks, openLink } from '../../../src/main/shell/links.ts';
import { guardApp, guardSession, mayAsk } from '../../../src/main/shell/session-guard.ts';
import { electronDouble, preventable } from './electron-double.ts';

function double() {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-session-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return electronDouble(folder);
}

const REMOTE = [
  'https://example.org/',
  'http://127.0.0.1:80/',
  'wss://example.org/',
  'file:///etc/passwd',
  'ftp://example.org/',
  'data:text/html,x',
  'blob:https://example.org/1',
  'app://evil/index.html',
  'devtools://devtools/bundled/x.html',
  'chrome://gpu',
  'view-source:app://cratewise/',
  'nonsense',
];

describe('the session', () => {
  it.each(REMOTE)('asks nothing of %s', (url) => expect(mayAsk(url, false)).toBe(false));

  it.each(['app://cratewise/index.html', 'app://cratewise/media/x', 'blob:app://cratewise/1'])(
    'may ask for %s',
    (url) => expect(mayAsk(url, false)).toBe(true),
  );

  it('cancels requests, and says so without the address', () => {
    const { electron, calls } = double();
    const log = { ...noLog, warn: vi.fn() };
    guardSession(electron.session.defaultSession, { developer: false, log });
    const listener = calls.webRequest.mock.calls[0]![0] as unknown as (
      details: { url: string; resourceType: string },
      answer: (response: { cancel: boolean }) => void,
    ) => void;
    const cancelled = (url: string) => {
      let cancel: boolean | undefined;
      listener({ url, resourceType: 'image' }, (response) => {
        cancel = response.cancel;
      });
      return cancel;
    };
    expect(cancelled('app://cratewise/index.js')).toBe(false);
    expect(log.warn).not.toHaveBeenCalled();
    expect(cancelled('https://evil.example/?title=secret')).toBe(true);
    expect(log.warn).toHaveBeenCalledExactlyOnceWith('session', expect.not.stringContaining('secret'));
    // Only while the app is being made.
    expect(cancelled('devtools://devtools/x.html')).toBe(true);
    expect(mayAsk('devtools://devtools/x.html', true)).toBe(true);
  });

  it('denies permissions, devices, screens, pairings and certificates', () => {
    const { electron, calls } = double();
    guardSession(electron.session.defaultSession, { developer: true, log: noLog });
    const answer = vi.fn();
    calls.permissionRequest.mock.calls[0]![0]!({} as never, 'notifications', answer, {} as never);
    calls.displayMedia.mock.calls[0]![0]!({} as never, answer);
    calls.bluetooth.mock.calls[0]![0]!({} as never, answer);
    calls.certificate.mock.calls[0]![0]!({} as never, answer);
    expect(answer.mock.calls).toEqual([[false], [null], [{ confirmed: false }], [-2]]);
    expect(calls.permissionCheck.mock.calls[0]![0]!(null, 'media', '', {} as never)).toBe(false);
    expect(calls.devicePermission.mock.calls[0]![0]!({} as never)).toBe(false);
    expect(calls.spellChecker).toHaveBeenCalledExactlyOnceWith(false);
  });

  it('saves what the page made, and downloads nothing', () => {
    const { electron, session } = double();
    guardSession(electron.session.defaultSession, { developer: false, log: noLog });
    const prevented = (url: string) => {
      const event = preventable();
      session.emit('will-download', event, { getURL: () => url });
      return event.defaultPrevented;
    };
    expect(prevented('blob:app://cratewise/8a1f')).toBe(false);
    for (const url of REMOTE) expect(prevented(url), url).toBe(true);
  });

  it('trusts no certificate, has none, and logs in nowhere', () => {
    const { electron, app } = double();
    guardApp(electron.app);
    const answer = vi.fn();
    const events = [preventable(), preventable(), preventable()] as const;
    app.emit('certificate-error', events[0], {}, 'https://example.org', 'error', {}, answer);
    app.emit('select-client-certificate', events[1], {}, 'https://example.org', [{}], answer);
    app.emit('login', events[2], {}, {}, {}, answer);
    expect(events.every(({ defaultPrevented }) => defaultPrevented)).toBe(true);
    expect(answer.mock.calls).toEqual([[false], [], []]);
  });
});

describe('links', () => {
  it('are those that came with the program, letter by letter, and safe ones', async () => {
    const manifests = await readManifests(join(modelsFolder, 'manifests'));
    const allowed = allowedLinks([...manifests, { licence: { url: 'http://insecure.example/' } } as never]);
    expect(allowed.size).toBeGreaterThan(3);
    for (const { licence } of manifests) expect(allowed.has(licence.url), licence.url).toBe(true);
    for (const url of allowed) expect(url).toMatch(/^https:\/\//);
  });

  it('open in the browser, and no others', () => {
    const { electron, calls } = double();
    const allowed = new Set(['https://example.org/LICENSE']);
    for (const url of [
      'https://example.org/LICENSE?x',
      'https://example.org/',
      'file:///bin/sh',
      'smb://x',
      '',
    ])
      openLink(electron.shell, allowed, url, noLog);
    expect(calls.openExternal).not.toHaveBeenCalled();
    openLink(electron.shell, allowed, 'https://example.org/LICENSE', noLog);
    expect(calls.openExternal).toHaveBeenCalledExactlyOnceWith('https://example.org/LICENSE');
  });
});
