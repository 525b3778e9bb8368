/** One change of a decoded image with everything about it drawn, and its application. */
import { gaussianBlur } from '../pixels/blur.ts';
import { hue, saturation } from '../pixels/colour.ts';
import { gaussianNoise } from '../pixels/noise.ts';
import type { Pixels } from '../pixels/pixels.ts';
import { fillRectangle } from '../pixels/rectangle.ts';
import { brightness, contrast } from '../pixels/tone.ts';
import { compose, type Homography, type Point, perspectiveTo, rotationAbout, warp } from '../pixels/warp.ts';
import { randomStream } from '../random.ts';

/** How far each corner moves inwards: shares of width and height, from the upper left corner clockwise. */
export type Corners = readonly [
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
];

export type Change =
  /** A rotation, counterclockwise, and then the perspective. */
  | { readonly kind: 'warp'; readonly degrees: number; readonly corners: Corners | undefined }
  | { readonly kind: 'brightness' | 'contrast' | 'saturation'; readonly factor: number }
  | { readonly kind: 'hue'; readonly turn: number }
  | { readonly kind: 'blur'; readonly sigma: number }
  | { readonly kind: 'noise'; readonly deviation: number; readonly seed: number }
  /** area: share of the image; aspect: width / height; x, y in [0, 1): place within the room left. */
  | {
      readonly kind: 'erase';
      readonly area: number;
      readonly aspect: number;
      readonly x: number;
      readonly y: number;
    };

/** @param blank the colour that the model sees as 0, which erased parts get. */
export async function applyChanges(
  image: Pixels,
  changes: readonly Change[],
  blank: readonly [number, number, number],
): Promise<Pixels> {
  let changed = image;
  for (const change of changes) changed = await apply(changed, change, blank);
  return changed;
}

function apply(
  image: Pixels,
  change: Change,
  blank: readonly [number, number, number],
): Pixels | Promise<Pixels> {
  switch (change.kind) {
    case 'warp':
      return warp(image, warpOf(image, change.degrees, change.corners));
    case 'brightness':
      return brightness(image, change.factor);
    case 'contrast':
      return contrast(image, change.factor);
    case 'saturation':
      return saturation(image, change.factor);
    case 'hue':
      return hue(image, change.turn);
    case 'blur':
      return gaussianBlur(image, change.sigma);
    case 'noise':
      return gaussianNoise(image, change.deviation, randomStream(change.seed, 'noise'));
    case 'erase':
      return erase(image, change, blank);
  }
}

function warpOf({ width, height }: Pixels, degrees: number, corners: Corners | undefined): Homography {
  const turned = rotationAbout(width, height, degrees);
  return corners
    ? compose(turned, perspectiveTo(width, height, movedCorners(width, height, corners)))
    : turned;
}

/** Places of an image's corners that moved inwards. */
export function movedCorners(
  width: number,
  height: number,
  [a, b, c, d]: Corners,
): readonly [Point, Point, Point, Point] {
  return [
    { x: width * a[0], y: height * a[1] },
    { x: width * (1 - b[0]), y: height * b[1] },
    { x: width * (1 - c[0]), y: height * (1 - c[1]) },
    { x: width * d[0], y: height * (1 - d[1]) },
  ];
}

function erase(
  image: Pixels,
  { area, aspect, x, y }: Extract<Change, { kind: 'erase' }>,
  blank: readonly [number, number, number],
): Pixels {
  const pixels = area * image.width * image.height;
  const width = Math.min(image.width, Math.round(Math.sqrt(pixels * aspect)));
  const height = Math.min(image.height, Math.round(Math.sqrt(pixels / aspect)));
  const left = Math.floor(x * (image.width - width + 1));
  const top = Math.floor(y * (image.height - height + 1));
  return fillRectangle(image, { left, top, width, height }, blank);
}
