/** More and less light, as an exposure has it: v times a factor. */
import { brightness } from '../pixels/tone.ts';
import { type Corruption, level } from './corruption.ts';

const BRIGHTER = [1.25, 1.5, 1.8, 2.2, 2.8] as const;
const DARKER = [0.7, 0.5, 0.35, 0.22, 0.12] as const;

export const LIGHT: readonly Corruption[] = [
  {
    name: 'brightness-up',
    about: `values times ${BRIGHTER.join(', ')}`,
    apply: (image, severity) => brightness(image, level(BRIGHTER, severity)),
  },
  {
    name: 'brightness-down',
    about: `values times ${DARKER.join(', ')}`,
    apply: (image, severity) => brightness(image, level(DARKER, severity)),
  },
];
