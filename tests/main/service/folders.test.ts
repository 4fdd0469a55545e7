import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { completeFolder, typedFolder, usualFolders } from '../../../src/main/service/folders.ts';
import { displayPath } from '../../../src/shared/path.ts';

/** A folder with these folders in it. */
function folderWith(...names: (string | Buffer)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-folders-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]));
  return folder;
}

describe('completing a folder', () => {
  it('goes on with folders only, whatever their case, in order', async () => {
    const folder = folderWith('Musik', 'music', 'Other', '.music-hidden');
    writeFileSync(join(folder, 'music.txt'), '');
    symlinkSync(join(folder, 'Other'), join(folder, 'music-link'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'music-dangling'));
    expect(await completeFolder(`${folder}/mus`)).toEqual(
      ['music', 'music-link', 'Musik'].map((name) => join(folder, name)),
    );
    expect(await completeFolder(`${folder}/`)).toHaveLength(4);
    expect(await completeFolder(`${folder}/.`)).toEqual([join(folder, '.music-hidden')]);
    expect(await completeFolder(`  ${folder}/Oth`)).toEqual([join(folder, 'Other')]);
  });

  it('knows nothing of what is not there, not absolute, or no folder', async () => {
    const folder = folderWith();
    writeFileSync(join(folder, 'file'), '');
    for (const typed of ['', 'Music', `${folder}/nowhere/`, `${folder}/file/`, '\0', `${folder}/\0`])
      expect(await completeFolder(typed)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32' || process.platform === 'darwin')(
    'offers names that are no text so that they can be taken',
    async () => {
      const folder = folderWith(Buffer.from([0x6d, 0xff, 0x6e]));
      const [offered] = await completeFolder(`${folder}/m`);
      expect(displayPath(offered!)).toContain('\uFFFD');
      expect(typedFolder(offered!)).toBe(offered);
    },
  );

  it('offers no more than can be looked through', async () => {
    const folder = folderWith(...Array.from({ length: 60 }, (_, i) => `folder ${i}`));
    expect(await completeFolder(`${folder}/`)).toHaveLength(40);
  });

  it('knows the home folder', async () => {
    expect(await completeFolder('~/')).toEqual(await completeFolder(`${homedir()}/`));
  });
});

it('finds the usual places for music', async () => {
  const home = folderWith('Musik', 'Desktop');
  writeFileSync(join(home, 'Music'), 'no folder');
  expect(await usualFolders(home)).toEqual([join(home, 'Musik')]);
});
