import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCREENS } from '../../scripts/screens/list.ts';
import type { Screen } from '../../scripts/screens/screen.ts';
import { type Stage, setStage } from '../../scripts/screens/stage.ts';
import { CATALOGUES } from '../../src/renderer/strings/languages.ts';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { openPage } from './fixture.ts';
import { launch, missing } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Accessibility is not tested: ${why}.`);

/** Serious or not, nothing that axe finds is let through. */
async function violations(page: Page): Promise<unknown[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]);
}

/** What sticks out of the window to the side, where nothing that scrolls by itself holds it. */
function sticksOut(): string[] {
  const width = document.documentElement.clientWidth;
  const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const held = (element: Element): boolean => {
    for (let above = element.parentElement; above && above.id !== 'app'; above = above.parentElement)
      if (scrolls(above) && above.getBoundingClientRect().right <= width + 1) return true;
    return false;
  };
  return [...document.querySelectorAll('button, input, select, a, h1, h2, h3, p, label, li, td')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((element) => !element.closest('.visually-hidden'))
    .filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 0 && (right > width + 1 || left < -1) && !held(element);
    })
    .map(
      (element) =>
        `${element.tagName} ${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 60)}`,
    );
}

/** Where the keyboard is: its element's number, and whether one can see it. */
function focused(): {
  readonly at: number;
  readonly seen: boolean;
  readonly what: string;
  readonly inside: boolean;
} {
  // By the elements themselves: lists grow and shrink while they are walked.
  const page = globalThis as { walked?: Element[] };
  page.walked ??= [];
  const { walked } = page;
  const element = document.activeElement;
  if (!element || element === document.body) return { at: -1, seen: true, what: 'body', inside: true };
  if (!walked.includes(element)) walked.push(element);
  // A grid and a wheel show where they are by a cell of theirs.
  const shown = document.getElementById(element.getAttribute('aria-activedescendant') ?? '') ?? element;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(shown);
  // A segment of the wheel is outlined by its stroke.
  const stroked =
    shown instanceof SVGElement &&
    [...shown.querySelectorAll('*')].some((part) => {
      const { stroke, strokeWidth } = getComputedStyle(part);
      return stroke !== 'none' && Number.parseFloat(strokeWidth) >= 2;
    });
  const { width, height } = shown.getBoundingClientRect();
  return {
    at: walked.indexOf(element),
    inside: element.closest('dialog') !== null,
    seen:
      width > 0 &&
      height > 0 &&
      (stroked || (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'),
    what: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40)}`,
  };
}

/** Everything that Tab comes to, until it comes round. */
async function walk(page: Page): Promise<Awaited<ReturnType<typeof focused>>[]> {
  const visited: ReturnType<typeof focused>[] = [];
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(focused);
    // A page's end gives the keyboard to the browser: here, to the body.
    if (visited.some(({ at }) => at === here.at)) return visited;
    visited.push(here);
  }
  throw new Error('Tab never comes round.');
}

/** Buttons and fields that can be seen and used, but that Tab did not come to. */
function unreached(): string[] {
  const { walked = [] } = globalThis as { walked?: Element[] };
  const scope = document.querySelector('dialog[open]') ?? document;
  return (
    [...scope.querySelectorAll('button, input, select, textarea, a[href], [tabindex]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => !(element as HTMLButtonElement).disabled && !element.closest('[inert]'))
      // One radio button of a group, one cell of a grid, one item of a toolbar stands for all: arrows go on from there.
      .filter((element) => element.getAttribute('tabindex') !== '-1' && !element.matches('[type=radio]'))
      .filter((element) => !walked.includes(element))
      .map((element) => element.outerHTML.slice(0, 120))
  );
}

describe.skipIf(why !== '')('accessibility', () => {
  let stage: Stage;
  let browser: Browser;

  beforeAll(async () => {
    stage = await setStage();
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  async function visit(screen: Screen, options: BrowserContextOptions, language: 'en' | 'de' = 'en') {
    const page = await openPage(browser, stage.url(screen.library), {
      viewport: { width: 1280, height: 800 },
      locale: language === 'en' ? 'en-GB' : 'de-DE',
      reducedMotion: 'reduce',
      ...options,
    });
    await screen.steps({ page, t: CATALOGUES[language], stage });
    return page;
  }
  const lasting = SCREENS.filter(({ name }) => name !== 'connection-lost' && name !== 'written');

  it.each(lasting)('$name stays within a window of 320 pixels', async (screen) => {
    const page = await visit({ ...screen, steps: async () => {} }, { viewport: { width: 320, height: 640 } });
    await page.locator('main').waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    await screen.steps({ page, t: CATALOGUES.en, stage });
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(sticksOut)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });

  // Tab goes from field to field while a cell is edited; Esc leaves it.
  it.each(lasting.filter(({ name }) => name !== 'editing'))(
    '$name can be walked by keyboard, and shows where it is',
    async (screen) => {
      const page = await visit(screen, {});
      const visited = await walk(page);
      expect(visited.filter(({ seen }) => !seen).map(({ what }) => what)).toEqual([]);
      expect(await page.evaluate(unreached)).toEqual([]);
    },
  );

  it.each(SCREENS)('$name has no violation in light, dark and German', async (screen) => {
    const page = await visit(screen, {});
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page)).toEqual([]);
    if (screen.german) expect(await violations(await visit(screen, {}, 'de'))).toEqual([]);
  });

  const tracks = SCREENS.find(({ name }) => name === 'tracks')!;
  const dialogs: readonly (readonly [keys: string, tool: string])[] = [
    ['Control+,', CATALOGUES.en.tools.settings],
    ['Control+Shift+h', CATALOGUES.en.tools.history],
    ['Control+Shift+f', CATALOGUES.en.tools.replace],
    ['?', CATALOGUES.en.tools.help],
  ];
  it.each(dialogs)(
    '%s and its button open a dialog that Esc closes, and the keyboard goes back',
    async (keys, tool) => {
      const page = await visit(tracks, {});
      const dialog = page.getByRole('dialog');
      await page.keyboard.press(keys);
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
      const button = page.getByRole('button', { name: tool, exact: true });
      await button.focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      expect(
        await page.evaluate(() => document.querySelector('dialog')!.contains(document.activeElement)),
      ).toBe(true);
      // Out of a dialog, Tab goes nowhere but to the browser.
      expect((await walk(page)).filter(({ inside }) => !inside)).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
        .toBe(tool);
    },
  );

  it('moves nothing for those who wish so', async () => {
    const page = await visit(tracks, { reducedMotion: 'reduce' });
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
          const lasts = (durations: string) =>
            durations.split(',').some((one) => Number.parseFloat(one) > 0.001);
          return (animationName !== 'none' && lasts(animationDuration)) || lasts(transitionDuration);
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 100)),
    );
    expect(moving).toEqual([]);
  });

  it('says by lines what colours would, where the system chooses the colours', async () => {
    const page = await visit(tracks, { forcedColors: 'active' });
    await page.keyboard.press('ArrowDown');
    const outlined = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).outlineStyle);
    await expect.poll(() => outlined('[role=row][aria-selected=true]')).toBe('solid');
    expect(await outlined('nav [aria-current=page]')).toBe('solid');
    expect(await violations(page)).toEqual([]);
  });

  it('speaks the language that is chosen, at once and after a reload', async () => {
    const page = await visit(tracks, {});
    const { en, de } = CATALOGUES;
    await page.keyboard.press('Control+,');
    await page.getByRole('combobox', { name: en.settings.language }).selectOption('de');
    await page.getByRole('dialog', { name: de.settings.title }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.getByRole('combobox', { name: de.settings.theme }).selectOption('dark');
    await expect
      .poll(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme))
      .toBe('dark');
    await page.reload();
    await page.getByRole('button', { name: de.views.review, exact: true }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
    await page.keyboard.press('Control+,');
    await page.getByRole('combobox', { name: de.settings.theme }).selectOption('system');
    await page.getByRole('combobox', { name: de.settings.language }).selectOption('');
    await page.getByRole('dialog', { name: en.settings.title }).waitFor();
  });
});
