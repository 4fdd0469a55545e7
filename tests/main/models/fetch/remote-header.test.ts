import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../src/main/models/fetch/byte-source.ts';
import { readRemoteHeaders } from '../../../../src/main/models/fetch/remote-header.ts';
import { DEFAULT_RETRY } from '../../../../src/main/models/fetch/retry.ts';
import { safetensors } from '../safetensors-sample.ts';

/** A source that sends one file byte by byte. */
function dripping(file: Buffer): ByteSource {
  async function* body(from: number, to: number): AsyncGenerator<Uint8Array, void, void> {
    for (let at = from; at < to; at++) yield file.subarray(at, at + 1);
  }
  return {
    name: 'drip',
    open: async (_, { from, to }) => ({
      start: from,
      ranged: true,
      size: file.length,
      version: null,
      body: body(from, Math.min(to ?? file.length, file.length)),
      close: () => undefined,
    }),
  };
}

describe('readRemoteHeaders', () => {
  it('costs time in proportion to the header, in however small pieces it comes', async () => {
    // 300 kB of header. Joining what came at every byte would copy 45 GB.
    const many = Array.from({ length: 4000 }, (_, i) => ({
      name: `layer.${i}`,
      dtype: 'F32' as const,
      shape: [1],
      bytes: Buffer.alloc(4),
    }));
    const file = safetensors(many);
    expect(file.length).toBeGreaterThan(250_000);
    const [found] = await readRemoteHeaders('model.safetensors', {
      source: dripping(file),
      retry: DEFAULT_RETRY,
      signal: new AbortController().signal,
    });
    expect(found?.header.tensors.size).toBe(4000);
    expect(found?.header.fileBytes).toBe(file.length);
  });
});
