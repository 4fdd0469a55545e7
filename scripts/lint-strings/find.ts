import { childrenOf, isNode, literalText, type Node, treeOf } from './tree.ts';

/** Something that a source file says or does that it should not. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What a source file has to do with the catalogue of strings. */
export interface Looked {
  readonly findings: readonly Finding[];
  /** Every `t.area.name` in it, up to where the name is only known when it runs. */
  readonly used: readonly (readonly string[])[];
}

/** Attributes, of elements and of components, whose value is read by people. */
const READ_ATTRIBUTES =
  /^(aria-(label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label|text|hint)$/;
/** Properties and variables of scripts whose value probably is. */
const READ_NAMES = /^(ariaLabel|title|placeholder|alt|label|text|hint|name|message|textContent|innerText)$/;

const hasLetters = (text: string) => /\p{L}/u.test(text);
/** A single letter in an expression is a key. */
const hasWords = (text: string) => /\p{L}{2,}/u.test(text);
/** Two words in a row: prose, where a name, a key or a list of classes would be no literal of a script. */
const isProse = (text: string) => /\p{L}{2,}[:;.]? \p{L}{2,}/u.test(text) && !isCode(text);
/** A media query, a function of CSS, a shader. */
const isCode = (text: string) => /^\s*[(#]|[{}=]|\p{Ll}\(/u.test(text);
const isCapitalised = (text: string) => /^\p{Lu}\p{Ll}/u.test(text);
const FUNCTIONS = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

/** Looks at one source file of the renderer. */
export function look(path: string, source: string): Looked {
  const { root, offset, text } = treeOf(path, source);
  const findings: Finding[] = [];
  const used: string[][] = [];
  const report = (node: Node, message: string) => {
    const line = text.slice(0, Math.max(0, (node.start ?? 0) - offset)).split('\n').length;
    if (!findings.some((other) => other.line === line && other.message === message))
      findings.push({ path, line, message });
  };
  const literal = (node: Node, said: string) => report(node, `“${said.trim()}” belongs into strings/`);

  /** Literals that an expression can come to. */
  function values(node: unknown): void {
    if (!isNode(node)) return;
    const said = literalText(node);
    if (said !== null && hasWords(said)) literal(node, said);
    else if (node.type === 'ConditionalExpression') [node.consequent, node.alternate].forEach(values);
    else if (node.type === 'LogicalExpression') [node.left, node.right].forEach(values);
    else if (node.type === 'BinaryExpression' && node.operator === '+')
      [node.left, node.right].forEach(values);
  }

  function attribute(node: Node): void {
    if (!READ_ATTRIBUTES.test(String(node.name))) return;
    for (const part of Array.isArray(node.value) ? node.value : [node.value]) {
      if (!isNode(part)) continue;
      if (part.type === 'Text' && hasLetters(String(part.data))) literal(part, String(part.data));
      else if (part.type === 'ExpressionTag') values(part.expression);
    }
  }

  /** @param late whether it runs after the language was chosen */
  function walk(node: Node, parent: Node | null, late: boolean, markup: boolean): void {
    switch (node.type) {
      case 'Text':
        if (markup && hasLetters(String(node.data))) literal(node, String(node.data));
        return;
      case 'Attribute':
        attribute(node);
        // Text of other attributes (classes, types) is read by nobody, but there may be code in it.
        for (const child of childrenOf(node)) if (child.type !== 'Text') walk(child, node, late, false);
        return;
      case 'ExpressionTag':
        if (markup) values(node.expression);
        break;
      case 'StyleSheet':
      case 'ImportDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAnnotation':
        return;
      case 'NewExpression':
        // What programmers are told.
        if (isNode(node.callee) && /Error$/.test(String(node.callee.name))) return;
        break;
      case 'MemberExpression':
        if (chain(node, late)) return;
        break;
      case 'Identifier':
        if (node.name === 't' && isValue(node, parent))
          report(node, 'Write t.area.name, so that it can be seen which strings are used');
        return;
      case 'Literal':
      case 'TemplateLiteral': {
        const said = literalText(node);
        if (said !== null && (isProse(said) || (isCapitalised(said) && isRead(node, parent))))
          literal(node, said);
        break;
      }
    }
    const inside =
      late || FUNCTIONS.test(node.type) || (node.type === 'PropertyDefinition' && node.static !== true);
    // Keys are called the same in every language.
    const inMarkup =
      node.type === 'Fragment'
        ? parent?.name !== 'kbd'
        : markup && !/Expression$|Tag$|Directive$/.test(node.type);
    for (const child of childrenOf(node)) walk(child, node, inside, inMarkup);
  }

  /** Takes down a chain of names that begins with `t`; whether it is one. */
  function chain(node: Node, late: boolean): boolean {
    const names: (string | null)[] = [];
    const computed: Node[] = [];
    let object: unknown = node;
    while (isNode(object) && object.type === 'MemberExpression' && isNode(object.property)) {
      const { property } = object;
      if (object.computed !== true) names.unshift(String(property.name));
      else {
        names.unshift(literalText(property));
        computed.push(property);
      }
      object = object.object;
    }
    if (!isNode(object) || object.type !== 'Identifier' || object.name !== 't') return false;
    const known = names.indexOf(null);
    used.push((known < 0 ? names : names.slice(0, known)).filter((name) => name !== null));
    if (!late) report(node, 'The language is not chosen yet when a module begins: read t in a function');
    for (const property of computed) walk(property, node, late, false);
    return true;
  }

  // Only a module's own script runs before the language is chosen; a component's runs when it is shown.
  for (const child of childrenOf(root)) walk(child, root, child !== root.module, false);
  return { findings, used };
}

/** Whether a name stands for a value there, and is not itself a property's, an import's or a type's. */
function isValue(node: Node, parent: Node | null): boolean {
  if (parent === null) return true;
  if (parent.type === 'Property') return parent.value === node;
  if (parent.type === 'MemberExpression') return parent.object === node;
  return !/^(Import|Export)\w*Specifier$/.test(parent.type);
}

/** Whether a script gives a literal to something that people probably read. */
function isRead(node: Node, parent: Node | null): boolean {
  if (parent === null) return false;
  const target =
    parent.type === 'Property' && parent.value === node
      ? parent.key
      : parent.type === 'AssignmentExpression' && parent.right === node && isNode(parent.left)
        ? (parent.left.property ?? parent.left)
        : parent.type === 'VariableDeclarator' && parent.init === node
          ? parent.id
          : null;
  return isNode(target) && READ_NAMES.test(String(target.name ?? target.value));
}

/** Where in a catalogue each of its strings stands. */
export function leaves(catalogue: object, above: readonly string[] = []): string[][] {
  return Object.entries(catalogue).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? leaves(value, [...above, name]) : [[...above, name]],
  );
}

/** Strings that no source file reads. */
export function unused(catalogue: object, used: readonly (readonly string[])[]): string[] {
  const isUsed = (leaf: readonly string[]) =>
    used.some((names) => names.every((name, i) => i >= leaf.length || name === leaf[i]));
  return leaves(catalogue)
    .filter((leaf) => !isUsed(leaf))
    .map((leaf) => leaf.join('.'));
}
