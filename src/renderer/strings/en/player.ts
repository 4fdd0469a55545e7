export const player = {
  label: 'Player',
  play: 'Play',
  pause: 'Pause',
  unplayable: 'This file can’t be played: it is damaged, or coded in a way that can’t be decoded.',
  brokenOff: 'The sound broke off. Is the drive still connected?',
};
