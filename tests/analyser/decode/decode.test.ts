import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioFile } from '../../../src/analyser/decode/decode.ts';
import { pathFromBytes } from '../../../src/shared/path.ts';
import { sine, type WavFormat, wav } from '../signals.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-decode-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function decoded(path: string, start: number, length: number, rates: number[]) {
  const file = new AudioFile(path);
  try {
    return { ...file.decode({ start, length }, rates), duration: file.duration };
  } finally {
    file.close();
  }
}

function worstDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);
}

/** Runs a decoding that must fail; returns the error's code. */
function failure(path: string): string {
  try {
    const file = new AudioFile(path);
    try {
      return `decoded ${[...file.windows({ count: 3, seconds: 30 }, [22_050])].length} windows`;
    } finally {
      file.close();
    }
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('AudioFile.decode', () => {
  it.each<[WavFormat, number]>([
    ['u8', 1 / 100],
    ['s16', 1 / 30_000],
    ['s24', 1e-6],
    ['f32', 1e-7],
  ])('gives the very samples of a %s file at its own rate', (format, tolerance) => {
    const samples = sine(22_050, 1.5, 440);
    const { pcm, length } = decoded(written(`${format}.wav`, wav(22_050, [samples], format)), 0, 9, [22_050]);
    expect(length).toBeCloseTo(1.5, 9);
    const out = pcm.get(22_050)!;
    expect(out.length).toBe(samples.length);
    expect(worstDifference(out, samples)).toBeLessThan(tolerance);
  });

  it('starts and ends on the sample', () => {
    const ramp = Float32Array.from({ length: 44_100 * 4 }, (_, i) => i / (44_100 * 4));
    const path = written('ramp.wav', wav(44_100, [ramp], 'f32'));
    const { start, pcm, duration } = decoded(path, 1.25, 2, [44_100]);
    expect(duration).toBeCloseTo(4, 6);
    expect(start).toBe(1.25);
    const out = pcm.get(44_100)!;
    expect(out.length).toBe(88_200);
    expect(worstDifference(out, ramp.subarray(1.25 * 44_100, 3.25 * 44_100))).toBeLessThan(1e-6);
  });

  it('averages channels without weights, however many', () => {
    const tones = [220, 330, 440, 550, 660, 770, 880, 990].map((hz) => sine(22_050, 1, hz, 0.9));
    for (const count of [2, 3, 6, 8]) {
      const channels = tones.slice(0, count);
      const expected = channels[0]!.map((_, i) => channels.reduce((sum, c) => sum + c[i]!, 0) / count);
      const { pcm } = decoded(written(`c${count}.wav`, wav(22_050, channels, 'f32')), 0, 2, [22_050]);
      expect(worstDifference(pcm.get(22_050)!, expected)).toBeLessThan(1e-6);
    }
  });

  it.each([8000, 44_100, 48_000, 192_000])('resamples %i Hz to two rates, in time and at level', (rate) => {
    const path = written(`r${rate}.wav`, wav(rate, [sine(rate, 2, 1000)], 'f32'));
    for (const [out, samples] of decoded(path, 0, 1, [22_050, 12_000]).pcm) {
      expect(samples.length).toBe(out);
      // The very start is left out: there the filter hears the mirrored signal.
      const settled = Math.round(0.1 * out);
      expect(worstDifference(samples.subarray(settled), sine(out, 1, 1000).subarray(settled))).toBeLessThan(
        2e-3,
      );
    }
    for (const [out, samples] of decoded(path, 0.5, 1, [22_050, 12_000]).pcm) {
      // A window elsewhere begins on the output sample that is nearest: half a sample off at most.
      const slope = 0.5 * 2 * Math.PI * 1000;
      expect(worstDifference(samples, sine(out, 1, 1000))).toBeLessThan((0.5 / out) * slope + 2e-3);
    }
  });

  it('keeps what lies above the new Nyquist frequency out', () => {
    const path = written('high.wav', wav(44_100, [sine(44_100, 2, 13_000)], 'f32'));
    const samples = decoded(path, 0.5, 1, [22_050]).pcm.get(22_050)!;
    expect(Math.max(...samples.map(Math.abs))).toBeLessThan(1e-3);
  });

  it('replaces samples that are not numbers and bounds the absurd', () => {
    const samples = sine(22_050, 1, 440);
    samples[100] = Number.NaN;
    samples[101] = Number.POSITIVE_INFINITY;
    samples[102] = Number.NEGATIVE_INFINITY;
    samples[103] = 1e30;
    const out = decoded(written('nan.wav', wav(22_050, [samples], 'f32')), 0, 1, [22_050]).pcm.get(22_050)!;
    expect([...out.subarray(100, 104)]).toEqual([0, 4, -4, 4]);
    const mixed = decoded(written('nan2.wav', wav(44_100, [samples, samples], 'f32')), 0, 1, [22_050]);
    expect(mixed.pcm.get(22_050)!.every((x) => Math.abs(x) <= 4)).toBe(true);
  });

  it('comes out shorter where the file ends', () => {
    const { length, pcm } = decoded(
      written('end.wav', wav(22_050, [sine(22_050, 2, 440)])),
      1.5,
      30,
      [22_050],
    );
    expect(length).toBeCloseTo(0.5, 6);
    expect(pcm.get(22_050)!.length).toBe(11_025);
  });
});

describe('AudioFile.windows', () => {
  const starts = (path: string, count: number, seconds: number) => {
    const file = new AudioFile(path);
    const windows = [...file.windows({ count, seconds }, [8000])].map(({ start, length }) => [start, length]);
    file.close();
    return windows;
  };

  it('follows the policy', () => {
    const path = written('ten.wav', wav(8000, [sine(8000, 12, 440)]));
    expect(starts(path, 3, 2)).toEqual([
      [1, 2],
      [5, 2],
      [9, 2],
    ]);
    expect(starts(path, 1, 30)).toEqual([[0, 12]]);
    expect(starts(path, 0, 6)).toEqual([
      [0, 6],
      [6, 6],
    ]);
  });

  it('plans again when the file is shorter than its header says', () => {
    const whole = wav(8000, [sine(8000, 100, 440)]);
    const path = written('truncated.wav', whole.subarray(0, 44 + 16_000 * 40));
    const file = new AudioFile(path);
    const windows = [...file.windows({ count: 2, seconds: 10 }, [8000])];
    expect(windows.map(({ start, length }) => [start, length])).toEqual([
      [5, 10],
      [25, 10],
    ]);
    expect(file.duration).toBeCloseTo(40, 1);
    file.close();
  });

  it('hears a fifth of a second whole', () => {
    expect(starts(written('short.wav', wav(8000, [sine(8000, 0.2, 440)])), 3, 30)).toEqual([[0, 0.2]]);
  });
});

describe('files that are no music', () => {
  it('are refused with a reason', () => {
    expect(failure(join(folder, 'nothing-here.mp3'))).toBe('not-found');
    expect(failure(written('zero.mp3', new Uint8Array()))).toBe('not-audio');
    expect(failure(folder)).toBe('unreadable');
    if (process.platform !== 'win32') expect(failure('/dev/null')).toBe('unreadable');
    const text = Buffer.from('All work and no play makes Jack a dull boy.\n'.repeat(2000));
    for (const name of ['text.mp3', 'text.flac', 'text.m4a']) {
      expect(['not-audio', 'no-audio']).toContain(failure(written(name, text)));
    }
    let state = 1;
    const bytes = Uint8Array.from({ length: 100_000 }, () => {
      state = (1664525 * state + 1013904223) % 2 ** 32;
      return state >>> 24;
    });
    for (const name of ['random.mp3', 'random.ogg', 'random.wav']) {
      expect(['not-audio', 'no-audio', 'undecodable']).toContain(failure(written(name, bytes)));
    }
  });

  it('are not followed when they are playlists that name other files', () => {
    written('song.wav', wav(8000, [sine(8000, 1, 440)]));
    const hls = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsong.wav\n#EXT-X-ENDLIST\n';
    expect(failure(written('list.mp3', Buffer.from(hls)))).toBe('not-audio');
    const concat = "ffconcat version 1.0\nfile 'song.wav'\n";
    expect(failure(written('list.wav', Buffer.from(concat)))).toBe('not-audio');
  });
});

describe.skipIf(process.platform === 'win32')('file names', () => {
  it('need not be text', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${folder}/caf`),
      Buffer.from([0xe9, 0xff]),
      Buffer.from('.wav'),
    ]);
    writeFileSync(bytes, wav(8000, [sine(8000, 1, 440)]));
    const path = pathFromBytes(bytes);
    const open = () => readdirSync('/proc/self/fd').length;
    const before = process.platform === 'linux' ? open() : 0;
    expect(decoded(path, 0, 1, [8000]).pcm.get(8000)!.length).toBe(8000);
    if (process.platform === 'linux') expect(open()).toBe(before);
    expect(failure(pathFromBytes(Buffer.concat([Buffer.from(folder), Buffer.from([0x2f, 0xe9])])))).toBe(
      'not-found',
    );
  });

  it('may look like a protocol', () => {
    const path = written('concat:a|b.wav', wav(8000, [sine(8000, 1, 440)]));
    expect(decoded(path, 0, 1, [8000]).length).toBe(1);
  });
});
