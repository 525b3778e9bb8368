/** Something in front: a grey rectangle of the image's shape somewhere in it; that of a higher severity covers the lower's. */
import { fillRectangle } from '../pixels/rectangle.ts';
import { type Corruption, level } from './corruption.ts';

const AREAS = [0.05, 0.12, 0.2, 0.3, 0.42] as const;
const GREY = [128, 128, 128] as const;

export const OCCLUSION: Corruption = {
  name: 'occlusion',
  about: `${AREAS.join(', ')} of the area covered`,
  apply(image, severity, random) {
    const side = Math.sqrt(level(AREAS, severity));
    const [width, height] = [Math.round(side * image.width), Math.round(side * image.height)];
    const left = Math.floor(random.uniform() * (image.width - width + 1));
    const top = Math.floor(random.uniform() * (image.height - height + 1));
    return fillRectangle(image, { left, top, width, height }, GREY);
  },
};
