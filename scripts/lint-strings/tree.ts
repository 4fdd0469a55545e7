import { parse } from 'svelte/compiler';

/** A node of Svelte's or of ESTree's: which of them it is, the lint asks for itself. */
export interface Node {
  readonly type: string;
  readonly start?: number;
  readonly [key: string]: unknown;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** The nodes right below one, in the order of the source. */
export function* childrenOf(node: Node): Generator<Node> {
  for (const [key, value] of Object.entries(node)) {
    // Svelte keeps comments and what it worked out of the source beside the tree.
    if (key === 'metadata' || key === 'leadingComments' || key === 'trailingComments') continue;
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) yield one;
  }
}

/** A source file as a tree. TypeScript alone is read as a component that has nothing but its script. */
export function treeOf(path: string, source: string): { root: Node; offset: number; text: string } {
  const opening = '<script module lang="ts">';
  const text = path.endsWith('.svelte') ? source : `${opening}${source}</script>`;
  const root: unknown = parse(text, { modern: true, filename: path });
  if (!isNode(root)) throw new Error(`${path} has no tree.`);
  return { root, offset: path.endsWith('.svelte') ? 0 : opening.length, text: source };
}

/** The text that a literal or a template without its holes says; null for other nodes. */
export function literalText(node: Node): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type !== 'TemplateLiteral') return null;
  const quasis = Array.isArray(node.quasis) ? node.quasis.filter(isNode) : [];
  return quasis.map(({ value }) => (value as { cooked?: string }).cooked ?? '').join(' ');
}
