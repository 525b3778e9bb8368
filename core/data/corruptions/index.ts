import type { Pixels } from '../pixels/pixels.ts';
import { randomStream } from '../random.ts';
import { BLUR } from './blur.ts';
import { COLOUR_CAST } from './colour-cast.ts';
import { CONTRAST } from './contrast.ts';
import type { Corruption, Severity } from './corruption.ts';
import { GAMMA } from './gamma.ts';
import { HAZE } from './haze.ts';
import { JPEG } from './jpeg.ts';
import { LIGHT } from './light.ts';
import { NOISE } from './noise.ts';
import { OCCLUSION } from './occlusion.ts';
import { PIXELATE } from './pixelate.ts';
import { VIEWPOINT } from './viewpoint.ts';

export { type Corruption, SEVERITIES, type Severity } from './corruption.ts';

/** In the order of the tables. */
export const CORRUPTIONS: readonly Corruption[] = [
  ...LIGHT,
  CONTRAST,
  GAMMA,
  COLOUR_CAST,
  ...NOISE,
  ...BLUR,
  JPEG,
  PIXELATE,
  HAZE,
  ...VIEWPOINT,
  OCCLUSION,
];

/**
 * The corrupted image: a function of the seed, the corruption, the image and the severity alone.
 * @param id what tells the image from others, as its path within the data.
 */
export async function corrupt(
  image: Pixels,
  corruption: Corruption,
  severity: Severity,
  seed: number,
  id: string,
): Promise<Pixels> {
  return corruption.apply(image, severity, randomStream(seed, 'corruption', corruption.name, id));
}
