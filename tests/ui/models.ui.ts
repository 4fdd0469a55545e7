import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/main/host/places.ts';
import { readManifests } from '../../src/main/models/manifests.ts';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { ModelServer } from '../main/models/model-server.ts';
import { see, useLibrary } from './fixture.ts';
import { missing } from './support.ts';

/** Weights as their authors publish them, a folder a model: development data that is not ours to give on. */
const MIRROR = process.env.CRATEWISE_MODEL_MIRROR ?? join(packageRoot, '../shared/models');
const STANDARD = ['choi', 'keynet', 'musicnn', 'skey'];
/** All files that a manifest names: another form of the weights, as TensorFlow.js has them, is no use. */
const atHand = (await readManifests(join(packageRoot, 'models', 'manifests')))
  .filter(
    ({ id, files }) =>
      STANDARD.includes(id) && files.every(({ path }) => existsSync(join(MIRROR, id, basename(path)))),
  )
  .map(({ id }) => id);

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Models in a browser are skipped: ${why}.`);
else if (atHand.length < STANDARD.length)
  console.log(
    `Installing models in a browser is tried with ${atHand.join(', ') || 'none'} (${MIRROR} has no more).`,
  );

const card = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
const show = async (page: Page) => {
  await page.keyboard.press('Alt+4');
  await page.getByRole('region', { name: 'Models' }).waitFor();
};

describe.skipIf(why !== '')('models', () => {
  let server: ModelServer;
  let source = 'http://127.0.0.1:9/';
  const { open, restart, folder } = useLibrary(4, ['mp3'], true, () => ({ CRATEWISE_MODEL_SOURCE: source }));
  const installed = () =>
    existsSync(join(folder, 'data', 'cratewise', 'models'))
      ? readdirSync(join(folder, 'data', 'cratewise', 'models')).filter((name) => !name.startsWith('.'))
      : [];

  beforeAll(async () => {
    server = await ModelServer.start();
    for (const id of atHand)
      for (const file of readdirSync(join(MIRROR, id)))
        server.files.set(`${id}/${file}`, readFileSync(join(MIRROR, id, file)));
  });
  afterAll(() => server?.close());

  /** Has the program fetch from the server that we are, which it does not at first. */
  const fetchFromUs = async () => {
    if (source === server.url) return;
    source = server.url;
    await restart('SIGINT');
  };

  it('are shown with size, licence and state; without a network that is said before anything is begun', async () => {
    const page = await open();
    await page.getByRole('group', { name: 'Hear genres better' }).getByText('4 small nets, 13 MB').waitFor();
    await see(page, 'model-offer');
    await show(page);
    const skey = card(page, 'S-KEY');
    await skey.getByText('Not installed').waitFor();
    await skey.getByRole('link', { name: 'MIT' }).waitFor();
    // What no shipped probe needs is no part of the offer.
    await page.getByRole('region', { name: 'Standard' }).getByText('CLMR').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Install all · 13 MB' }).waitFor();
    await see(page, 'models');
    await skey.getByRole('button', { name: 'Install…' }).click();
    const question = page.getByRole('dialog', { name: 'Install S-KEY' });
    await question.getByText(/can’t be used now/).waitFor();
    await question.getByText('Without a network nothing can be fetched', { exact: false }).waitFor();
    await see(page, 'models-no-network');
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
  });

  it('are not installed before their licence is accepted, and say what it means', async () => {
    const page = await open('dark');
    await show(page);
    await card(page, 'MusicGen small').getByRole('button', { name: 'Install…' }).click();
    const question = page.getByRole('dialog', { name: 'Install MusicGen small' });
    const yes = question.getByRole('button', { name: 'Install', exact: true });
    await question.getByText('If you are paid to DJ', { exact: false }).waitFor();
    await question.getByText(/can’t be used now/).waitFor();
    expect(await yes.isDisabled()).toBe(true);
    const accept = question.getByRole('checkbox', { name: 'I have read CC BY-NC 4.0 and accept it' });
    await accept.check();
    await expect.poll(() => yes.isEnabled()).toBe(true);
    await see(page, 'models-licence-dark');
    await accept.uncheck();
    await expect.poll(() => yes.isDisabled()).toBe(true);
    await question.getByRole('button', { name: 'Not now' }).click();
    await see(page, 'models-dark');
    expect(installed()).toEqual([]);
  });

  it('say which device computes and why, and take the user’s word on it', async () => {
    const page = await open();
    await show(page);
    const devices = page.getByRole('region', { name: 'Where it computes' });
    const choice = devices.getByLabel('Device');
    await choice.waitFor();
    await devices.getByText('Small nets and what is built in').waitFor();
    await choice.selectOption({ value: 'cpu' });
    await devices.getByLabel('Precision').selectOption('fp32');
    await page.reload();
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();
    await show(page);
    await expect.poll(() => devices.getByLabel('Device').inputValue()).toBe('cpu');
    expect(await devices.getByLabel('Precision').inputValue()).toBe('fp32');
    await devices.scrollIntoViewIfNeeded();
    await see(page, 'devices');
  });

  it('tell why an installation failed, and can be tried again', async () => {
    const page = await open();
    await show(page);
    const musicnn = card(page, 'musicnn (MSD)');
    await musicnn.getByRole('button', { name: 'Install…' }).click();
    const question = page.getByRole('dialog');
    await question.getByText(/can’t be used now/).waitFor();
    await question.getByRole('button', { name: 'Install', exact: true }).click();
    // It is tried again for a while; nobody has to wait for that.
    await musicnn.getByText(/Trying again/).waitFor();
    await see(page, 'models-trouble');
    await musicnn.getByRole('button', { name: 'Pause' }).click();
    await musicnn.getByRole('button', { name: /Install…|Go on…/ }).waitFor();
  });

  it.skipIf(!atHand.includes('keynet') || !atHand.includes('skey'))(
    'are fetched one after the other, paused, gone on with after a restart, verified and removed',
    async () => {
      await fetchFromUs();
      const page = await open();
      await show(page);
      const [skey, keynet] = [card(page, 'S-KEY'), card(page, 'KeyNet')];
      server.reset({ rate: 120_000 });
      for (const model of [keynet, skey]) {
        await model.getByRole('button', { name: 'Install…' }).click();
        await page
          .getByRole('dialog')
          .getByText(/answers/)
          .waitFor();
        await page.getByRole('dialog').getByRole('button', { name: 'Install', exact: true }).click();
      }
      await keynet.getByText(/left/).waitFor();
      await skey.getByText('Waiting for its turn').waitFor();
      await see(page, 'models-installing');
      await keynet.getByRole('button', { name: 'Pause' }).click();
      await keynet.getByText('Begun').waitFor();
      await skey.getByRole('button', { name: 'Pause' }).click();
      await skey.getByText('Begun').waitFor();
      await see(page, 'models-half');
      await page.close();
      await restart('SIGKILL');

      const again = await open();
      await show(again);
      server.reset();
      const resumed = card(again, 'KeyNet');
      await resumed.getByText('Begun').waitFor();
      await resumed.getByRole('button', { name: 'Go on…' }).click();
      await again
        .getByRole('dialog')
        .getByText(/answers/)
        .waitFor();
      await again.getByRole('dialog').getByRole('button', { name: 'Install', exact: true }).click();
      await resumed.getByText('Installed', { exact: true }).waitFor();
      expect(installed()).toEqual(['keynet']);
      await resumed.getByRole('button', { name: 'Verify' }).click();
      await resumed.getByText('Every byte is as it was', { exact: false }).waitFor();
      await see(again, 'models-verified');
      await resumed.getByRole('button', { name: 'Remove…' }).click();
      await resumed.getByText(/This frees [\d.]+ MB/).waitFor();
      await see(again, 'models-remove');
      await resumed.getByRole('button', { name: 'Keep' }).click();
      await resumed.getByRole('button', { name: 'Remove…' }).click();
      await resumed.getByRole('button', { name: 'Remove', exact: true }).click();
      await resumed.getByText('Not installed').waitFor();
      expect(installed()).toEqual([]);
    },
  );

  it.skipIf(atHand.length < STANDARD.length)(
    'of the standard tier are offered, installed at one click, and listen to what is there at another',
    async () => {
      await fetchFromUs();
      server.reset({ rate: 4_000_000 });
      const page = await open();
      await page.getByRole('button', { name: 'Install', exact: true }).click();
      const question = page.getByRole('dialog');
      await question.getByText(/answers/).waitFor();
      await see(page, 'model-offer-question');
      await question.getByRole('button', { name: 'Install', exact: true }).click();
      await page.getByText(/Installing: \d+%/).waitFor();
      await see(page, 'model-offer-installing');
      // Four nets are fetched at a set rate, built and tested.
      await page.getByText('4 tracks are to be heard with them.').waitFor({ timeout: 100_000 });
      await see(page, 'model-offer-done');
      await page.getByRole('button', { name: 'Listen now' }).click();
      await page.getByText('Listened to 4 tracks').waitFor();
      await show(page);
      const ears = page.getByRole('region', { name: 'What listens' });
      await ears.getByRole('radio', { name: /Built in/ }).click();
      await ears.getByText('Nothing has to be listened to again.').waitFor();
      await ears.getByRole('radio', { name: /^Standard/ }).click();
      await ears.getByText('Nothing has to be listened to again.').waitFor();
      await see(page, 'tiers');
      await ears.getByRole('button', { name: 'Use it' }).click();
      await expect.poll(() => ears.getByRole('button', { name: 'Use it' }).count()).toBe(0);
    },
  );

  it('are offered no more once the user says so', async () => {
    const page = await open();
    const offer = page.getByRole('group', { name: 'Hear genres better' });
    if (atHand.length < STANDARD.length) {
      await offer.getByRole('button', { name: 'Don’t offer this again' }).click();
      await offer.waitFor({ state: 'detached' });
      await page.reload();
      await page.getByRole('row', { name: 'Piece 1' }).waitFor();
    }
    await show(page);
    expect(await offer.count()).toBe(0);
  });
});
