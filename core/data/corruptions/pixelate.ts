/** Too few pixels: the image made smaller, each new pixel the mean of those that it covers, and drawn large again. */
import { toSharp } from '../pixels/blur.ts';
import { withData } from '../pixels/pixels.ts';
import { type Corruption, level } from './corruption.ts';

const SHARES = [0.6, 0.45, 0.33, 0.25, 0.17] as const;

export const PIXELATE: Corruption = {
  name: 'pixelate',
  about: `sides of ${SHARES.join(', ')} as many pixels`,
  async apply(image, severity) {
    const share = level(SHARES, severity);
    const size = (side: number): number => Math.max(1, Math.round(side * share));
    const [width, height] = [size(image.width), size(image.height)];
    const small = await (await toSharp(image))
      .resize(width, height, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    const large = (await toSharp({ data: small, width, height })).resize(image.width, image.height, {
      fit: 'fill',
      kernel: 'nearest',
    });
    return withData(image, await large.raw().toBuffer());
  },
};
