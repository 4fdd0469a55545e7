import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../../src/main/host/node-host.ts';
import type { ProcessHost, WorkerHandle } from '../../../src/main/host/process-host.ts';
import type { MediaAnswer } from '../../../src/main/media/answer.ts';
import { PeaksCache } from '../../../src/main/media/peaks-cache.ts';
import type { Peaks } from '../../../src/shared/listening.ts';
import { cadenceWav, hasFfmpeg } from '../../e2e/support/music.ts';
import { temporaryFolder } from '../catalogue/support.ts';
import { listening } from './support.ts';

const C = { tonic: 0, mode: 'major' } as const;
const bytes = async ({ body }: MediaAnswer): Promise<Buffer> => (body ? buffer(body) : Buffer.alloc(0));

/** 16-bit big-endian mono AIFF of the samples of a WAV file with the usual header. */
function aiff(wav: Buffer, rate80: string): Buffer {
  const samples = Buffer.from(wav.subarray(44)).swap16();
  const chunk = (id: string, body: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(id, 'latin1');
    head.writeUInt32BE(body.length, 4);
    return Buffer.concat([head, body]);
  };
  const common = Buffer.alloc(8);
  common.writeUInt16BE(1, 0);
  common.writeUInt32BE(samples.length / 2, 2);
  common.writeUInt16BE(16, 6);
  const inside = Buffer.concat([
    Buffer.from('AIFF', 'latin1'),
    chunk('COMM', Buffer.concat([common, Buffer.from(rate80, 'hex')])),
    chunk('SSND', Buffer.concat([Buffer.alloc(8), samples])),
  ]);
  return chunk('FORM', inside);
}
/** 22,050 Hz as an 80-bit float. */
const RATE_22050 = '400dac44000000000000';

/** A WAV file over and over. */
function repeated(wav: Buffer, times: number): Buffer {
  const samples = Buffer.concat(Array.from({ length: times }, () => wav.subarray(44)));
  const header = Buffer.from(wav.subarray(0, 44));
  header.writeUInt32LE(36 + samples.length, 4);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** How far a stretch is from its place in the whole, give or take the millisecond that some containers count in. */
function distance(part: Buffer, whole: Buffer, from: number, rate: number): number {
  const most = Math.ceil(rate / 1000);
  let least = Number.POSITIVE_INFINITY;
  for (let shift = -most; shift <= most; shift++) {
    let sum = 0;
    let count = 0;
    for (let at = 4 * most; at < part.length - 4 * most; at += 40, count++)
      sum += ((part.readInt16LE(at) - whole.readInt16LE(from + at + 4 * shift)) / 32_768) ** 2;
    least = Math.min(least, Math.sqrt(sum / count));
  }
  return least;
}

describe('what browsers can’t play', () => {
  it('is decoded to a WAV file of known length, any stretch of which can be had', async () => {
    const { media, add, get } = listening({ processes: true });
    const wav = cadenceWav(C, 3);
    const id = add('a.aiff', aiff(wav, RATE_22050), { container: 'aiff' });
    const { url, decoded } = await media.open(id);
    expect(decoded).toBe(true);
    const answer = await get(url);
    expect(answer.headers).toMatchObject({ 'Content-Type': 'audio/wav' });
    const whole = await bytes(answer);
    expect(Number(answer.headers['Content-Length'])).toBe(whole.length);
    expect(whole.length).toBe(44 + 3 * 22_050 * 4);
    expect(whole.toString('latin1', 0, 4) + whole.readUInt16LE(22) + whole.readUInt32LE(24)).toBe(
      'RIFF222050',
    );
    // Both channels are the samples that went in.
    for (const frame of [0, 1000, 40_000, 3 * 22_050 - 1]) {
      const at = 44 + 4 * frame;
      const sample = wav.readInt16LE(44 + 2 * frame);
      expect([whole.readInt16LE(at), whole.readInt16LE(at + 2)]).toEqual([sample, sample]);
    }
    for (const [start, end] of [
      [0, 9],
      [40, 50],
      [44, 44],
      [100_003, 170_001],
      [200_000, whole.length - 1],
    ] as const) {
      const part = await bytes(await get(url, { range: `bytes=${start}-${end}` }));
      expect(part.equals(whole.subarray(start, end + 1)), `${start}-${end}`).toBe(true);
    }
    await expect.poll(() => media.reading).toBe(0);
  });

  it.skipIf(!hasFfmpeg).each([
    ['wma', 'asf', ['-c:a', 'wmav2', '-b:a', '128k']],
    ['wv', 'wavpack', ['-c:a', 'wavpack']],
    ['m4a', 'mp4', ['-c:a', 'alac']],
    ['mka', 'matroska', ['-c:a', 'ac3']],
    ['tta', 'tta', ['-c:a', 'tta']],
    ['aifc', 'aifc', ['-c:a', 'pcm_s24be', '-f', 'aiff']],
  ])('is heard from %s too', async (extension, container, codec) => {
    const { media, add, get, folder } = listening({ processes: true });
    writeFileSync(join(folder, 'a.wav'), cadenceWav(C, 2));
    const path = join(folder, `a.${extension}`);
    execFileSync('ffmpeg', ['-v', 'error', '-i', join(folder, 'a.wav'), ...codec, path]);
    const { url } = await media.open(add(`a.${extension}`, readFileSync(path), { container }), true);
    const whole = await bytes(await get(url));
    const rate = whole.readUInt32LE(24);
    expect((whole.length - 44) / 4 / rate).toBeCloseTo(2, 0);
    let energy = 0;
    for (let at = 44; at < whole.length; at += 4) energy += (whole.readInt16LE(at) / 32_768) ** 2;
    expect(Math.sqrt(energy / ((whole.length - 44) / 4))).toBeGreaterThan(0.02);
    // From the middle on it sounds as it does in the whole: codecs with frames that overlap need a run-up.
    const from = 44 + 4 * rate;
    const rest = await bytes(await get(url, { range: `bytes=${from}-` }));
    expect(distance(rest, whole, from, rate)).toBeLessThan(0.01);
  });

  it('is let go of before it is written to', async () => {
    const { media, add, get, root } = listening({ processes: true });
    const id = add('a.aiff', aiff(repeated(cadenceWav(C, 2), 30), RATE_22050), { container: 'aiff' });
    const { url } = await media.open(id);
    const { body } = await get(url);
    const broken = new Promise((resolve) => body!.once('error', resolve));
    body!.once('readable', () => body!.read(10));
    await new Promise((resolve) => body!.once('readable', resolve));
    expect(media.reading).toBe(1);
    const release = await media.hold([join(root, 'a.aiff')]);
    await broken;
    expect(media.reading).toBe(0);
    release([]);
    expect((await bytes(await get(url, { range: 'bytes=0-3' }))).toString('latin1')).toBe('RIFF');
  });

  it('goes on when its process was ended for being idle', async () => {
    const handles: WorkerHandle[] = [];
    const host: ProcessHost = {
      start: (module, args) => {
        const handle = nodeHost.start(module, args);
        handles.push(handle);
        return handle;
      },
    };
    const { media, add, get } = listening({ processes: host });
    const { url } = await media.open(
      add('a.aiff', aiff(repeated(cadenceWav(C, 2), 15), RATE_22050), { container: 'aiff' }),
    );
    const whole = await bytes(await get(url));
    const { body } = await get(url);
    // It is filled, and nothing more is asked of the process, until somebody goes on reading.
    body!.once('readable', () => undefined);
    await expect.poll(() => body!.readableLength).toBeGreaterThanOrEqual(body!.readableHighWaterMark);
    const ended = new Promise<unknown>((resolve) => handles.at(-1)!.onExit(resolve));
    handles.at(-1)!.kill();
    await ended;
    expect((await buffer(body!)).equals(whole)).toBe(true);
    expect(handles).toHaveLength(2);
  });

  it('is nothing where it is no audio', async () => {
    const { media, add, get } = listening({ processes: true });
    const { url } = await media.open(add('a.ape', 'no audio at all', { container: 'ape' }));
    expect((await get(url)).status).toBe(404);
    expect(media.reading).toBe(0);
  });
});

describe('waveforms', () => {
  it('are made once, kept by the sound’s identity, and made again where they were lost', async () => {
    const { media, add, cache } = listening({ processes: true });
    const audio = { hash: 'ab'.repeat(32), durationSeconds: 3, sampleRate: 22_050, channels: 1 };
    const id = add('a.wav', cadenceWav(C, 3), { container: 'wav', audio });
    const peaks = await media.peaks(id, false);
    expect(peaks.seconds).toBeCloseTo(3, 2);
    expect(peaks.planes.length).toBe(6 * peaks.buckets);
    expect(peaks.loudness).toBeLessThan(-5);
    const [name] = readdirSync(cache);
    expect(name).toBe(`${audio.hash}-1.peaks`);
    // Another file of the same sound needs no decoding: this one could not be.
    const copy = add('b.wav', 'no audio', { container: 'wav', audio });
    const kept = await media.peaks(copy, false);
    expect(Buffer.from(kept.planes).equals(Buffer.from(peaks.planes))).toBe(true);
    expect(kept.loudness).toBe(peaks.loudness);
    writeFileSync(join(cache, name!), readFileSync(join(cache, name!)).subarray(0, 100));
    expect((await media.peaks(id, false)).buckets).toBe(peaks.buckets);
    rmSync(cache, { recursive: true });
    await expect(media.peaks(copy, false)).rejects.toMatchObject({ code: 'not-audio' });
  });

  it('are not made while the file is written to, nor for those who left', async () => {
    const { media, add, root, cache } = listening({ processes: true });
    const id = add('a.wav', repeated(cadenceWav(C, 2), 600), { container: 'wav' });
    const release = await media.hold([join(root, 'a.wav')]);
    await expect(media.peaks(id, false)).rejects.toMatchObject({ code: 'held' });
    release([]);
    const made = media.peaks(id, false);
    await expect.poll(() => media.reading).toBe(1);
    const [release2] = await Promise.all([
      media.hold([join(root, 'a.wav')]),
      expect(made).rejects.toMatchObject({ code: 'held' }),
    ]);
    release2([]);
    const left = new AbortController();
    const nobody = media.peaks(id, true, left.signal);
    await expect.poll(() => media.reading).toBe(1);
    left.abort();
    await expect(nobody).rejects.toMatchObject({ code: 'closed' });
    await expect.poll(() => media.reading).toBe(0);
    expect(() => readdirSync(cache)).toThrow();
  });
});

describe('PeaksCache', () => {
  const peaks = (buckets: number): Peaks => ({
    seconds: 1.5,
    buckets,
    planes: new Uint8Array(6 * buckets).fill(7),
    loudness: null,
    peak: 0.25,
  });

  it('keeps what it is given', async () => {
    const cache = new PeaksCache(join(temporaryFolder(), 'new', 'folder'));
    await cache.set('aa', peaks(10));
    const kept = await cache.get('aa');
    expect({ ...kept, planes: [...kept!.planes] }).toEqual({ ...peaks(10), planes: [...peaks(10).planes] });
    expect(await cache.get('bb')).toBeUndefined();
  });

  it('stays below its bound: what was not looked at for longest goes', async () => {
    const folder = temporaryFolder();
    const cache = new PeaksCache(folder, 60_000);
    for (let i = 0; i < 64; i++) {
      await cache.set(`a${i}`, peaks(200));
      utimesSync(join(folder, `a${i}-1.peaks`), 1000 + i, 1000 + i);
    }
    await cache.get('a0');
    await cache.set('last', peaks(200));
    const names = readdirSync(folder);
    expect(names.length * 1236).toBeLessThanOrEqual(60_000);
    expect(names).toEqual(expect.arrayContaining(['a0-1.peaks', 'last-1.peaks', 'a63-1.peaks']));
    expect(names).not.toContain('a1-1.peaks');
  });
});
