import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioIdentity, samplePlan } from '../../../src/main/scan/audio/identity.ts';
import { locateAudio } from '../../../src/main/scan/audio/locate.ts';
import { frameAt, mpegStream } from '../../../src/main/scan/audio/mpeg.ts';
import { maskOggPages, oggAudio, oggDuration } from '../../../src/main/scan/audio/ogg.ts';
import { readerOf } from '../../../src/main/scan/reader.ts';
import { wave } from './fixtures.ts';

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const u32be = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u32le = (value: number): Buffer => u32be(value).reverse();
const u64le = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const noise = (length: number, seed = 1): Buffer => {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
};

const id3 = (length: number): Buffer =>
  Buffer.concat([
    ascii('ID3\x03\0\0'),
    Buffer.from([0, 0, length >> 7, length & 127]),
    Buffer.alloc(length, 0x41),
  ]);
const apeTag = (length: number): Buffer =>
  Buffer.concat([
    Buffer.alloc(length, 0x42),
    ascii('APETAGEX'),
    u32le(2000),
    u32le(length + 32),
    u32le(1),
    u32le(0),
    Buffer.alloc(8),
  ]);
const id3v1 = Buffer.concat([ascii('TAG'), Buffer.alloc(125)]);
const lyricsBody = 'LYRICSBEGININD0000210LYR00005Hello';
const lyrics = ascii(`${lyricsBody}${String(lyricsBody.length).padStart(6, '0')}LYRICS200`);

/** `count` MPEG 1 layer III frames of 128 kbit/s at 44.1 kHz: 417 bytes each. */
const mp3Frames = (count: number, seed = 1): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, i) =>
      Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), noise(413, seed + i).map((byte) => byte & 0x7f)]),
    ),
  );

const payloadOf = async (bytes: Buffer) => {
  const payload = await locateAudio(readerOf(bytes));
  return {
    ...payload,
    bytes: Buffer.concat(payload.ranges.map(({ start, end }) => bytes.subarray(start, end))),
  };
};
const identityOf = async (bytes: Buffer) => {
  const reader = readerOf(bytes);
  return audioIdentity(reader, await locateAudio(reader));
};

/** One Ogg page; the CRC is left to be nonsense, which no part of the scan minds. */
function oggPage(options: {
  serial?: number;
  sequence: number;
  granule: number;
  flags?: number;
  packets: Buffer[];
  crc?: number;
}): Buffer {
  const { serial = 7, sequence, granule, flags = 0, packets, crc = 0 } = options;
  const lacing = packets.flatMap((packet) => [
    ...Array.from({ length: Math.floor(packet.length / 255) }, () => 255),
    packet.length % 255,
  ]);
  const granuleBytes = Buffer.alloc(8);
  granuleBytes.writeBigInt64LE(BigInt(granule));
  return Buffer.concat([
    ascii('OggS\0'),
    Buffer.from([flags]),
    granuleBytes,
    u32le(serial),
    u32le(sequence),
    u32le(crc),
    Buffer.from([lacing.length, ...lacing]),
    ...packets,
  ]);
}

/** An Opus stream whose comment header takes `commentPages` pages, with audio that does not depend on that. */
function opus(commentPages: number): Buffer {
  const head = Buffer.concat([
    ascii('OpusHead\x01\x02'),
    Buffer.from([0x38, 0x01]),
    u32le(48_000),
    Buffer.alloc(3),
  ]);
  const pages = [oggPage({ sequence: 0, granule: 0, flags: 2, packets: [head] })];
  for (let i = 0; i < commentPages; i++) {
    const last = i === commentPages - 1;
    // Unfinished packets end on a full segment; the last one finishes the packet.
    const body = last ? ascii('OpusTags').subarray(0, 8) : Buffer.alloc(510, 0x43);
    const page = oggPage({ sequence: 1 + i, granule: last ? 0 : -1, packets: [body] });
    if (!last) {
      page[26] = 2;
      pages.push(Buffer.concat([page.subarray(0, 29), body]));
    } else pages.push(page);
  }
  for (let i = 0; i < 100; i++) {
    const sequence = 1 + commentPages + i;
    pages.push(
      oggPage({
        sequence,
        granule: 312 + 4800 * (i + 1),
        crc: sequence * 77_777,
        packets: [noise(4000, i + 1)],
      }),
    );
  }
  return Buffer.concat(pages);
}

const durationOf = async (bytes: Buffer) => {
  const reader = readerOf(bytes);
  const audio = await oggAudio(reader, 0);
  return audio && oggDuration(reader, audio);
};

describe('locateAudio', () => {
  const audio = mp3Frames(20);

  it('takes tags of every kind off both ends of a stream of frames', async () => {
    for (const front of [[], [id3(100)], [id3(100), id3(7)], [id3(1000), Buffer.alloc(300)]])
      for (const back of [
        [],
        [id3v1],
        [apeTag(50)],
        [apeTag(50), id3v1],
        [lyrics, id3v1],
        [apeTag(5), lyrics, id3v1],
      ]) {
        const { bytes, structure } = await payloadOf(Buffer.concat([...front, audio, ...back]));
        expect(structure).toBe('linear');
        expect(bytes.equals(audio), `${front.length} tags before, ${back.length} behind`).toBe(true);
      }
  });

  it('does not believe tags that are larger than the file', async () => {
    const lying = Buffer.concat([ascii('ID3\x03\0\0\x7f\x7f\x7f\x7f'), audio]);
    expect((await payloadOf(lying)).bytes).toHaveLength(lying.length);
    const ape = Buffer.concat([audio, ascii('APETAGEX'), u32le(2000), u32le(0xffff_ffff), Buffer.alloc(16)]);
    expect((await payloadOf(ape)).bytes).toHaveLength(ape.length);
  });

  it('finds FLAC frames behind the metadata, also behind an ID3 tag', async () => {
    const flac = Buffer.concat([
      ascii('fLaC'),
      Buffer.from([0, 0, 0, 34]),
      Buffer.alloc(34),
      Buffer.from([0x84, 0, 1, 0]),
      Buffer.alloc(256),
    ]);
    const { bytes, structure } = await payloadOf(Buffer.concat([id3(20), flac, audio, id3v1]));
    expect(structure).toBe('flac');
    expect(bytes.equals(audio)).toBe(true);
  });

  it('finds every mdat of an MP4, in 32 and 64 bits and to the end', async () => {
    const box = (type: string, body: Buffer) => Buffer.concat([u32be(body.length + 8), ascii(type), body]);
    const big = Buffer.concat([u32be(1), ascii('mdat'), u32be(0), u32be(16 + 100), Buffer.alloc(100, 1)]);
    const rest = Buffer.concat([u32be(0), ascii('mdat'), Buffer.alloc(50, 2)]);
    const mp4 = Buffer.concat([
      box('ftyp', ascii('M4A ')),
      box('moov', noise(500)),
      box('mdat', Buffer.alloc(10, 3)),
      big,
      rest,
    ]);
    const { bytes, structure } = await payloadOf(mp4);
    expect(structure).toBe('mp4');
    expect(
      bytes.equals(Buffer.concat([Buffer.alloc(10, 3), Buffer.alloc(100, 1), Buffer.alloc(50, 2)])),
    ).toBe(true);
  });

  it('finds the samples of WAVE, RF64 and AIFF', async () => {
    expect((await payloadOf(wave(1, { INAM: 'x' }))).bytes).toHaveLength(8000);
    const rf64 = Buffer.concat([
      ...[ascii('RF64'), u32le(0xffff_ffff), ascii('WAVE'), ascii('ds64'), u32le(28)],
      ...[u64le(0), u64le(40), u64le(10), u32le(0)],
      ...[ascii('data'), u32le(0xffff_ffff), Buffer.alloc(40, 9), ascii('LIST'), u32le(4), ascii('INFO')],
    ]);
    expect((await payloadOf(rf64)).bytes.equals(Buffer.alloc(40, 9))).toBe(true);
    const aiff = Buffer.concat([
      ...[ascii('FORM'), u32be(100), ascii('AIFF'), ascii('NAME'), u32be(3), ascii('abc\0')],
      ...[
        ascii('SSND'),
        u32be(28),
        Buffer.alloc(8),
        Buffer.alloc(20, 5),
        ascii('ID3 '),
        u32be(4),
        ascii('ID3x'),
      ],
    ]);
    expect((await payloadOf(aiff)).bytes.equals(Buffer.alloc(20, 5))).toBe(true);
  });

  it('finds the clusters of Matroska', async () => {
    const element = (id: string, body: Buffer) =>
      Buffer.concat([
        Buffer.from(id, 'hex'),
        Buffer.from([0x40 | (body.length >> 8), body.length & 255]),
        body,
      ]);
    const segment = Buffer.concat([
      element('1549a966', noise(50)),
      element('1f43b675', Buffer.alloc(300, 1)),
      element('1254c367', noise(20)),
      element('1f43b675', Buffer.alloc(200, 2)),
    ]);
    const mka = Buffer.concat([element('1a45dfa3', noise(20)), element('18538067', segment)]);
    const { bytes, structure } = await payloadOf(mka);
    expect(structure).toBe('matroska');
    expect(bytes.equals(Buffer.concat([Buffer.alloc(300, 1), Buffer.alloc(200, 2)]))).toBe(true);
  });

  it('starts Ogg audio on the page behind the headers', async () => {
    const { bytes, structure, ranges } = await payloadOf(opus(1));
    expect(structure).toBe('ogg');
    expect(ranges).toHaveLength(1);
    expect(bytes.readUInt32LE(18)).toBe(2);
  });

  it('bounds every range by the file, whatever the bytes are, and never throws', async () => {
    const seeds = [mp3Frames(3), opus(2), wave(1), Buffer.concat([id3(30), audio, apeTag(9), id3v1])];
    const magics = [
      'ID3\x04',
      'OggS\0',
      'fLaC',
      'RIFF....WAVE',
      'RF64....WAVE',
      'FORM....AIFF',
      'FRM8',
      'DSD ',
      '\x1a\x45\xdf\xa3',
      '....ftyp',
      '....mdat',
      '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c',
      'APETAGEX',
      '',
    ];
    const hostile = fc.oneof(
      fc
        .tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 600 }))
        .map(([magic, rest]) => Buffer.concat([ascii(magic), rest])),
      fc
        .tuple(
          fc.constantFrom(...seeds),
          fc.array(fc.tuple(fc.nat(60_000), fc.nat(255)), { maxLength: 12 }),
          fc.nat(60_000),
        )
        .map(([seed, changes, cut]) => {
          const bytes = Buffer.from(seed.subarray(0, Math.max(1, seed.length - (cut % seed.length))));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          return bytes;
        }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (bytes) => {
        const reader = readerOf(bytes);
        const payload = await locateAudio(reader);
        let last = 0;
        for (const { start, end } of payload.ranges) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start - (bytes.length === 0 ? 1 : 0));
          last = end;
        }
        expect(last).toBeLessThanOrEqual(bytes.length);
        expect(await audioIdentity(reader, payload)).toMatch(/^[0-9a-f]{32}$/);
        await mpegStream(reader, payload);
        await durationOf(bytes);
      }),
      { numRuns: 400 },
    );
  });
});

describe('audioIdentity', () => {
  it('is the same whatever the tags are, and another for other audio', async () => {
    const audio = mp3Frames(2000);
    const plain = await identityOf(audio);
    expect(await identityOf(Buffer.concat([id3(5000), Buffer.alloc(77), audio, apeTag(300), id3v1]))).toBe(
      plain,
    );
    const other = Buffer.from(audio);
    other[20] = other[20]! ^ 1;
    expect(await identityOf(other)).not.toBe(plain);
    expect(await identityOf(mp3Frames(1999))).not.toBe(plain);
  });

  it('does not see Ogg page numbers, which grow with the headers', async () => {
    expect(opus(1).length).not.toBe(opus(5).length);
    expect(await identityOf(opus(5))).toBe(await identityOf(opus(1)));
  });

  it('sees a change of any byte of a small payload', async () => {
    const audio = wave(3);
    const plain = await identityOf(audio);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 44, max: audio.length - 1 }), async (at) => {
        const changed = Buffer.from(audio);
        changed[at] = changed[at]! ^ 0x55;
        expect(await identityOf(changed)).not.toBe(plain);
      }),
      { numRuns: 50 },
    );
  });

  it('samples inside the payload, both ends among it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (total) => {
        const plan = samplePlan(total);
        let last = -1;
        for (const [offset, length] of plan) {
          expect(offset).toBeGreaterThan(last);
          expect(offset + length).toBeLessThanOrEqual(total);
          last = offset;
        }
        expect(plan[0]![0]).toBe(0);
        expect(plan.at(-1)![0] + plan.at(-1)![1]).toBe(total);
        expect(plan.reduce((sum, [, length]) => sum + length, 0)).toBeLessThanOrEqual(128 * 1024);
      }),
    );
  });
});

describe('maskOggPages', () => {
  it('blanks numbers and CRCs only', () => {
    const page = oggPage({
      sequence: 0xdead_beef,
      granule: 5,
      crc: 0xcafe_babe,
      packets: [Buffer.from('body')],
    });
    const masked = Buffer.from(page);
    maskOggPages(masked);
    expect(masked.subarray(18, 26)).toEqual(Buffer.alloc(8));
    expect(masked.subarray(0, 18)).toEqual(page.subarray(0, 18));
    expect(masked.subarray(26)).toEqual(page.subarray(26));
  });
});

describe('mpegStream', () => {
  const streamOf = async (bytes: Buffer) => {
    const reader = readerOf(bytes);
    return mpegStream(reader, await locateAudio(reader));
  };

  it('reads rate, channels and length from frames', async () => {
    expect(await streamOf(Buffer.concat([id3(50), mp3Frames(1000)]))).toEqual({
      container: 'mp3',
      sampleRate: 44_100,
      channels: 2,
      durationSeconds: (1000 * 1152) / 44_100,
    });
  });

  it('believes a Xing header rather than the size', async () => {
    const xing = Buffer.from(mp3Frames(1));
    Buffer.concat([ascii('Xing'), u32be(1), u32be(12_345)]).copy(xing, 36);
    const stream = await streamOf(Buffer.concat([xing, mp3Frames(50)]));
    expect(stream?.durationSeconds).toBeCloseTo((12_345 * 1152) / 44_100, 6);
  });

  it('reads ADTS, and looks behind junk', async () => {
    const frame = Buffer.concat([Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x0c, 0x9f, 0xfc]), Buffer.alloc(93)]);
    expect(((frame[3]! & 3) << 11) | (frame[4]! << 3) | (frame[5]! >> 5)).toBe(100);
    const stream = await streamOf(Buffer.concat([noise(999), ...Array.from({ length: 400 }, () => frame)]));
    expect(stream).toMatchObject({ container: 'aac', sampleRate: 44_100, channels: 2 });
    expect(stream!.durationSeconds).toBeGreaterThan((400 * 1024) / 44_100 - 0.3);
  });

  it('finds nothing in noise and text', async () => {
    for (let seed = 1; seed <= 20; seed++) expect(await streamOf(noise(50_000, seed))).toBeUndefined();
    expect(await streamOf(ascii('This is no music. '.repeat(1000)))).toBeUndefined();
    expect(frameAt(Buffer.from([0xff, 0xfb]), 0)).toBeUndefined();
  });
});

describe('oggDuration', () => {
  it('counts the samples of the last page, less those that are dropped', async () => {
    expect(await durationOf(opus(3))).toBeCloseTo((100 * 4800) / 48_000, 9);
  });

  it('says nothing of chained streams', async () => {
    const second = oggPage({ serial: 8, sequence: 0, granule: 99, packets: [noise(10)] });
    expect(await durationOf(Buffer.concat([opus(1), second]))).toBeUndefined();
  });
});
