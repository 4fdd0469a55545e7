/** The noise of `tests/reference/features.py`: a linear congruential generator (Numerical Recipes), −1..1. */
export function noise(count: number): Float64Array {
  const out = new Float64Array(count);
  let state = 12345;
  for (let i = 0; i < count; i++) {
    // BigInt-free: 1664525·state stays below 2^53.
    state = (1664525 * state + 1013904223) % 2 ** 32;
    out[i] = state / 2 ** 31 - 1;
  }
  return out;
}

/** The sweep of `tests/reference/features.py`. */
export function chirp(rate: number, seconds: number): Float32Array {
  const count = Math.floor(rate * seconds);
  const hiss = noise(count);
  return Float32Array.from({ length: count }, (_, i) => {
    const t = i / rate;
    const sweep = Math.sin(2 * Math.PI * (110 * t + 300 * t * t));
    const pulse = 0.5 + 0.5 * Math.cos(2 * Math.PI * 2 * t);
    return 0.4 * sweep * pulse + 0.02 * hiss[i]!;
  });
}

/** How a WAV file stores its samples. */
export type WavFormat = 'u8' | 's16' | 's24' | 'f32';

/**
 * A WAV file.
 * @param channels one array of samples (−1..1) for each channel, all of one length
 */
export function wav(rate: number, channels: readonly Float32Array[], format: WavFormat = 's16'): Buffer {
  const bytes = { u8: 1, s16: 2, s24: 3, f32: 4 }[format];
  const count = channels[0]?.length ?? 0;
  const data = Buffer.alloc(count * channels.length * bytes);
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (const channel of channels) {
      const sample = channel[i]!;
      if (format === 'u8') data.writeUInt8(Math.round(sample * 127) + 128, at);
      else if (format === 's16') data.writeInt16LE(Math.round(sample * 32767), at);
      else if (format === 's24') data.writeIntLE(Math.round(sample * 8388607), at, 3);
      else data.writeFloatLE(sample, at);
      at += bytes;
    }
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format === 'f32' ? 3 : 1, 20);
  header.writeUInt16LE(channels.length, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels.length * bytes, 28);
  header.writeUInt16LE(channels.length * bytes, 32);
  header.writeUInt16LE(8 * bytes, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** A sine of `hz`, −1..1 times `amplitude`. */
export function sine(rate: number, seconds: number, hz: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}
