import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyFiles } from '../../../../src/main/tagging/write/apply-files.ts';
import { planFile, planUndo } from '../../../../src/main/tagging/write/plan-file.ts';
import { recoverFile } from '../../../../src/main/tagging/write/recover-file.ts';
import { isUnchanged, openTarget } from '../../../../src/main/tagging/write/target.ts';
import { temporaryPathFor } from '../../../../src/main/tagging/write/temporary.ts';
import { pathFromBytes } from '../../../../src/shared/path.ts';
import type { FieldEdit, FieldName } from '../../../../src/shared/tags.ts';
import { id3Tag, latin1, mpegFrames, text } from '../support/id3-builder.ts';
import { APPLY, entryOf, PLAN, plannedFor, writeOne } from '../support/write-one.ts';

const set = (field: FieldName, ...values: string[]): FieldEdit => ({ field, values });
const MP3 = Buffer.concat([
  id3Tag({ version: 3, frames: [text('TIT2', 'T'), text('TCON', 'Rock')] }),
  mpegFrames(9),
]);
const GENRE = [set('genre', 'House')];
const posix = process.platform !== 'win32';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-write-'));
  path = join(folder, 'track.mp3');
  writeFileSync(path, MP3);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('a write', () => {
  it('changes the field and nothing else, and leaves no copy behind', async () => {
    const { plan, applied } = await writeOne(path, GENRE);
    expect(applied).toHaveProperty('mtimeAfter', String(statSync(path, { bigint: true }).mtimeNs));
    expect(plan.entry.sizeAfter).toBe(statSync(path).size);
    expect(readdirSync(folder)).toEqual(['track.mp3']);
    expect(readFileSync(path).includes('\0House')).toBe(true);
    expect(planFile({ path, expected: null, edits: GENRE }, PLAN)).toBeNull();
  });

  it('refuses a file that is not the one that was read', () => {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    const expected = { size: Number(size), mtime: String(mtimeNs) };
    expect(planFile({ path, expected, edits: GENRE }, PLAN)).not.toBeNull();
    utimesSync(path, 1, 1);
    expect(codeOf(() => planFile({ path, expected, edits: GENRE }, PLAN))).toBe('changed');
  });

  it('refuses a file that was changed between plan and write', async () => {
    const plan = plannedFor(path, GENRE);
    utimesSync(path, 1, 1);
    const [applied] = await applyFiles([plan], APPLY);
    expect(applied).toMatchObject({ error: { code: 'changed' } });
    expect(readFileSync(path)).toEqual(MP3);
    expect(readdirSync(folder)).toEqual(['track.mp3']);
  });

  it('refuses when the plan would harm: an untouched frame, or audio', async () => {
    const plan = plannedFor(path, GENRE);
    const damage = (at: number) => ({
      offset: at,
      before: MP3.subarray(at, at + 1),
      after: Uint8Array.of(MP3[at]! ^ 1),
    });
    for (const at of [MP3.indexOf('\0T') + 1, MP3.length - 5]) {
      const splices = [...plan.entry.splices, damage(at)].sort((a, b) => a.offset - b.offset);
      const [applied] = await applyFiles([{ ...plan, entry: { ...plan.entry, splices } }], APPLY);
      expect(applied).toMatchObject({ error: { code: 'refused' } });
      expect(readFileSync(path)).toEqual(MP3);
    }
    expect(readdirSync(folder)).toEqual(['track.mp3']);
  });

  it('does not disturb another process that writes the same file', async () => {
    const plan = plannedFor(path, GENRE);
    writeFileSync(temporaryPathFor(plan.entry.path), 'theirs');
    const [applied] = await applyFiles([plan], APPLY);
    expect(applied).toMatchObject({ error: { code: 'busy' } });
    expect(readFileSync(temporaryPathFor(plan.entry.path), 'latin1')).toBe('theirs');
    // A copy that was just made holds the file, even when it has been given the old time of that (--keep-mtime).
    utimesSync(temporaryPathFor(plan.entry.path), 1, 1);
    expect((await applyFiles([plan], APPLY))[0]).toMatchObject({ error: { code: 'busy' } });
    // A copy of yesterday belongs to nobody any more.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    try {
      expect((await applyFiles([plan], APPLY))[0]).toHaveProperty('mtimeAfter');
    } finally {
      vi.useRealTimers();
    }
    expect(readdirSync(folder)).toEqual(['track.mp3']);
  });

  it('refuses a file that another tagger edited, keeping its size and time', async () => {
    const when = 1_234_567_890;
    utimesSync(path, when, when);
    const plan = plannedFor(path, GENRE);
    const theirs = Buffer.from(MP3);
    theirs.write('Folk', MP3.indexOf('Rock'), 'latin1');
    writeFileSync(path, theirs);
    utimesSync(path, when, when);
    const [applied] = await applyFiles([plan], APPLY);
    expect(applied).toMatchObject({ error: { code: 'changed' } });
    expect(readFileSync(path)).toEqual(theirs);
    expect(readdirSync(folder)).toEqual(['track.mp3']);
  });

  it.runIf(posix)('notices such an edit while the copy is being made, too', async () => {
    const when = 1_234_567_890;
    utimesSync(path, when, when);
    const target = openTarget(path, null, 'refuse');
    try {
      expect(isUnchanged(target)).toBe(true);
      // Kernels before 6.13 keep times to a tick, up to 10 ms.
      await new Promise((resolve) => setTimeout(resolve, 25));
      writeFileSync(path, Buffer.from(MP3).fill(0, MP3.length - 1));
      utimesSync(path, when, when);
      expect(isUnchanged(target)).toBe(false);
    } finally {
      closeSync(target.fd);
    }
  });

  it('reports what can’t be written at all', () => {
    expect(codeOf(() => plannedFor(join(folder, 'gone.mp3'), GENRE))).toBe('missing');
    expect(codeOf(() => plannedFor(folder, GENRE))).toBe('not-a-file');
    writeFileSync(join(folder, 'x.mp3'), 'text');
    expect(codeOf(() => plannedFor(join(folder, 'x.mp3'), GENRE))).toBe('refused');
    chmodSync(path, 0o444);
    expect(codeOf(() => plannedFor(path, GENRE))).toBe('read-only');
  });

  it('keeps the modification time when asked', async () => {
    const when = 1_234_567_890.25;
    utimesSync(path, when, when);
    await writeOne(path, GENRE, { ...APPLY, keepMtime: true });
    expect(statSync(path).mtimeMs).toBe(when * 1000);
    const { applied } = await writeOne(path, [set('genre', 'Trance')]);
    expect(applied).toHaveProperty('mtimeAfter');
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  });
});

describe.runIf(posix)('the rest of a file', () => {
  it('keeps mode and owner', async () => {
    chmodSync(path, 0o640);
    const { uid, gid } = statSync(path);
    await writeOne(path, GENRE);
    expect(statSync(path)).toMatchObject({ uid, gid });
    expect(statSync(path).mode & 0o7777).toBe(0o640);
  });

  it('edits the file behind a symlink', async () => {
    const link = join(folder, 'link.mp3');
    symlinkSync('track.mp3', link);
    const { plan } = await writeOne(link, GENRE);
    expect(plan.entry.path).toBe(path);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path).includes('\0House')).toBe(true);
  });

  it('refuses hard links unless told to part them', async () => {
    const other = join(folder, 'other.mp3');
    linkSync(path, other);
    expect(codeOf(() => plannedFor(path, GENRE))).toBe('hard-linked');
    await writeOne(path, GENRE, { ...APPLY, hardLinks: 'break' });
    expect(readFileSync(other)).toEqual(MP3);
    expect(readFileSync(path)).not.toEqual(MP3);
  });

  it('handles names that are not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9, 0xff]), latin1('.mp3')]);
    writeFileSync(bytes, MP3);
    const { applied } = await writeOne(pathFromBytes(bytes), GENRE);
    expect(applied).toHaveProperty('mtimeAfter');
    expect(readFileSync(bytes).includes('\0House')).toBe(true);
  });

  const attributes = (file: string): string =>
    execFileSync('getfattr', ['-d', '-m', '-', '--absolute-names', file], { encoding: 'utf8' });
  const canSetAttributes = (() => {
    const probe = mkdtempSync(join(tmpdir(), 'cratewise-xattr-'));
    try {
      execFileSync('setfattr', ['-n', 'user.probe', '-v', '1', probe], { stdio: 'ignore' });
      execFileSync('getfacl', [probe], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    } finally {
      rmSync(probe, { recursive: true });
    }
  })();

  it.runIf(canSetAttributes)(
    'keeps extended attributes and ACL, and takes none from the folder',
    async () => {
      execFileSync('setfattr', ['-n', 'user.rating', '-v', 'five', path]);
      execFileSync('setfacl', ['-m', 'u:nobody:r', path]);
      const before = attributes(path);
      expect(before).toContain('posix_acl_access');
      await writeOne(path, GENRE);
      expect(attributes(path)).toBe(before);
      const inner = join(folder, 'inner');
      mkdirSync(inner);
      writeFileSync(join(inner, 'a.mp3'), MP3);
      execFileSync('setfacl', ['-d', '-m', 'u:nobody:rwx', inner]);
      await writeOne(join(inner, 'a.mp3'), GENRE);
      expect(attributes(join(inner, 'a.mp3'))).toBe('');
    },
  );
});

describe('undo', () => {
  it('gives the very bytes back', async () => {
    const { plan, applied } = await writeOne(path, [...GENRE, set('title'), set('comment', 'ä'.repeat(900))]);
    const undo = planUndo(entryOf(plan, applied), 'refuse');
    expect(undo.entry.changes.find(({ field }) => field === 'genre')).toMatchObject({
      before: ['House'],
      after: ['Rock'],
    });
    const [undone] = await applyFiles([undo], APPLY);
    expect(undone).toHaveProperty('mtimeAfter');
    expect(readFileSync(path)).toEqual(MP3);
  });

  it('accepts a file that only got another time, and refuses one that was edited', async () => {
    const { plan, applied } = await writeOne(path, GENRE);
    const entry = entryOf(plan, applied);
    utimesSync(path, 5, 5);
    expect(planUndo(entry, 'refuse').entry.sizeAfter).toBe(MP3.length);
    await writeOne(path, [set('genre', 'Dub!!')]);
    expect(codeOf(() => planUndo(entry, 'refuse'))).toBe('changed');
    const audio = readFileSync(path);
    audio[audio.length - 3] = 1;
    writeFileSync(path, audio);
    expect(codeOf(() => planUndo(entry, 'refuse'))).toBe('changed');
  });
});

describe('recovery', () => {
  const open = (plan: ReturnType<typeof plannedFor>) =>
    ({ ...plan.entry, id: 1, batchId: 1, state: 'open', mtimeAfter: null, error: null }) as const;

  it('finds a write that was not made, and removes the copy', () => {
    const plan = plannedFor(path, GENRE);
    writeFileSync(plan.entry.temporaryPath, 'half');
    expect(recoverFile(open(plan))?.state).toBe('failed');
    expect(readdirSync(folder)).toEqual(['track.mp3']);
    expect(readFileSync(path)).toEqual(MP3);
  });

  it('finds a write that was made', async () => {
    const { plan } = await writeOne(path, GENRE);
    expect(recoverFile(open(plan))).toEqual({
      state: 'done',
      mtimeAfter: String(statSync(path, { bigint: true }).mtimeNs),
    });
  });

  it('does not mistake another change for ours, and never removes a file that is not a copy', async () => {
    const plan = plannedFor(path, GENRE);
    writeFileSync(path, Buffer.concat([MP3, mpegFrames(1)]));
    expect(recoverFile(open(plan))?.state).toBe('failed');
    expect(recoverFile({ ...open(plan), temporaryPath: path })?.state).toBe('failed');
    expect(readdirSync(folder)).toEqual(['track.mp3']);
    rmSync(path);
    expect(recoverFile(open(plan))).toMatchObject({ state: 'failed' });
    rmSync(folder, { recursive: true });
    expect(recoverFile(open(plan))).toBeNull();
  });
});
