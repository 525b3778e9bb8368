/** Another viewpoint: a camera that is tilted, or looks from the side. What comes in at the edges is mirrored. */
import { type Corners, movedCorners } from '../augment/change.ts';
import { perspectiveTo, rotationAbout, warp } from '../pixels/warp.ts';
import { type Corruption, level, randomSign } from './corruption.ts';

const DEGREES = [6, 12, 18, 25, 35] as const;
const DISTORTIONS = [0.15, 0.3, 0.45, 0.6, 0.8] as const;

export const VIEWPOINT: readonly Corruption[] = [
  {
    name: 'rotation',
    about: `by ${DEGREES.join(', ')} degrees to either side`,
    apply: (image, severity, random) =>
      warp(image, rotationAbout(image.width, image.height, randomSign(random) * level(DEGREES, severity))),
  },
  {
    name: 'perspective',
    about: `corners moved inwards by up to half of ${DISTORTIONS.join(', ')} of the sides`,
    apply(image, severity, random) {
      const { width, height } = image;
      const inwards = (): number => (random.uniform() * level(DISTORTIONS, severity)) / 2;
      const corners = Array.from({ length: 4 }, () => [inwards(), inwards()] as const) as unknown as Corners;
      return warp(image, perspectiveTo(width, height, movedCorners(width, height, corners)));
    },
  },
];
