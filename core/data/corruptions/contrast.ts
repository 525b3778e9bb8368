/** Less contrast: f v + (1 - f) m around the mean m of each channel. */
import { channelContrast } from '../pixels/tone.ts';
import { type Corruption, level } from './corruption.ts';

const FACTORS = [0.7, 0.5, 0.35, 0.2, 0.1] as const;

export const CONTRAST: Corruption = {
  name: 'contrast',
  about: `distance from the mean of each channel times ${FACTORS.join(', ')}`,
  apply: (image, severity) => channelContrast(image, level(FACTORS, severity)),
};
