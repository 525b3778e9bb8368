/** A lens out of focus, and a camera that moved in a direction drawn for each image. */
import { defocusBlur, motionBlur } from '../pixels/blur.ts';
import { type Corruption, level, shorterSide } from './corruption.ts';

const RADII = [0.015, 0.022, 0.03, 0.04, 0.055] as const;
const LENGTHS = [0.05, 0.08, 0.12, 0.17, 0.23] as const;

export const BLUR: readonly Corruption[] = [
  {
    name: 'defocus-blur',
    about: `a disc of radius ${RADII.join(', ')} of the shorter side`,
    apply: (image, severity) => defocusBlur(image, level(RADII, severity) * shorterSide(image)),
  },
  {
    name: 'motion-blur',
    about: `a line of length ${LENGTHS.join(', ')} of the shorter side`,
    apply: (image, severity, random) =>
      motionBlur(image, level(LENGTHS, severity) * shorterSide(image), Math.PI * random.uniform()),
  },
];
