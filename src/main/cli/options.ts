import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** One option of a command, enough to parse it and to explain it. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly multiple?: boolean;
  readonly short?: string;
  /** How its value is called in the help: `<file>`. */
  readonly value?: string;
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Options that every command takes. */
export const GLOBAL_OPTIONS = {
  library: {
    type: 'string',
    value: '<file>',
    help: "the library's catalogue (default: in your user data folder)",
  },
  'key-notation': {
    type: 'string',
    value: '<notation>',
    help: "standard, camelot or open-key (default: the library's setting)",
  },
  json: { type: 'boolean', help: 'one JSON object a line on stdout; see docs/cli.md' },
  quiet: { type: 'boolean', short: 'q', help: 'no progress on stderr' },
  help: { type: 'boolean', short: 'h', help: 'explain this command' },
} as const satisfies OptionSpecs;

/** What was typed, by option name. Read through the typed accessors, which check the values. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** @throws UsageError when the value is not one of `allowed` */
  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw new UsageError(`--${name} takes ${allowed.join(', ')}; not “${value}”.`);
    return found;
  }

  /** @throws UsageError when the value is not a number within the bounds */
  number(name: string, minimum: number, maximum: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < minimum || number > maximum) {
      throw new UsageError(`--${name} takes a number from ${minimum} to ${maximum}; not “${value}”.`);
    }
    return number;
  }

  /** @throws UsageError when the value is not a whole number within the bounds */
  integer(name: string, minimum: number, maximum: number): number | undefined {
    const number = this.number(name, minimum, maximum);
    if (number !== undefined && !Number.isInteger(number)) {
      throw new UsageError(`--${name} takes a whole number; not “${this.text(name)}”.`);
    }
    return number;
  }
}

/**
 * Parses what follows a command's name.
 * @throws UsageError for an unknown option or a missing value
 */
export function parseArguments(argv: readonly string[], specs: OptionSpecs): Arguments {
  const options: Record<string, { type: 'boolean' | 'string'; multiple?: boolean; short?: string }> = {};
  for (const [name, spec] of Object.entries({ ...GLOBAL_OPTIONS, ...specs })) {
    const { type, multiple, short } = spec as OptionSpec;
    options[name] = { type, ...(multiple ? { multiple } : {}), ...(short ? { short } : {}) };
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    return new Arguments(values, positionals);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The option lines of a help text. */
export function describeOptions(specs: OptionSpecs): string {
  const lines = Object.entries(specs).map(([name, spec]) => {
    const left = `${spec.short ? `-${spec.short}, ` : ''}--${name}${spec.value ? ` ${spec.value}` : ''}`;
    return [left, spec.help] as const;
  });
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`).join('\n');
}
