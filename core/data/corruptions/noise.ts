/** Noise of a sensor: electronic (Gaussian) and of the light itself (Poisson). Strengths of Hendrycks and Dietterich. */
import { gaussianNoise, shotNoise } from '../pixels/noise.ts';
import { type Corruption, level } from './corruption.ts';

const DEVIATIONS = [0.08, 0.12, 0.18, 0.26, 0.38] as const;
const PHOTONS = [60, 25, 12, 5, 3] as const;

export const NOISE: readonly Corruption[] = [
  {
    name: 'gaussian-noise',
    about: `a deviation of ${DEVIATIONS.join(', ')} of the whole range`,
    apply: (image, severity, random) => gaussianNoise(image, level(DEVIATIONS, severity), random),
  },
  {
    name: 'shot-noise',
    about: `${PHOTONS.join(', ')} photons at full white`,
    apply: (image, severity, random) => shotNoise(image, level(PHOTONS, severity), random),
  },
];
