import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { synthesisedClip } from '../../../src/analyser/onnx/clip.ts';
import {
  deviceOf,
  parseApple,
  parseNvidia,
  parseUevent,
  parseWindows,
} from '../../../src/analyser/onnx/devices.ts';
import { failureOf } from '../../../src/analyser/onnx/failures.ts';
import { presentProviders } from '../../../src/analyser/onnx/providers.ts';
import { allFinite, cosine } from '../../../src/analyser/onnx/similarity.ts';
import { fileVerdicts } from '../../../src/analyser/onnx/verdicts.ts';

const folder = mkdtempSync(join(tmpdir(), 'cratewise-devices-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('presentProviders', () => {
  it('lists what this ONNX Runtime has, the processor aside', () => {
    const found = presentProviders().map(({ provider }) => provider as string);
    const known = listSupportedBackends().map(({ name }) => name);
    expect(found.every((provider) => known.includes(provider))).toBe(true);
    expect(found).not.toContain('cpu');
    expect(known).toContain('cpu');
  });

  it('leaves CUDA out where its library is not installed, and takes it where it is', () => {
    const backends = [
      { name: 'cpu', bundled: true },
      { name: 'webgpu', bundled: true },
      { name: 'cuda', bundled: false },
      { name: 'tensorrt', bundled: false },
    ];
    expect(presentProviders({ backends, hasLibrary: () => false })).toEqual([
      { provider: 'cuda', missing: expect.stringContaining('onnxruntime_providers_cuda') },
      { provider: 'webgpu' },
    ]);
    expect(presentProviders({ backends, hasLibrary: () => true })).toEqual([
      { provider: 'cuda' },
      { provider: 'webgpu' },
    ]);
  });
});

describe('device names', () => {
  it('names the processor', async () => {
    const device = await deviceOf('cpu');
    expect(device?.name).not.toBe('');
    expect(device?.freeBytes).toBeGreaterThan(2 ** 28);
  });

  it('reads what systems print', () => {
    expect(parseNvidia('NVIDIA H100 80GB HBM3, 550.54.15, 80995\nNVIDIA B, 1, 2\n')).toEqual({
      name: 'NVIDIA H100 80GB HBM3',
      driver: '550.54.15',
      freeBytes: 80995 * 2 ** 20,
    });
    expect(parseNvidia('NVIDIA GB10, 580.95, [N/A]')).toEqual({ name: 'NVIDIA GB10', driver: '580.95' });
    expect(parseNvidia('')).toBeUndefined();
    expect(parseNvidia('No devices were found')).toBeUndefined();
    expect(parseWindows('[{"Name":"Intel(R) Arc","DriverVersion":"32.0.1"},{"Name":"b"}]')).toEqual({
      name: 'Intel(R) Arc',
      driver: '32.0.1',
    });
    expect(parseWindows('{"Name":"AMD Radeon","DriverVersion":null}')).toEqual({
      name: 'AMD Radeon',
      driver: '',
    });
    expect(parseWindows('')).toBeUndefined();
    expect(parseApple('{"SPDisplaysDataType":[{"sppci_model":"Apple M3 Pro"}]}')?.name).toBe('Apple M3 Pro');
    expect(parseApple('{}')).toBeUndefined();
    expect(parseUevent('DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:73BF\n')?.name).toBe('amdgpu 1002:73BF');
    expect(parseUevent('')).toBeUndefined();
  });
});

describe('failureOf', () => {
  it.each([
    ['out-of-memory', 'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=x'],
    ['out-of-memory', 'Status Message: bfc_arena.cc:376 void* BFCArena::AllocateRawInternal'],
    [
      'out-of-memory',
      'DmlCommittedResourceAllocator.cpp(22) Exception(1) 8007000E Not enough memory resources',
    ],
    ['out-of-memory', 'std::bad_alloc'],
    ['device-lost', 'WebGPU device lost (1): A valid external Instance reference no longer exists.'],
    ['device-lost', 'CUDA failure 719: unspecified launch failure ; GPU=0'],
    [
      'device-lost',
      'ExecutionProvider.cpp(972) Exception(2) 887A0006 The GPU will not respond to more commands',
    ],
    ['other', 'Failed to get a WebGPU adapter: No supported adapters.'],
    ['other', 'Load model failed:Protobuf parsing failed.'],
  ])('%s: %s', (failure, message) => {
    expect(failureOf(new Error(message))).toBe(failure);
  });
});

describe('verdicts in a file', () => {
  it('outlive the process, and survive a damaged file', () => {
    const path = join(folder, 'sub', 'devices.json');
    fileVerdicts(path).set('a', { state: 'accepted', reason: 'right', attempts: 0 });
    fileVerdicts(path).set('b', { state: 'trying', reason: '', attempts: 1 });
    expect(fileVerdicts(path).get('a')).toEqual({ state: 'accepted', reason: 'right', attempts: 0 });
    expect(fileVerdicts(path).get('b')?.attempts).toBe(1);
    expect(readdirSync(join(folder, 'sub'))).toEqual(['devices.json']);
    for (const damage of ['', '{', '{"format":"else"}', '{"verdicts":{"a":{"state":"accepted"}}}', '[]']) {
      writeFileSync(path, damage);
      expect(fileVerdicts(path).get('a')).toBeUndefined();
      fileVerdicts(path).set('c', { state: 'refused', reason: 'wrong', attempts: 0 });
      expect(fileVerdicts(path).get('c')?.state).toBe('refused');
    }
  });

  it('last for the process where the file can not be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const store = fileVerdicts(join(folder, 'file', 'devices.json'));
    store.set('a', { state: 'accepted', reason: 'right', attempts: 0 });
    expect(store.get('a')?.state).toBe('accepted');
  });
});

describe('similarity', () => {
  it('is the cosine, and knows numbers', () => {
    expect(cosine(Float32Array.of(1, 0), Float32Array.of(1, 1))).toBeCloseTo(Math.SQRT1_2, 7);
    expect(cosine(Float32Array.of(1, 0), Float32Array.of(0, 0))).toBeNaN();
    expect(() => cosine(Float32Array.of(1), Float32Array.of(1, 2))).toThrow(RangeError);
    expect(allFinite(Float32Array.of(3e38, 3e38, -3e38))).toBe(true);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(allFinite(Float32Array.of(1, bad, 2))).toBe(false);
    expect(allFinite(Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY))).toBe(false);
  });
});

describe('synthesisedClip', () => {
  it('is the same every time, within full scale, with all its parts', () => {
    const clip = synthesisedClip(8000, 10);
    expect(clip).toHaveLength(80_000);
    expect(clip).toEqual(synthesisedClip(8000, 10));
    expect(allFinite(clip)).toBe(true);
    const rms = (from: number, to: number) =>
      Math.sqrt(
        clip.subarray(from * 8000, to * 8000).reduce((sum, x) => sum + x * x, 0) / ((to - from) * 8000),
      );
    for (let part = 0; part < 5; part++) expect(rms(2 * part, 2 * part + 1)).toBeGreaterThan(0.05);
    expect(rms(5.85, 5.95)).toBe(0);
    expect(clip.some((x) => x === 1) && clip.some((x) => x === -1)).toBe(true);
    expect(Math.max(...clip)).toBeLessThanOrEqual(1);
  });
});
