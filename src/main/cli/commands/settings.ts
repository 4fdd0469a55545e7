import {
  type CompatibilityRule,
  DEFAULT_RULE,
  PRESET_NAMES,
  presetOf,
  RULE_PRESETS,
  RULE_STEPS,
  ruleOf,
} from '../../../shared/music/compatible.ts';
import {
  DEVICES,
  isTierName,
  LIBRARY_KEY_NOTATIONS,
  PRECISIONS,
  REPRESENTATION_ID,
  type Settings,
} from '../../library/settings.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../usage-error.ts';

interface Setting {
  /** The values that it can have, for the help. */
  readonly values: readonly string[];
  /** Whether a text is one of them; by default it stands in `values`. */
  accepts?(value: string): boolean;
  read(settings: Settings): string;
  write(settings: Settings, value: string): void;
}

/** A rule of compatible keys by its name, or by its steps; null where it is none. */
function keyRule(text: string): CompatibilityRule | null {
  const preset = PRESET_NAMES.find((name) => name === text);
  if (preset) return RULE_PRESETS[preset];
  return ruleOf(text === '' ? [] : text.split(','));
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  'key-notation': {
    values: LIBRARY_KEY_NOTATIONS,
    read: (settings) => settings.keyNotation,
    write: (settings, value) => {
      settings.keyNotation = value as Settings['keyNotation'];
    },
  },
  'key-rule': {
    values: [...PRESET_NAMES, `steps with commas (${RULE_STEPS.join(',')})`],
    accepts: (value) => keyRule(value) !== null,
    read: ({ keyRule: rule }) => presetOf(rule) ?? rule.join(),
    write: (settings, value) => {
      settings.keyRule = keyRule(value) ?? DEFAULT_RULE;
    },
  },
  'multi-value': {
    values: ['joined', 'nul'],
    read: (settings) => settings.multiValue,
    write: (settings, value) => {
      settings.multiValue = value as Settings['multiValue'];
    },
  },
  tier: {
    values: ['auto', 'built-in', 'standard', 'the id of a large model (musicgen-small)'],
    accepts: (value) => value === 'auto' || isTierName(value),
    read: (settings) => settings.tier,
    write: (settings, value) => {
      settings.tier = value;
    },
  },
  keep: {
    values: ['ids of representations to keep the vectors of, with commas (mfcc,chroma)'],
    accepts: (value) => value === '' || value.split(',').every((id) => REPRESENTATION_ID.test(id)),
    read: (settings) => settings.keep.join(),
    write: (settings, value) => {
      settings.keep = value === '' ? [] : value.split(',');
    },
  },
  device: {
    values: DEVICES,
    read: (settings) => settings.device,
    write: (settings, value) => {
      settings.device = value as Settings['device'];
    },
  },
  precision: {
    values: PRECISIONS,
    read: (settings) => settings.precision,
    write: (settings, value) => {
      settings.precision = value as Settings['precision'];
    },
  },
};

export const settings: Command = {
  name: 'settings',
  synopsis: '[name=value…]',
  summary: 'Show or change the library’s settings',
  details: Object.entries(SETTINGS)
    .map(([name, { values }]) => `  ${name}: ${values.join(', ')}`)
    .join('\n'),
  options: {},
  async run(context) {
    const changes = context.args.positionals.map((argument) => {
      const [name = '', value = ''] = argument.split(/=(.*)/s);
      const setting = SETTINGS[name];
      if (!setting)
        throw new UsageError(
          `There is no setting “${name}”. There are: ${Object.keys(SETTINGS).join(', ')}.`,
        );
      if (!(setting.accepts?.(value) ?? setting.values.includes(value))) {
        throw new UsageError(`${name} can be ${setting.values.join(', ')}; not “${value}”.`);
      }
      return { setting, value };
    });
    const library = await context.library();
    for (const { setting, value } of changes) setting.write(library.settings, value);
    for (const [name, setting] of Object.entries(SETTINGS)) {
      const value = setting.read(library.settings);
      context.out.record({ type: 'setting', name, value });
      context.out.line(`${name}=${value}`);
    }
  },
};
