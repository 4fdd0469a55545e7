import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LoudnessMeter } from '../../../src/analyser/peaks/loudness-meter.ts';
import { measurePeaks } from '../../../src/analyser/peaks/measure.ts';
import { hasFfmpeg } from '../../e2e/support/music.ts';

/** Interleaved samples of two channels. */
function sine(rate: number, parts: readonly { seconds: number; decibels: number }[], hertz = 1000) {
  const frames = parts.reduce((sum, { seconds }) => sum + Math.round(seconds * rate), 0);
  const samples = new Float64Array(2 * frames);
  let at = 0;
  for (const { seconds, decibels } of parts) {
    const amplitude = 10 ** (decibels / 20);
    for (const end = at + Math.round(seconds * rate); at < end; at++) {
      const value = amplitude * Math.sin((2 * Math.PI * hertz * at) / rate);
      samples[2 * at] = value;
      samples[2 * at + 1] = value;
    }
  }
  return samples;
}

function loudness(samples: Float64Array, rate: number, piece = samples.length): number | null {
  const meter = new LoudnessMeter(rate);
  for (let at = 0; at < samples.length; at += piece) {
    const part = samples.slice(at, at + piece);
    meter.push(part, part.length);
  }
  return meter.integrated();
}

describe('LoudnessMeter', () => {
  // EBU Tech 3341, table 1: what a meter has to show, ±0.1 LU.
  it.each([
    ['1', [{ seconds: 20, decibels: -23 }], -23],
    ['2', [{ seconds: 20, decibels: -33 }], -33],
    [
      '3',
      [
        { seconds: 10, decibels: -36 },
        { seconds: 60, decibels: -23 },
        { seconds: 10, decibels: -36 },
      ],
      -23,
    ],
    [
      '4',
      [
        { seconds: 10, decibels: -72 },
        { seconds: 10, decibels: -36 },
        { seconds: 60, decibels: -23 },
        { seconds: 10, decibels: -36 },
        { seconds: 10, decibels: -72 },
      ],
      -23,
    ],
    [
      '5',
      [
        { seconds: 20, decibels: -26 },
        { seconds: 20.1, decibels: -20 },
        { seconds: 20, decibels: -26 },
      ],
      -23,
    ],
  ] as const)('shows what EBU Tech 3341 asks for, case %s', (_case, parts, expected) => {
    expect(Math.abs(loudness(sine(48_000, parts), 48_000)! - expected)).toBeLessThan(0.1);
  });

  it.each([8000, 22_050, 44_100])('says the same at %i Hz', (rate) => {
    expect(loudness(sine(rate, [{ seconds: 5, decibels: -20 }]), rate)).toBeCloseTo(-20, 0.9);
  });

  it('does not mind how it is fed', () => {
    const samples = sine(44_100, [
      { seconds: 2, decibels: -30 },
      { seconds: 3, decibels: -12 },
    ]);
    const whole = loudness(samples, 44_100)!;
    for (const piece of [2, 1234, 88_200]) expect(loudness(samples, 44_100, piece)).toBeCloseTo(whole, 9);
  });

  it('says nothing of silence, and of less than a block', () => {
    expect(loudness(new Float64Array(96_000 * 4), 48_000)).toBeNull();
    expect(loudness(sine(48_000, [{ seconds: 0.3, decibels: -10 }]), 48_000)).toBeNull();
  });

  it.skipIf(!hasFfmpeg).each([
    [
      'pink noise that swells',
      44_100,
      'anoisesrc=c=pink:d=30:a=0.6:r=44100:seed=7,volume=0.2+0.8*t/30:eval=frame',
    ],
    ['a beat', 48_000, "aevalsrc='0.8*sin(60*2*PI*t)*exp(-8*mod(t,0.5))':d=20:s=48000"],
    [
      'hiss and rests',
      96_000,
      "aevalsrc='0.3*sin(5000*2*PI*t)*gt(mod(t,4),3)|0.1*sin(90*2*PI*t)':d=24:s=96000",
    ],
    ['one channel', 44_100, "aevalsrc='0.4*sin(440*2*PI*t)*(0.2+mod(t,3))/3':d=15:s=44100"],
  ])('agrees with FFmpeg’s ebur128 on %s', async (_name, rate, source) => {
    const folder = mkdtempSync(join(tmpdir(), 'cratewise-loudness-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'a.wav');
    writeFileSync(path, '');
    spawnSync('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      source,
      '-ar',
      String(rate),
      '-c:a',
      'pcm_f32le',
      path,
    ]);
    const measure = [
      '-hide_banner',
      '-nostats',
      '-i',
      path,
      '-af',
      'ebur128=dualmono=true',
      '-f',
      'null',
      '-',
    ];
    const said = spawnSync('ffmpeg', measure, { encoding: 'utf8' }).stderr;
    // It has one decimal.
    const expected = Number(/Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(said)![1]);
    const { loudness: measured } = await measurePeaks(path);
    expect(Math.abs(measured! - expected)).toBeLessThanOrEqual(0.1);
  });
});
