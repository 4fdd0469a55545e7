import type { KeyRelation, MixLevel, RulePreset, RuleStep } from '../../../shared/music/compatible.ts';
import { count, number, percentage } from './formats.ts';

const shiftText = new Intl.NumberFormat('en', {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

const levels: Readonly<Record<MixLevel, string>> = {
  perfect: 'Perfect',
  good: 'Good',
  energy: 'Energy',
  risky: 'Risky',
};

const relations: Readonly<Record<KeyRelation, string>> = {
  same: 'same key',
  'adjacent-up': 'a fifth up',
  'adjacent-down': 'a fifth down',
  relative: 'relative key',
  'whole-tone-up': 'lift by a whole tone',
  'semitone-up': 'lift by a semitone',
  'whole-tone-down': 'drop by a whole tone',
  'semitone-down': 'drop by a semitone',
  'diagonal-up': 'diagonal',
  'diagonal-down': 'diagonal',
  parallel: 'parallel key',
};

/** The wheel, the rule of keys that mix, and tracks that mix. */
export const mix = {
  wheelHint:
    'Click a key; with Ctrl several, with Shift all between. Arrow keys go round, Space adds or takes out, Enter chooses only this one.',
  major: 'Major',
  minor: 'Minor',
  ring: (mode: 'major' | 'minor'): string => (mode === 'major' ? 'All major keys' : 'All minor keys'),
  noKeys: 'No key chosen',
  chosen: (keys: number) => count(keys, 'key', 'keys'),
  /** Read out with a key that mixes with the chosen ones. */
  mixes: (level: MixLevel) => `mixes: ${levels[level].toLowerCase()}`,
  levels,
  levelHints: {
    perfect: 'The same key',
    good: 'Hardly a note between them',
    energy: 'A lift or a drop that is heard',
    risky: 'Depends on the tracks: listen first',
  } as Readonly<Record<MixLevel, string>>,
  count: 'Counted by',
  sources: {
    effective: 'Tag, else prediction',
    tag: 'Tag',
    prediction: 'Prediction',
  },
  rule: 'Keys that mix',
  ruleHint:
    'Which steps on the wheel count as compatible in this library: for the wheel, 8A~ and what mixes.',
  preset: 'Rule',
  presets: {
    strict: 'Strict: the same notes only',
    classic: 'Classic: a step, and the relative',
    energy: 'Classic and lifts',
    wide: 'Everything that can work',
  } as Readonly<Record<RulePreset, string>>,
  ownRule: 'Your own',
  steps: {
    adjacent: 'One step round the wheel (8A → 9A, 7A)',
    relative: 'Relative major or minor (8A → 8B)',
    'whole-tone-up': 'Lift by two steps, a whole tone (8A → 10A)',
    'semitone-up': 'Lift by seven steps, a semitone (8A → 3A)',
    'whole-tone-down': 'Drop by two steps (8A → 6A)',
    'semitone-down': 'Drop by seven steps (8A → 1A)',
    diagonal: 'One step and the other ring (8A → 9B, 7B)',
    parallel: 'Same tonic, other mode (8A → 11B)',
  } as Readonly<Record<RuleStep, string>>,
  title: 'Mixes well with',
  open: 'What mixes with this',
  tabs: 'In which order',
  mixesWell: 'Mixes well',
  soundsAlike: 'Sounds alike',
  choose: 'Choose a track to see what mixes with it.',
  chooseHint: 'In the list of tracks, choose one and press “What mixes with this”, or Alt+M.',
  back: 'Back to the track before',
  looking: 'Comparing…',
  none: 'Nothing in the library mixes with it.',
  noneHint: 'The rule of keys that mix may be strict, or tracks lack a key and a tempo.',
  noneAlike: 'There is nothing to compare it with.',
  noSound: 'Sounds can’t be compared yet, so this goes by key and tempo alone.',
  noSoundHint: 'Once tracks were listened to, what sounds alike comes first.',
  listen: 'Listen to the library',
  compared: (tracks: number) => `Of ${count(tracks, 'track', 'tracks')} that were listened to.`,
  playWord: 'Play',
  pauseWord: 'Pause',
  play: (name: string) => `Play “${name}”`,
  pause: (name: string) => `Pause “${name}”`,
  next: (name: string) => `What mixes with “${name}”?`,
  add: (name: string) => `Add “${name}” to a playlist`,
  relation: (relation: KeyRelation) => relations[relation],
  relations,
  clash: 'keys clash',
  keyUnknown: 'key not known',
  pace: (pace: 'same' | 'half' | 'double', shift: number) => {
    const by = Math.abs(shift) < 0.0005 ? 'same tempo' : shiftText.format(shift);
    if (pace === 'same') return by;
    return `${pace === 'half' ? 'half tempo' : 'double tempo'}${Math.abs(shift) < 0.0005 ? '' : `, ${by}`}`;
  },
  tempoFar: 'tempo too far',
  alike: (similarity: number): string => {
    if (similarity > 0.75) return 'very alike';
    if (similarity > 0.45) return 'alike';
    return similarity > 0.1 ? 'somewhat alike' : 'sounds different';
  },
  similarity: (similarity: number) => `${percentage.format(Math.max(0, similarity))} alike`,
  bpm: (bpm: number) => `${number.format(Math.round(bpm * 10) / 10)} BPM`,
  head: { track: 'Track', key: 'Key', why: 'Why', actions: 'Actions' },
};
