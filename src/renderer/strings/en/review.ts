import { count, number } from './formats.ts';

export const review = {
  task: 'What to review',
  scope: 'Which tracks',
  scopes: {
    missing: 'Without a tag',
    differs: 'Tagged otherwise',
    all: 'All predictions',
  },
  order: 'Order',
  surestFirst: 'Surest first',
  unsureFirst: 'Least sure first',
  queue: 'Waiting for review',
  left: (left: number, decided: number) =>
    decided === 0
      ? `${count(left, 'prediction', 'predictions')} to review`
      : `${number.format(left)} left, ${number.format(decided)} done`,
  accept: (label: string) => `${label} is right`,
  runnerUp: (label: string) => `It is ${label}`,
  change: 'Something else…',
  changeTo: { key: 'The key is', genre: 'The genre is' },
  changeDone: 'Done',
  reject: 'Wrong',
  skip: 'Skip',
  hint: 'What you accept or change is remembered, and waits as an edit where the tag says otherwise. Nothing is written before you say so.',
  none: 'Nothing left to review here.',
  noneHint: 'Listen to more tracks, or choose other ones above.',
  noneDone: (decided: number) =>
    `${count(decided, 'prediction', 'predictions')} reviewed. What was accepted waits to be written.`,
  from: 'At least',
  acceptAll: (tracks: number) => `Accept all ${number.format(tracks)}`,
  acceptAllSure: (tracks: number, from: string) =>
    `Accept ${count(tracks, 'prediction', 'predictions')} that are ${from} sure or more?`,
  acceptAllYes: 'Accept',
  acceptAllNo: 'Not now',
};
