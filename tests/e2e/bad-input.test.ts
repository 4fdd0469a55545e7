import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType, type Ran, run } from './support/cratewise.ts';
import { cadenceWav } from './support/music.ts';

/** A WAV header that promises `seconds` of 16-bit silence, with that much data: sparse, so it costs no disk. */
function silence(seconds: number): Buffer {
  const wav = cadenceWav({ tonic: 0, mode: 'major' }, seconds);
  wav.fill(0, 44);
  return wav;
}

describe('autotag on a folder of everything that can be wrong', () => {
  let folder = '';
  let ran: Ran;
  const file = (name: string) => join(folder, name);
  const failure = (name: string) => ofType(ran, 'error').find((record) => record.path === file(name));
  const track = (name: string) => ofType(ran, 'track').find((record) => record.path === file(name));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cratewise-bad-'));
    const good = cadenceWav({ tonic: 9, mode: 'minor' }, 12);
    writeFileSync(file('good.wav'), good);
    writeFileSync(file('empty.mp3'), '');
    writeFileSync(file('noise.mp3'), randomBytes(40_000));
    writeFileSync(file('noise.flac'), Buffer.concat([Buffer.from('fLaC'), randomBytes(40_000)]));
    writeFileSync(file('text.mp3'), 'This is not music.\n'.repeat(500));
    writeFileSync(file('truncated.wav'), good.subarray(0, good.length >> 1));
    writeFileSync(file('header only.wav'), good.subarray(0, 44));
    writeFileSync(file('short.wav'), cadenceWav({ tonic: 0, mode: 'major' }, 0.2));
    writeFileSync(file('silence.wav'), silence(15));
    mkdirSync(file('locked'));
    writeFileSync(join(folder, 'locked', 'inside.wav'), good);
    chmodSync(file('locked'), 0);
    symlinkSync(folder, file('loop'));
    symlinkSync(file('nowhere'), file('dangling.mp3'));
    ran = await run(['autotag', folder, '--library', file('library.cratewise'), '--json']);
  });
  afterAll(() => {
    chmodSync(file('locked'), 0o755);
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends with exit code 1 and a prediction for what is sound', () => {
    expect(ran.code).toBe(1);
    expect(ofType(ran, 'fatal')).toEqual([]);
    expect(track('good.wav')).toMatchObject({ predictions: { key: { label: 'A minor' } } });
    expect(track('truncated.wav')).toMatchObject({ predictions: { key: { label: 'A minor' } } });
  });

  it.each(['empty.mp3', 'noise.mp3', 'noise.flac', 'text.mp3', 'header only.wav'])(
    'says what is wrong with %s',
    (name) => {
      expect(failure(name)).toMatchObject({
        code: expect.any(String),
        message: expect.stringMatching(/\w{3}/),
      });
      expect(String(failure(name)?.message)).not.toMatch(/undefined|\bat .*\.ts:/);
    },
  );

  it.each(['short.wav', 'silence.wav'])('makes no prediction of %s, and says why', (name) => {
    expect(track(name)).toMatchObject({ predictions: {}, silentReason: expect.any(String) });
  });

  it('does not try the same bad files again', async () => {
    const again = await run(['autotag', folder, '--library', file('library.cratewise'), '--json']);
    expect(ofType(again, 'summary')[0]).toMatchObject({ analysed: 0 });
  });

  it('refuses a catalogue that is not one, and leaves it alone', async () => {
    for (const content of [Buffer.from('My diary.\n'.repeat(200)), randomBytes(9000)]) {
      writeFileSync(file('diary.txt'), content);
      const refused = await run(['status', '--library', file('diary.txt')]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('diary.txt');
      expect(readFileSync(file('diary.txt')).equals(content)).toBe(true);
    }
  });

  it.each([
    [['autotag']],
    [['frobnicate']],
    [['search', '--key', 'H17']],
    [['tag', 'x.mp3']],
    [['scan', '--nonsense']],
  ])('answers %j with exit code 2', async (args) => {
    expect((await run([...args, '--library', file('other.cratewise')])).code).toBe(2);
  });
});
