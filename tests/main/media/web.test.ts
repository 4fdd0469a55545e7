import { describe, expect, it } from 'vitest';
import { answerMedia } from '../../../src/main/media/web.ts';
import { listening } from './support.ts';

const ORIGIN = 'app://cratewise';

describe('answerMedia', () => {
  it('answers a web request with a web response', async () => {
    const { media, add } = listening();
    const { url } = await media.open(add('a.mp3', '0123456789'));
    const part = await answerMedia(media, new Request(ORIGIN + url, { headers: { Range: 'bytes=2-4' } }));
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(part.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await part.text()).toBe('234');
    const head = await answerMedia(media, new Request(ORIGIN + url, { method: 'HEAD' }));
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
    for (const path of ['/media/', '/media/../index.html', '/media/%2e%2e/etc/passwd', `${url}x`]) {
      const answer = await answerMedia(media, new Request(ORIGIN + path));
      expect([path, answer.status, await answer.text()]).toEqual([path, 404, '']);
    }
    expect((await answerMedia(media, new Request(ORIGIN + url, { method: 'POST' }))).status).toBe(405);
  });

  it('closes the file when nobody reads on', async () => {
    const { media, add, root } = listening();
    const { url } = await media.open(add('a.mp3', Buffer.alloc(8 << 20)));
    const dropped = await answerMedia(media, new Request(ORIGIN + url));
    await dropped.body!.getReader().read();
    expect(media.reading).toBe(1);
    const left = new AbortController();
    const aborted = await answerMedia(media, new Request(ORIGIN + url, { signal: left.signal }));
    const reader = aborted.body!.getReader();
    await reader.read();
    expect(media.reading).toBe(2);
    left.abort();
    await expect.poll(() => media.reading).toBe(1);
    await expect(reader.closed).rejects.toThrow();
    const cancelled = await answerMedia(media, new Request(ORIGIN + url));
    await cancelled.body!.cancel();
    await expect.poll(() => media.reading).toBe(1);
    // What is to be written to is let go of, whoever holds the response.
    const release = await media.hold([`${root}/a.mp3`]);
    expect(media.reading).toBe(0);
    release([]);
  });
});
