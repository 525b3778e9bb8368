/** The window of a random resized crop, for an image of known size. */
import type { Rectangle } from '../pixels/rectangle.ts';
import type { Augmentation } from './draw.ts';

/**
 * @param aspect width / height that the window has at ratio 1: the input's where pixels keep their shape, the image's own
 * where the model sees stretched images.
 * @returns whole pixels inside the image, or undefined without a random crop.
 */
export function cropWindow(
  augmentation: Augmentation,
  width: number,
  height: number,
  aspect: number,
): Rectangle | undefined {
  if (!augmentation.windows) return undefined;
  for (const draw of augmentation.windows) {
    const area = width * height * draw.area;
    const w = Math.round(Math.sqrt(area * draw.aspect * aspect));
    const h = Math.round(Math.sqrt(area / (draw.aspect * aspect)));
    if (w > 0 && w <= width && h > 0 && h <= height)
      return {
        left: Math.floor(draw.x * (width - w + 1)),
        top: Math.floor(draw.y * (height - h + 1)),
        width: w,
        height: h,
      };
  }
  const [low, high] = augmentation.ratio;
  const nearest = Math.min(Math.max(width / height, low * aspect), high * aspect);
  const w = Math.max(1, Math.min(width, Math.round(height * nearest)));
  const h = Math.max(1, Math.min(height, Math.round(width / nearest)));
  return { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h };
}
