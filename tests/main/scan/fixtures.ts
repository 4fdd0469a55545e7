import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** Whether ffmpeg can make files of other containers for a test. */
export const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own for one test, removed after it. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-scan-'));
  folders.push(folder);
  return folder;
}

/** A sound of noise that differs with `seed`, tagged as asked; the encoder is chosen by the extension. */
export function encode(
  file: string,
  options: { seed?: number; seconds?: number; args?: readonly string[] } = {},
): string {
  const { seed = 1, seconds = 2, args = [] } = options;
  const source = `anoisesrc=d=${seconds}:c=pink:r=44100:seed=${seed}:a=0.3`;
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', source, ...args, file]);
  return file;
}

const chunk = (id: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
};

/** A WAVE file: 16-bit mono at 8 kHz of numbers that follow from `seed`, with INFO tags. */
export function wave(seed: number, tags: Readonly<Record<string, string>> = {}, samples = 4000): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(8000, 4);
  format.writeUInt32LE(16000, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const data = Buffer.alloc(samples * 2);
  let state = seed >>> 0;
  for (let i = 0; i < samples; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data.writeInt16LE((state >>> 16) - 32_768, 2 * i);
  }
  const info = Object.entries(tags).map(([id, text]) => chunk(id, Buffer.from(`${text}\0`)));
  const chunks = [
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    ...(info.length > 0 ? [chunk('LIST', Buffer.concat([Buffer.from('INFO'), ...info]))] : []),
    chunk('data', data),
  ];
  return chunk('RIFF', Buffer.concat(chunks));
}
