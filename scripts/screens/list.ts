import { EDITING } from './areas/editing.ts';
import { LIBRARY } from './areas/library.ts';
import { LISTENING } from './areas/listening.ts';
import { MIXING } from './areas/mixing.ts';
import type { Screen } from './screen.ts';

/**
 * Every screen and dialog, in the order in which somebody meets them. Steps find things by the words of `t`, and leave
 * the library so that the next ones find what they need: those that change it stand last.
 */
export const SCREENS: readonly Screen[] = [...LIBRARY, ...MIXING, ...LISTENING, ...EDITING];
