import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExperimentResult } from '../../../../src/main/lab/experiment.ts';
import { escapeText, fileAddress, html } from '../../../../src/main/lab/report/markup.ts';
import { gapsOf, measurementOf, reportPage } from '../../../../src/main/lab/report/page.ts';
import { buildTable, estimateText, type Measurement } from '../../../../src/main/lab/report/table.ts';
import { KEY_LABELS } from '../../../../src/shared/music/key.ts';

const estimate = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 });

const result = (
  change: Partial<ExperimentResult> = {},
  labels: readonly string[] = ['a', 'b'],
): ExperimentResult => ({
  format: 'cratewise-lab-result',
  formatVersion: 1,
  dataset: { name: 'GTZAN', kind: 'gtzan', task: 'genre', labels, train: 5, valid: 2, test: 2, missing: 0 },
  representations: [{ id: 'choi', version: '1', dimension: 160 }],
  probe: 'p',
  chosen: 'softmax regression, C 1',
  date: '2026-11-23',
  trials: [{ candidate: 'softmax regression, C 1', loss: 1, score: 0.5 }],
  measuredOn: 'test',
  evaluation: {
    n: 290,
    accuracy: estimate(0.8),
    mirex: null,
    loss: 0.5,
    calibrationError: 0.05,
    bins: [{ low: 0.9, high: 1, n: 3, confidence: 0.95, accuracy: 0.9 }],
    confusion: labels.map(() => labels.map(() => 1)),
  },
  bySong: null,
  score: estimate(0.8),
  comparable: true,
  wrong: [],
  ...change,
});

/** All that would make a browser do or load something. */
const ACTIVE =
  /<(script|img|iframe|object|embed|link|base|form|audio|video)\b|\son\w+\s*=|javascript:|url\(|@import|https?:/i;

describe('the page', () => {
  it('loads nothing from anywhere, whatever files and labels are called', () => {
    const evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
    const page = reportPage(
      [
        result(
          {
            wrong: [
              {
                id: evil,
                path: `/m/${evil}.mp3`,
                clip: 1,
                label: evil,
                answer: "b' onmouseover='x",
                confidence: 0.9,
              },
            ],
            representations: [{ id: evil, version: '1', dimension: 3 }],
            chosen: evil,
          },
          [evil, "b' onmouseover='x"],
        ),
      ],
      '2026-11-23',
    );
    // In text and in quoted attributes, what looks active is inert: no tag, and no quote to leave the attribute by.
    const tags = page.match(/<[^>]*>/g)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));
    for (const tag of tags) expect(tag).not.toMatch(ACTIVE);
    for (const [, address] of page.matchAll(/href="([^"]*)"/g))
      expect(address).toMatch(/^file:\/\/\/[\w/.%~:-]*$/);
    expect(page).toContain(`default-src 'none'`);
    expect(page).toContain('&lt;script&gt;');
  });

  it('shows matrix, calibration and the files that were got wrong', () => {
    const wrong = Array.from({ length: 10 }, (_, at) => {
      return { id: `${at}`, path: `/m/${at}.flac`, clip: null, label: 'a', answer: 'b', confidence: 0.5 };
    });
    const page = reportPage([result({ wrong })], '2026-11-23');
    expect(page.match(/<td class="(hit|miss)/g)).toHaveLength(4);
    expect(page).toContain('class="calibration"');
    expect(page).toContain('href="file:///m/0.flac"');
    expect(page).toContain('and 2 more');
  });

  it('draws a sweep over three layers or more, the best one marked', () => {
    const layer = (at: number, value: number) =>
      result({
        representations: [{ id: `musicgen-small:${at}`, version: '1', dimension: 8 }],
        score: estimate(value),
      });
    const page = reportPage([layer(1, 0.4), layer(12, 0.7), layer(3, 0.6)], '2026-11-23');
    expect(page).toContain('Score by layer; best is layer 12');
    expect(reportPage([layer(1, 0.4), layer(12, 0.7)], '2026-11-23')).not.toContain('Layer sweep');
  });

  it('shows all 24 keys', () => {
    const dataset = { ...result().dataset, kind: 'giantsteps', task: 'key', name: 'GiantSteps' } as const;
    const page = reportPage(
      [result({ dataset: { ...dataset, labels: KEY_LABELS } }, KEY_LABELS)],
      '2026-11-23',
    );
    expect(page).toContain('Gb minor');
  });
});

describe('markup', () => {
  it('escapes whatever is put into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`<p title="${text}">${text}</p>`.text.match(/<[^>]*>/g)).toHaveLength(2);
      }),
    );
    expect(escapeText('a\u202eb\uef80')).toBe('a\ufffdb\ufffd');
  });

  it('addresses files by their bytes', () => {
    expect(fileAddress('/m/ä #1?.mp3')).toBe('file:///m/%C3%A4%20%231%3F.mp3');
    expect(fileAddress('/m/\uefff.mp3')).toBe('file:///m/%FF.mp3');
    expect(fileAddress('C:\\m\\x y.mp3')).toBe('file:///C:/m/x%20y.mp3');
  });
});

describe('buildTable', () => {
  const measured = (id: string, value: number, change: Partial<Measurement> = {}): Measurement => ({
    representations: [id],
    task: 'genre',
    dataset: 'GTZAN',
    score: estimate(value),
    n: 290,
    comparable: true,
    ...change,
  });
  const rowOf = (measurements: Measurement[], name: string) =>
    buildTable(measurements).find((row) => row.name === name)!;

  it('puts ours beside the seed’s and leaves gaps where nothing was measured', () => {
    const table = buildTable([measured('choi', 0.85), measured('choi', 0.2, { task: 'key' })]);
    expect(table.map(({ name }) => name)).toEqual([
      'CHROMA',
      'MFCC',
      'CHOI',
      'MUSICNN',
      'CLMR',
      'JUKEBOX',
      'MUSICGEN',
      'State of the art',
    ]);
    expect(table[2]).toMatchObject({
      seed: { genre: 0.759, key: 0.131 },
      genre: { n: 290 },
      key: { n: 290 },
    });
    expect(table[4]).toEqual({ name: 'CLMR', seed: { genre: 0.686, key: 0.149 }, genre: null, key: null });
  });

  it('takes the best of a row, and a comparable figure before any other', () => {
    const rows = [
      measured('musicgen-small:3', 0.6),
      measured('musicgen-small:12', 0.7),
      measured('musicgen-small', 0.99, { comparable: false }),
    ];
    expect(rowOf(rows, 'MUSICGEN').genre).toMatchObject({ what: 'musicgen-small:12', comparable: true });
  });

  it('gives what the seed has no row for a row of its own', () => {
    const both = { ...measured('x', 0.9), representations: ['choi', 'musicnn-tags'] };
    expect(rowOf([both], 'choi + musicnn-tags').seed).toBeNull();
    expect(rowOf([measured('skey', 0.5)], 'skey').genre!.score.value).toBe(0.5);
    expect(rowOf([measured('chromatic', 0.5)], 'CHROMA').genre).toBeNull();
  });

  it('names the gaps', () => {
    const gaps = gapsOf([
      result(),
      result({ comparable: false, representations: [{ id: 'clmr', version: '1', dimension: 2 }] }),
    ]);
    expect(gaps.genre).toEqual(['CHROMA', 'MFCC', 'MUSICNN', 'CLMR', 'JUKEBOX', 'MUSICGEN']);
    expect(gaps.key).toHaveLength(7);
  });

  it('writes figures as papers do', () => {
    expect(estimateText({ value: 0.9, low: 0.866, high: 1 })).toBe('.900 [.866, 1.000]');
    expect(measurementOf(result()).n).toBe(290);
  });
});
