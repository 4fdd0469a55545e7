import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Walk, type WalkEntry, type WalkOptions } from '../../../src/main/scan/walk.ts';
import { pathFromBytes } from '../../../src/shared/path.ts';
import { scratch } from './fixtures.ts';

async function walk(start: string, options: WalkOptions = {}): Promise<WalkEntry[]> {
  const found: WalkEntry[] = [];
  for await (const batch of new Walk(start, options).entries()) found.push(...batch);
  return found;
}

const files = (entries: readonly WalkEntry[], root: string): string[] =>
  entries
    .filter((entry) => entry.kind === 'file')
    .map((entry) => entry.path.slice(root.length + 1))
    .sort();

function make(root: string, ...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), name);
  }
}

describe('Walk', () => {
  it('finds audio by extension at any depth, with its stamp', async () => {
    const root = scratch();
    make(root, 'a.mp3', 'b/c/d.FLAC', 'b/cover.jpg', 'notes.txt', 'noextension', '.mp3');
    const entries = await walk(root);
    expect(files(entries, root)).toEqual(['a.mp3', 'b/c/d.FLAC']);
    const found = statSync(join(root, 'a.mp3'), { bigint: true });
    expect(entries.find((entry) => entry.path.endsWith('a.mp3'))).toMatchObject({
      stamp: { size: 5, mtime: String(found.mtimeNs), inode: String(found.ino), device: String(found.dev) },
    });
  });

  it('leaves out what is hidden, unless asked, and junk always', async () => {
    const root = scratch();
    make(
      root,
      '.hidden.mp3',
      '.stash/x.mp3',
      '@eaDir/y.mp3',
      '._song.mp3',
      '.cratewise-12.tmp',
      'z/.cratewise-a.mp3.tmp',
    );
    expect(files(await walk(root), root)).toEqual([]);
    expect(files(await walk(root, { includeHidden: true }), root)).toEqual([
      '.hidden.mp3',
      '.stash/x.mp3',
      '@eaDir/y.mp3',
    ]);
  });

  it('walks a hidden folder that it is pointed at', async () => {
    const root = scratch();
    make(root, '.music/a.mp3');
    expect(files(await walk(join(root, '.music')), join(root, '.music'))).toEqual(['a.mp3']);
  });

  it('ends on loops of links, and finds each file once', async () => {
    const root = scratch();
    const elsewhere = scratch();
    make(root, 'a/x.mp3');
    make(elsewhere, 'out/y.mp3', 'z.mp3', 'not-audio.txt');
    symlinkSync('..', join(root, 'a/up'));
    symlinkSync(root, join(root, 'self'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync(join(root, 'nowhere.mp3'), join(root, 'dangling.mp3'));
    symlinkSync(join(root, 'a/x.mp3'), join(root, 'same.mp3'));
    symlinkSync(join(elsewhere, 'out'), join(root, 'out1'));
    symlinkSync(join(elsewhere, 'out'), join(root, 'out2'));
    symlinkSync(root, join(elsewhere, 'out/back'));
    symlinkSync(join(elsewhere, 'z.mp3'), join(root, 'z1.mp3'));
    symlinkSync(join(elsewhere, 'z.mp3'), join(root, 'z2.mp3'));
    symlinkSync(join(elsewhere, 'not-audio.txt'), join(root, 'fake.txt'));
    const found = files(await walk(root), root);
    expect(found).toContain('a/x.mp3');
    expect(found.filter((path) => /^out[12]\/y\.mp3$/.test(path))).toHaveLength(1);
    expect(found.filter((path) => /^z[12]\.mp3$/.test(path))).toHaveLength(1);
    expect(found).toHaveLength(3);
  });

  it('follows a link to a hidden place that is not walked otherwise', async () => {
    const root = scratch();
    make(root, '.pool/a.mp3');
    symlinkSync('.pool/a.mp3', join(root, 'a.mp3'));
    expect(files(await walk(root), root)).toEqual(['a.mp3']);
    expect(files(await walk(root, { includeHidden: true }), root)).toEqual(['.pool/a.mp3']);
  });

  it('names files whose names are no text, and finds them again', async () => {
    const root = scratch();
    const bytes = Buffer.concat([
      Buffer.from(`${root}/`),
      Buffer.from([0x66, 0xe9, 0xff]),
      Buffer.from('.mp3'),
    ]);
    try {
      writeFileSync(bytes, 'x');
    } catch {
      return; // macOS and some mounts accept no such name.
    }
    make(root, 'ünïcödé ♫ 音楽.ogg', 'line\nbreak.wav');
    const paths = (await walk(root)).map((entry) => entry.path);
    expect(paths).toContain(pathFromBytes(bytes));
    expect(paths).toHaveLength(3);
  });

  it('goes down a path of 2,500 bytes', async () => {
    const root = scratch();
    const deep = join(root, ...Array.from({ length: 10 }, (_, i) => `${i}`.repeat(240)));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'deep.mp3'), 'x');
    const found = await walk(root);
    expect(found).toHaveLength(1);
    expect(found[0]?.path.length).toBeGreaterThan(2400);
  });

  // Root may read every folder, so the error is provoked through another user where the test runs as root.
  it.skipIf(process.platform === 'win32')(
    'reports folders that it may not look into, and goes on',
    async () => {
      const root = scratch();
      make(root, 'open/a.mp3', 'shut/b.mp3');
      chmodSync(join(root, 'shut'), 0);
      try {
        if (process.getuid?.() === 0) {
          const before = process.geteuid!();
          chmodSync(root, 0o755);
          process.seteuid!(65_534);
          try {
            await expectShut(root);
          } finally {
            process.seteuid!(before);
          }
        } else await expectShut(root);
      } finally {
        chmodSync(join(root, 'shut'), 0o755);
      }
    },
  );

  it('leaves roots inside it to themselves', async () => {
    const root = scratch();
    make(root, 'a.mp3', 'inner/b.mp3');
    expect(files(await walk(root, { exclude: [join(root, 'inner')] }), root)).toEqual(['a.mp3']);
  });

  it('takes a single file', async () => {
    const root = scratch();
    make(root, 'a.mp3', 'b.mp3');
    expect((await walk(join(root, 'b.mp3'))).map((entry) => entry.path)).toEqual([join(root, 'b.mp3')]);
  });

  it('throws where there is nothing to walk, and stops when told', async () => {
    const root = scratch();
    await expect(walk(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
    make(root, 'a.mp3');
    await expect(walk(root, { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  it('survives a tree that is taken away under it', async () => {
    const root = scratch();
    make(root, ...Array.from({ length: 50 }, (_, i) => `folder${i}/a.mp3`));
    const found: WalkEntry[] = [];
    for await (const batch of new Walk(root).entries()) {
      found.push(...batch);
      for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true });
    }
    expect(found.every((entry) => entry.kind === 'file')).toBe(true);
    expect(found.length).toBeLessThan(50);
  });

  it.skipIf(process.platform === 'win32')('does not take a pipe for a file', async () => {
    const root = scratch();
    execFileSync('mkfifo', [join(root, 'pipe.mp3')]);
    expect(await walk(root)).toEqual([]);
  });
});

async function expectShut(root: string): Promise<void> {
  const found = await walk(root);
  expect(files(found, root)).toEqual(['open/a.mp3']);
  expect(found.find((entry) => entry.kind === 'unreadable')).toMatchObject({
    path: join(root, 'shut'),
    code: 'EACCES',
  });
}
