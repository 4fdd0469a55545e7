import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TagWriter } from '../../../src/main/tagging/writer.ts';
import { id3Tag, mpegFrames, text } from '../tagging/support/id3-builder.ts';
import { inProcessHost } from '../tagging/support/in-process-host.ts';
import { memoryJournal } from '../tagging/support/memory-journal.ts';
import { listening, read } from './support.ts';

const MP3 = Buffer.concat([id3Tag({ version: 3, frames: [text('TCON', 'Rock')] }), mpegFrames(20_000)]);

/** Whether this process reads a file below a folder (Linux). */
function isReading(folder: string): boolean {
  return readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(join('/proc/self/fd', fd)).startsWith(folder);
    } catch {
      return false;
    }
  });
}

/** Two files that are heard, and what writes to them. `fails`: the process that writes dies over it. */
async function heard({ fails = false } = {}) {
  const here = listening();
  const [a, b] = [here.add('a.mp3', MP3), here.add('b.mp3', MP3)];
  const atWrite: { reading: number; descriptors: boolean }[] = [];
  const host = inProcessHost((method, _params, after) => {
    if (method === 'apply' && !after)
      atWrite.push({
        reading: here.media.reading,
        descriptors: process.platform === 'linux' && isReading(here.root),
      });
    return fails && method === 'apply';
  });
  const writer = new TagWriter(memoryJournal(), host, {
    processes: 1,
    hold: (paths) => here.media.hold(paths),
  });
  onTestFinished(() => writer.close());
  const urls = await Promise.all([a, b].map(async (id) => (await here.media.open(id)).url));
  const streams = await Promise.all(
    urls.map(async (url) => {
      const { body } = await here.get(url);
      const broken = new Promise<boolean>((resolve) => {
        body!.once('error', () => resolve(true));
        body!.once('end', () => resolve(false));
      });
      await new Promise((resolve) => body!.once('readable', resolve));
      return { body: body!, broken };
    }),
  );
  const path = join(here.root, 'a.mp3');
  const edit = { path, expected: null, edits: [{ field: 'genre' as const, values: ['House'] }] };
  return { ...here, a, b, urls, streams, writer, edit, path, atWrite };
}

describe('a write to what is heard', () => {
  it('has the file alone, and leaves others be; undo likewise', async () => {
    const { media, writer, edit, path, streams, urls, atWrite, a, b, get } = await heard();
    expect(media.reading).toBe(2);
    const { files } = await writer.write([edit], { label: 'test' });
    expect(files.map(({ state }) => state)).toEqual(['written']);
    expect(atWrite).toEqual([{ reading: 1, descriptors: process.platform === 'linux' }]);
    expect(await streams[0]!.broken).toBe(true);
    // The other one is read to its end.
    streams[1]!.body.resume();
    expect(await streams[1]!.broken).toBe(false);
    const again = await media.open(a);
    expect([again.writes, (await media.open(b)).writes]).toEqual([1, 0]);
    expect((await get(urls[0]!)).status).toBe(404);
    const { body } = await get(again.url);
    await new Promise((resolve) => body!.once('readable', resolve));
    const broken = new Promise((resolve) => body!.once('error', resolve));
    await writer.undo({ path });
    await broken;
    expect(atWrite[1]).toEqual({ reading: 0, descriptors: false });
    expect(readFileSync(path).equals(MP3)).toBe(true);
    expect((await media.open(a)).writes).toBe(2);
  });

  it('that fails, or only looks, leaves it as it was', async () => {
    const { media, writer, edit, path, atWrite, a, urls, get, streams } = await heard({ fails: true });
    await writer.preview([edit]);
    expect([media.reading, atWrite.length]).toEqual([2, 0]);
    const { files } = await writer.write([edit], { label: 'test' });
    expect(files.map(({ state }) => state)).toEqual(['failed']);
    expect(readFileSync(path).equals(MP3)).toBe(true);
    // It can be heard again, and is no other file than before.
    expect((await media.open(a)).writes).toBe(0);
    const [status, body] = await read(await get(urls[0]!, { range: 'bytes=0-2' }));
    expect([status, body]).toEqual([206, 'ID3']);
    streams[1]!.body.destroy();
  });
});
