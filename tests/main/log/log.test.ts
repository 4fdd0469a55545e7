import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileLog } from '../../../src/main/log/log.ts';
import { redacted } from '../../../src/main/log/redact.ts';
import { problemReport } from '../../../src/main/log/report.ts';
import { CratewiseError } from '../../../src/shared/errors.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cratewise-log-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const now = () => new Date('2026-11-23T12:00:00Z');

describe('redacted', () => {
  it('hides the home folder and the secret of serve', () => {
    expect(redacted('/home/ann/Music/a.mp3', '/home/ann')).toBe('~/Music/a.mp3');
    expect(redacted('C:\\Users\\ann\\Music and C:/Users/ann/x', 'C:\\Users\\ann')).toBe('~\\Music and ~/x');
    expect(redacted('open http://127.0.0.1:8123/#abcdefghijklmnopqrstuvwxyz0123456789_-')).toBe(
      'open http://127.0.0.1:8123/#…',
    );
  });

  it('lets nothing draw on a terminal or forge a line', () => {
    expect(redacted('a\r\x1b[31mred\u202e\u2028b\tc')).toBe('a\\u000d\\u001b[31mred\\u202e\\u2028b\tc');
  });

  it('is of bounded length', () => expect(redacted('x'.repeat(10_000)).length).toBeLessThan(4100));
});

describe('FileLog', () => {
  it('writes at once, an entry a line, with what caused it', () => {
    const log = new FileLog({ folder: folder(), now });
    log.info('app', 'begins');
    const cause = new Error('disk full');
    cause.stack = 'Error: disk full\n    at write';
    log.error(
      'library',
      `was not opened: ${homedir()}/x`,
      new CratewiseError('in-use', 'It is in use.', { cause }),
    );
    const text = readFileSync(log.file, 'utf8');
    expect(text).toMatch(
      /^2026-11-23T12:00:00\.000Z info {2}\[app\] begins\n2026-11-23T12:00:00\.000Z error \[library\] was not opened: ~\/x: /,
    );
    expect(text).toContain('(in-use)');
    expect(text).toContain('\n    caused by Error: disk full\n        at write\n');
  });

  it('belongs to its user alone', () => {
    if (process.platform === 'win32') return;
    const log = new FileLog({ folder: join(folder(), 'logs') });
    log.info('app', 'begins');
    expect(statSync(log.folder).mode & 0o077).toBe(0);
    expect(statSync(log.file).mode & 0o077).toBe(0);
  });

  it('never takes more than it may, and keeps the newest', () => {
    const log = new FileLog({ folder: folder(), maxBytes: 1000, keep: 2 });
    for (let entry = 0; entry < 500; entry++) log.info('test', `entry ${entry}`);
    expect(log.files.map((file) => file.replace(/^.*[/\\]/, ''))).toEqual([
      'cratewise.log',
      'cratewise.1.log',
      'cratewise.2.log',
    ]);
    for (const file of log.files) expect(statSync(file).size).toBeLessThanOrEqual(1000);
    expect(readFileSync(log.file, 'utf8')).toContain('entry 499\n');
  });

  it('goes on where it was left', () => {
    const options = { folder: folder(), maxBytes: 1000, keep: 1 };
    new FileLog(options).info('test', 'x'.repeat(600));
    const log = new FileLog(options);
    log.info('test', 'y'.repeat(600));
    expect(log.files).toHaveLength(2);
  });

  it('fails no work where it can’t write', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(() => new FileLog({ folder: join(file, 'logs') }).error('test', 'lost')).not.toThrow();
  });
});

describe('problemReport', () => {
  it('says what runs where, and holds the logs, the oldest first', () => {
    const log = new FileLog({ folder: folder(), maxBytes: 100, now });
    log.info('test', 'the older '.repeat(5));
    log.info('test', 'the newer');
    const text = problemReport({
      version: '1.2.3',
      runtimes: { Electron: '45.4.1', Chromium: undefined },
      library: { files: 12 },
      settings: { notify: true },
      logs: log.files,
      now: now(),
    });
    expect(text).toContain('Cratewise  1.2.3\nElectron   45.4.1\nChromium   not there\n');
    expect(text).toContain('"files": 12');
    expect(text.indexOf('the older')).toBeLessThan(text.indexOf('the newer'));
    expect(text).not.toContain(homedir() === '/' ? '\0' : `${homedir()}/`);
  });

  it('is written also where a log is gone', () => {
    const text = problemReport({
      version: '1',
      runtimes: {},
      library: undefined,
      settings: {},
      logs: [join(folder(), 'gone.log')],
    });
    expect(text).toContain('none is open');
    expect(text).toContain('could not be read');
  });
});
