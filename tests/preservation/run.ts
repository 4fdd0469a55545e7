/**
 * The preservation harness: `npm run test:preservation [-- name-part] [--keep]`.
 *
 * Makes some 150 files with rich and odd metadata, edits each in several ways through the real writer and journal,
 * and has independent programs (mutagen, kid3, ffprobe, ffmpeg, flac, ogginfo, opusinfo, wvunpack) judge what became
 * of them: everything but the edited fields must be equal, the audio must decode to the same samples. Then the same
 * edit again must write nothing, and undo must give back every byte. Needs the Debian packages that
 * docs/tag-writing.md names; nothing of the library is used to judge.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { TagWriter } from '../../src/main/tagging/writer.ts';
import { CASES, type Case } from './cases.ts';
import { EXPECTED_REFUSALS, KID3_SEES_MORE } from './expected.ts';
import { judge } from './judge.ts';
import { type Reading, readAll } from './readers.ts';

const PROGRAMS = [
  'ffmpeg',
  'ffprobe',
  'kid3-cli',
  'flac',
  'metaflac',
  'ogginfo',
  'opusinfo',
  'wavpack',
  'wvunpack',
  'mpcenc',
  'mpcdec',
];

/** What became of one fixture in one case. */
interface Verdict {
  readonly fixture: string;
  readonly edit: string;
  readonly state: 'clean' | 'unchanged' | 'refused' | 'bad';
  readonly details: readonly string[];
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function missingPrograms(): string[] {
  return PROGRAMS.filter(
    (name) => !(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name))),
  );
}

function makeFixtures(folder: string, part: string): string[] {
  const script = fileURLToPath(new URL('fixtures/make.py', import.meta.url));
  execFileSync('/usr/bin/python3', [script, folder, part], { stdio: ['ignore', 'inherit', 'inherit'] });
  return readdirSync(folder).sort();
}

/** One case over all fixtures: write, judge, write again, undo. */
async function runCase(
  edit: Case,
  fixtures: readonly string[],
  originals: string,
  work: string,
  before: ReadonlyMap<string, Reading>,
): Promise<Verdict[]> {
  const folder = join(work, edit.name.replaceAll(' ', '-'));
  cpSync(originals, folder, { recursive: true, preserveTimestamps: true });
  const catalogue = openCatalogue(join(work, `${edit.name.replaceAll(' ', '-')}.cratewise`));
  const writer = new TagWriter(catalogue.journal, nodeHost, { processes: 2 });
  try {
    const paths = fixtures.map((name) => join(folder, name));
    const requests = paths.map((path) => ({ path, expected: null, edits: edit.edits }));
    const report = await writer.write(requests, { label: edit.name });
    const original = fixtures.map((name) => hashOf(join(originals, name)));
    const written = paths.filter((_, index) => report.files[index]?.state === 'written');
    const hashes = new Map(written.map((path) => [path, hashOf(path)]));
    const after = await readAll(written);

    const again = await writer.write(requests, { label: 'again' });
    const problems = new Map<string, string[]>(paths.map((path) => [path, []]));
    for (const { path, state } of again.files) {
      if (state === 'written' || (hashes.has(path) && hashOf(path) !== hashes.get(path)))
        problems.get(path)!.push('the same edit again wrote again');
    }
    const undone = report.batchId === null ? undefined : await writer.undo({ batch: report.batchId });
    for (const { path, error } of undone?.files ?? [])
      if (error) problems.get(path)!.push(`undo: ${error.message}`);
    paths.forEach((path, index) => {
      if (hashOf(path) !== original[index]) problems.get(path)!.push('undo did not give back every byte');
    });
    if (catalogue.journal.unfinished().length > 0)
      problems.get(paths[0]!)!.push('the journal has open entries');
    if (readdirSync(folder).length !== fixtures.length)
      problems.get(paths[0]!)!.push('a temporary file was left');

    return fixtures.map((fixture, index): Verdict => {
      const path = paths[index]!;
      const result = report.files[index];
      const details = [...problems.get(path)!];
      if (result?.state === 'written')
        details.push(
          ...judge(
            edit,
            before.get(join(originals, fixture))!,
            after.get(path)!,
            KID3_SEES_MORE.has(fixture),
          ),
        );
      if (details.length > 0) return { fixture, edit: edit.name, state: 'bad', details };
      if (result?.state === 'failed') return refusal(fixture, edit.name, result.error);
      return {
        fixture,
        edit: edit.name,
        state: result?.state === 'written' ? 'clean' : 'unchanged',
        details,
      };
    });
  } finally {
    await writer.close();
    catalogue.close();
  }
}

function refusal(fixture: string, edit: string, error: { code: string; message: string } | null): Verdict {
  const message = error?.message ?? 'no reason given';
  const own = error?.code === 'refused' && !message.includes('did not pass its check');
  if (own && EXPECTED_REFUSALS[fixture]?.test(message))
    return { fixture, edit, state: 'refused', details: [message] };
  return {
    fixture,
    edit,
    state: 'bad',
    details: [`${own ? 'refused, but should be edited' : error?.code}: ${message}`],
  };
}

function report(verdicts: readonly Verdict[], fixtures: readonly string[]): boolean {
  const of = (fixture: string, state: Verdict['state']): Verdict[] =>
    verdicts.filter((verdict) => verdict.fixture === fixture && verdict.state === state);
  const bad = fixtures.filter((fixture) => of(fixture, 'bad').length > 0);
  const refused = fixtures.filter((fixture) => !bad.includes(fixture) && of(fixture, 'refused').length > 0);
  const clean = fixtures.length - bad.length - refused.length;
  for (const fixture of refused) console.log(`refused  ${fixture}: ${of(fixture, 'refused')[0]!.details[0]}`);
  for (const fixture of bad)
    for (const { edit, details } of of(fixture, 'bad'))
      for (const detail of details) console.log(`BAD      ${fixture} (${edit}): ${detail}`);
  const count = (state: Verdict['state']): number =>
    verdicts.filter((verdict) => verdict.state === state).length;
  console.log(
    `\n${fixtures.length} files: ${clean} clean in every edit, ${refused.length} refused and untouched, ${bad.length} bad.` +
      `\n${verdicts.length} edits: ${count('clean')} clean, ${count('unchanged')} with nothing to do, ${count('refused')} refused, ${count('bad')} bad.`,
  );
  return bad.length === 0;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const missing = missingPrograms();
  if (missing.length > 0) {
    console.log(
      `Skipped: the harness needs ${missing.join(', ')} (Debian: ffmpeg kid3-cli flac vorbis-tools opus-tools wavpack musepack-tools python3-mutagen).`,
    );
    return 0;
  }
  const work = mkdtempSync(join(tmpdir(), 'cratewise-preservation-'));
  try {
    const originals = join(work, 'originals');
    mkdirSync(originals);
    const fixtures = makeFixtures(originals, args.find((arg) => !arg.startsWith('--')) ?? '');
    console.log(`${fixtures.length} fixtures in ${originals}`);
    const before = await readAll(fixtures.map((name) => join(originals, name)));
    const verdicts: Verdict[] = [];
    for (const edit of CASES) {
      const found = await runCase(edit, fixtures, originals, work, before);
      verdicts.push(...found);
      const bad = found.filter(({ state }) => state === 'bad');
      console.log(`${edit.name}: ${found.length - bad.length} of ${found.length} as they should be`);
      for (const { fixture, details } of bad) console.log(`  ${fixture}: ${details.join(' · ')}`);
    }
    return report(verdicts, fixtures) ? 0 : 1;
  } finally {
    if (args.includes('--keep')) console.log(`Kept: ${work}`);
    else rmSync(work, { recursive: true });
  }
}

process.exitCode = await main();
