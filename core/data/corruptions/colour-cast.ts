/**
 * Coloured light or a wrong white balance: channel c times 1 + s cos(a + 2 pi c / 3), with an angle a drawn for each image,
 * so that what one channel gains the others lose.
 */
import { gains } from '../pixels/tone.ts';
import { type Corruption, level } from './corruption.ts';

const STRENGTHS = [0.1, 0.2, 0.3, 0.45, 0.6] as const;

export const COLOUR_CAST: Corruption = {
  name: 'colour-cast',
  about: `channels gain and lose up to ${STRENGTHS.join(', ')} of their value`,
  apply(image, severity, random) {
    const angle = 2 * Math.PI * random.uniform();
    const gain = (channel: number): number =>
      1 + level(STRENGTHS, severity) * Math.cos(angle + (2 * Math.PI * channel) / 3);
    return gains(image, [gain(0), gain(1), gain(2)]);
  },
};
