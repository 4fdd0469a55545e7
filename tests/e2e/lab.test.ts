import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';
import { readNpy } from '../../src/main/lab/npy.ts';
import { ofType, run, start } from './support/cratewise.ts';

const clips = join(packageRoot, '../shared/data/gtzan100');
const GENRES = ['classical', 'metal', 'reggae'];
const EACH = 5;

const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The lab on real excerpts, through the real program. Skipped where ../shared is not there. */
describe.skipIf(!existsSync(clips))('cratewise lab on real excerpts (needs ../shared)', () => {
  let home = '';
  let music = '';
  let features = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'cratewise-e2e-lab-'));
    music = join(home, 'music');
    features = join(home, 'features');
    for (const genre of GENRES) {
      mkdirSync(join(music, genre), { recursive: true });
      for (let at = 0; at < EACH; at++) {
        const name = `${genre}.${String(at).padStart(5, '0')}.flac`;
        symlinkSync(join(clips, name), join(music, genre, name));
      }
    }
    writeFileSync(join(music, 'reggae', 'zz broken.mp3'), 'no sound at all');
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const environment = () => ({ XDG_DATA_HOME: join(home, 'data') });
  const lab = (...args: string[]) => run(['lab', ...args, '--json', '--quiet'], environment());
  const extract = ['extract', '', '--dataset', 'folders', '--from', '', '--minimum', '3', '--jobs', '1'];
  const extractArguments = () => {
    const args = [...extract, '--representations', 'mfcc,spectral-shape'];
    args[1] = features;
    args[5] = music;
    return args;
  };

  it('goes on after a kill, and reports the file that is no audio', async () => {
    const child = start(['lab', ...extractArguments(), '--json'], environment());
    const vectors = join(features, 'vectors', 'mfcc@1.npy');
    const rowsThere = () => {
      if (!existsSync(vectors) || readFileSync(vectors).length < 128) return 0;
      const { data, shape } = readNpy(readFileSync(vectors));
      const width = shape[1] ?? 1;
      return data.filter((value, at) => at % width === 0 && !Number.isNaN(value)).length;
    };
    await expect.poll(rowsThere, { timeout: 60_000, interval: 50 }).toBeGreaterThan(2);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const before = rowsThere();
    const ran = await lab(...extractArguments());
    expect(ran.code).toBe(1);
    expect(ofType(ran, 'error')).toMatchObject([{ code: 'not-audio' }]);
    const [summary] = ofType(ran, 'summary');
    expect(summary).toMatchObject({ failed: 1, left: 0 });
    expect(Number(summary!.extracted)).toBeLessThanOrEqual(GENRES.length * EACH - before + 1);
    expect(rowsThere()).toBe(GENRES.length * EACH);
    const again = await lab(...extractArguments());
    expect([again.code, ofType(again, 'summary')[0]]).toMatchObject([0, { extracted: 0, failed: 0 }]);
  });

  it('trains, evaluates and reports', async () => {
    const trained = await lab('train', features, '--representations', 'mfcc,spectral-shape');
    expect(trained.stderr).toBe('');
    const [experiment] = ofType(trained, 'experiment');
    expect(experiment).toMatchObject({ measuredOn: 'folds', evaluation: { n: GENRES.length * EACH } });
    // Classical, metal and reggae are told apart by timbre even from a dozen excerpts.
    expect((experiment!.score as { value: number }).value).toBeGreaterThan(0.6);
    const evaluated = await lab('evaluate', features, '--probe', String(experiment!.probeFile));
    expect(ofType(evaluated, 'evaluation')).toHaveLength(1);
    const report = await lab('report', features, '--out', join(home, 'report'));
    expect(ofType(report, 'report')[0]).toMatchObject({ experiments: 3 });
    const page = readFileSync(join(home, 'report', 'report.html'), 'utf8');
    expect(page).toContain('mfcc + spectral-shape');
    expect(page).toContain('not comparable');
  });

  it('learns from the tags of a library, changing nothing in it', async () => {
    const own = join(home, 'own');
    mkdirSync(own);
    for (const genre of ['classical', 'metal']) {
      for (let at = 0; at < 5; at++) {
        const name = `${genre}.${String(at).padStart(5, '0')}.flac`;
        copyFileSync(join(clips, name), join(own, name));
        // The excerpts may be read-only, and a copy is as they are.
        chmodSync(join(own, name), 0o644);
      }
    }
    const files = (genre: string) =>
      Array.from({ length: 5 }, (_, at) => join(own, `${genre}.0000${at}.flac`));
    const cratewise = (...args: string[]) => run([...args, '--quiet'], environment());
    expect((await cratewise('scan', own)).code).toBe(0);
    // Two spellings of one genre, and another.
    await cratewise('tag', ...files('classical'), '--set', 'genre=Classical');
    await cratewise('tag', ...files('metal').slice(0, 2), '--set', 'genre=Heavy Metal');
    await cratewise('tag', ...files('metal').slice(2), '--set', 'genre=heavy-metal; Rock');
    await cratewise('scan', own);
    const hashes = () => readdirSync(own).map((name) => hash(join(own, name)));
    const before = hashes();
    const folder = join(home, 'own-features');
    const library = ['--dataset', 'library', '--minimum', '5', '--representations', 'mfcc'];
    expect((await lab('extract', folder, ...library)).code).toBe(0);
    const [experiment] = ofType(await lab('train', folder, '--representations', 'mfcc'), 'experiment');
    expect(experiment!.dataset).toMatchObject({ labels: ['Classical', 'Heavy Metal'], train: 10 });
    expect((experiment!.score as { value: number }).value).toBeGreaterThan(0.8);
    expect(hashes()).toEqual(before);
  });

  it('says what is wrong with a probe or a folder', async () => {
    const bad = join(home, 'bad.json');
    writeFileSync(bad, '{"format":"cratewise-probe","formatVersion":1}');
    const evaluated = await lab('evaluate', features, '--probe', bad);
    expect([evaluated.code, ofType(evaluated, 'fatal')[0]]).toMatchObject([1, { code: 'bad-probe' }]);
    const train = await lab('train', home, '--representations', 'mfcc');
    expect([train.code, ofType(train, 'fatal')[0]]).toMatchObject([1, { code: 'bad-dataset' }]);
    const unknown = await lab('train', features, '--representations', 'choi');
    expect(ofType(unknown, 'fatal')[0]!.message).toContain('It has: mfcc, spectral-shape');
    expect((await lab('dance')).code).toBe(2);
  });
});
