import type { PcmInfo } from '../../shared/listening.ts';

/** Bytes before the samples. */
export const WAV_HEADER = 44;
/** Two channels of 16 bits. */
export const FRAME_BYTES = 4;

/** The header of a WAV file with 16-bit samples of two channels. */
export function wavHeader({ sampleRate, frames }: PcmInfo): Buffer {
  const bytes = frames * FRAME_BYTES;
  const header = Buffer.alloc(WAV_HEADER);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER - 8 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * FRAME_BYTES, 28);
  header.writeUInt16LE(FRAME_BYTES, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}
