/** Where in an image the model's input lies. */
import type { Preprocess } from './preprocess.ts';

/** Longest side, in pixels, to which an image is resized around a crop. */
export const MAX_RESIZED_SIDE = 16384;

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The size to which the whole image is resized, and where in it the model's input lies. */
export interface Place {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** Where the model's input lies in an image that is not cropped at random: all of it, or its centre. */
export function placeWhole(size: ImageSize, p: Preprocess): Place {
  return p.resize === 'stretch'
    ? { width: p.width, height: p.height, left: 0, top: 0 }
    : placeCentre(size, p);
}

/**
 * torchvision's Resize and CenterCrop: the shorter side exactly, the longer one cut down to whole pixels. (sharp's own
 * fitting rounds the longer side, which shifts the crop by up to half a pixel.)
 */
function placeCentre(size: ImageSize, p: Preprocess): Place {
  const enlarge = p.resizeTo / Math.min(p.width, p.height);
  const [targetWidth, targetHeight] = [Math.round(p.width * enlarge), Math.round(p.height * enlarge)];
  const wide = size.width * targetHeight > size.height * targetWidth;
  const width = wide ? longer(targetHeight, size.width / size.height) : targetWidth;
  const height = wide ? targetHeight : longer(targetWidth, size.height / size.width);
  return { width, height, left: centre(width - p.width), top: centre(height - p.height) };
}

/** Bounded, so that a strip of a picture costs no more than its crop. */
function longer(shorter: number, aspect: number): number {
  return Math.min(MAX_RESIZED_SIDE, Math.floor(shorter * aspect));
}

/** Half of the room, rounded to the even neighbour as Python rounds. */
function centre(room: number): number {
  const half = Math.floor(room / 2);
  return room % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}
