/** A file compressed too far: libjpeg's quality, colours at half the resolution. */
import sharp from 'sharp';
import { toSharp } from '../pixels/blur.ts';
import { withData } from '../pixels/pixels.ts';
import { type Corruption, level } from './corruption.ts';

const QUALITIES = [30, 20, 14, 9, 5] as const;

export const JPEG: Corruption = {
  name: 'jpeg',
  about: `quality ${QUALITIES.join(', ')}`,
  async apply(image, severity) {
    const quality = level(QUALITIES, severity);
    const file = await (await toSharp(image)).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
    return withData(image, await sharp(file).raw().toBuffer());
  },
};
