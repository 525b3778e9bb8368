/** A wrong tone curve: 255 (v / 255)^g, for half of the images darker (g), for the others lighter (1 / g). */
import { gamma } from '../pixels/tone.ts';
import { type Corruption, level, randomSign } from './corruption.ts';

const EXPONENTS = [1.25, 1.5, 1.9, 2.4, 3] as const;

export const GAMMA: Corruption = {
  name: 'gamma',
  about: `an exponent of ${EXPONENTS.join(', ')}, or one over it`,
  apply: (image, severity, random) => gamma(image, level(EXPONENTS, severity) ** randomSign(random)),
};
