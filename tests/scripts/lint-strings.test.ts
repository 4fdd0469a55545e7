import { describe, expect, it } from 'vitest';
import { look, unused } from '../../scripts/lint-strings/find.ts';

const said = (path: string, source: string) =>
  look(path, source).findings.map(({ line, message }) => `${line} ${message}`);

describe('the lint of strings', () => {
  it.each([
    ['text between tags', '<p>Hello</p>', 'Hello'],
    ['text in a block', '{#if open}<p>Hello {name}</p>{/if}', 'Hello'],
    ['text given to a component', '<Dialog>Hello</Dialog>', 'Hello'],
    ['text that an expression comes to', "<p>{open ? t.a.b : 'Hello'}</p>", 'Hello'],
    ['text put together', "<p>{'Hello ' + name}</p>", 'Hello'],
    ['an accessible name', '<button aria-label="Close">×</button>', 'Close'],
    ['an accessible name put together', `<button aria-label={\`Close \${name}\`}>×</button>`, 'Close'],
    ['what a pointer is told', '<a title="Go">→</a>', 'Go'],
    ['a placeholder', '<input placeholder="Words" />', 'Words'],
    ['what a picture shows', "<img alt={cover ?? 'Cover'} />", 'Cover'],
    ['what a component is called', '<Dialog label="Write" />', 'Write'],
    [
      'prose in its script',
      '<script lang="ts">\nlet said = $state(\'It went well\');\n</script>',
      'It went well',
    ],
  ])('finds %s', (_, source, word) => {
    const findings = look('A.svelte', source).findings;
    expect(findings).toHaveLength(1);
    expect(findings[0]!.message).toContain(word);
  });

  it.each([
    ['prose', "export const say = () => 'No track matches';", 1],
    ['prose with holes', `\nexport const say = (n: number) => \`Only \${n} tracks are left\`;`, 2],
    ['a name to read', "export const tool = { name: 'Undo', run: 'undo' };", 1],
    ['the title of the window', "document.title = 'Library';", 1],
  ])('finds %s in a script', (_, source, line) => {
    expect(said('a.ts', source)).toEqual([expect.stringMatching(new RegExp(`^${line} “`))]);
  });

  it('lets through what nobody reads', () => {
    const source = `<script lang="ts">
import Icon from './Icon.svelte';
type Name = 'Some name' | 'Another name';
const { width }: { width: number } = $props();
if (width < 0) throw new Error('A width below zero makes no sense');
const kind: Name = pick('button, input');
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const colour = 'color-mix(in oklab, red 20%, blue)';
</script>
<svelte:window onkeydown={(event) => event.key === 'Enter' && go('left')} />
<div class="quiet icon" id="place" style:--width="{width}px" class:open={kind === 'open'} role="group">
  {t.table.label} · <kbd>E</kbd> {t.states[kind === 'a' ? 'tagged' : 'empty']} 100 %
  <button title={name + ' (K)'}>→</button>
  <input type="text" name="field" autocomplete="off" />
</div>
<style>.quiet::before { content: 'x'; }</style>`;
    expect(said('A.svelte', source)).toEqual([]);
  });

  it('refuses words chosen before the language is', () => {
    const message = 'The language is not chosen yet when a module begins: read t in a function';
    expect(said('a.ts', 'export const label = t.table.label;')).toEqual([`1 ${message}`]);
    expect(said('A.svelte', '<script module>const l = t.table.label;</script>')).toEqual([`1 ${message}`]);
    expect(said('A.svelte', '<script>const l = t.table.label;</script>')).toEqual([]);
    expect(said('a.ts', 'export const label = () => t.table.label;')).toEqual([]);
    expect(said('a.ts', 'class A { label = t.table.label; }')).toEqual([]);
  });

  it('refuses what hides which strings are used', () => {
    for (const source of ['() => say(t)', '() => { const { table } = t; }', '() => ({ t })'])
      expect(said('a.ts', `export const f = ${source};`)).toEqual([
        expect.stringContaining('Write t.area.name'),
      ]);
    expect(
      said('a.ts', "import { t } from './strings/index.ts';\nexport const f = (o: { t: 1 }) => o.t;"),
    ).toEqual([]);
  });

  it('finds strings that nothing says', () => {
    const catalogue = {
      a: { b: 'B', c: () => 'C', d: { e: 'E', f: 'F' } },
      g: { h: 'H', i: 'I' },
      j: { k: 'K' },
    };
    const { used } = look(
      'A.svelte',
      "{t.a.b}{t.a['c']()}{t.a.d[state]}{t.g.h.length}{#each Object.keys(t.j) as k}{k}{/each}",
    );
    expect(unused(catalogue, used)).toEqual(['g.i']);
    expect(unused(catalogue, [])).toHaveLength(7);
  });
});
