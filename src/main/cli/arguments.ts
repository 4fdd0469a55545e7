import { resolve } from 'node:path';
import type { KeyNotation } from '../../shared/music/key.ts';
import { pathFromBytes } from '../../shared/path.ts';
import type { Tier } from '../../shared/tier.ts';
import { isTierName, LIBRARY_KEY_NOTATIONS } from '../library/settings.ts';
import type { Arguments, OptionSpec } from './options.ts';
import { UsageError } from './usage-error.ts';

/** A path from the command line, absolute and in our escaped form. */
export function absolutePath(argument: string): string {
  const path = resolve(argument);
  return process.platform === 'win32' ? path : pathFromBytes(Buffer.from(path));
}

/** The positional arguments as paths. @throws UsageError when there are none and some are needed */
export function pathArguments(args: Arguments, need?: string): string[] {
  if (need && args.positionals.length === 0) throw new UsageError(`Which ${need}? None was named.`);
  return args.positionals.map(absolutePath);
}

/** The notation to show and write keys in: the option, else the library's setting. */
export function keyNotation(
  args: Arguments,
  settings: { readonly keyNotation: Exclude<KeyNotation, 'id3'> },
): KeyNotation {
  return args.choice('key-notation', LIBRARY_KEY_NOTATIONS) ?? settings.keyNotation;
}

/** The option of the commands that listen. */
export const TIER_OPTION = {
  tier: {
    type: 'string',
    value: '<tier>',
    help: 'built-in, standard, or a large model such as musicgen-small (default: the library’s setting; standard where it is installed)',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** @throws UsageError where it is no tier's name */
export function tierOption(args: Arguments): Tier | undefined {
  const tier = args.text('tier');
  if (tier !== undefined && !isTierName(tier)) {
    throw new UsageError(
      `--tier takes built-in, standard, or the id of a large model such as musicgen-small; not “${tier}”.`,
    );
  }
  return tier;
}
