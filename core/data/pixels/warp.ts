/**
 * Rotation and perspective, in one resampling. A homography H maps a place of the new image to one of the old:
 * (X, Y, W) = H (x, y, 1), old place (X / W, Y / W), in pixels from the upper left corner, so that pixel i has its centre at
 * i + 0.5. Between pixels the values are bilinear, as torchvision's; outside the image they are mirrored, where torchvision
 * has black: no corners that no photograph has.
 */
import { type Pixels, withData } from './pixels.ts';

/** Nine numbers, row by row. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** @param degrees counterclockwise, about the centre. */
export function rotationAbout(width: number, height: number, degrees: number): Homography {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cx, cy] = [width / 2, height / 2];
  return [cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy, 0, 0, 1];
}

/**
 * Draws the image into a quadrilateral.
 * @param corners places in the new image of the old one's upper left, upper right, lower right and lower left corner.
 */
export function perspectiveTo(
  width: number,
  height: number,
  corners: readonly [Point, Point, Point, Point],
): Homography {
  const inverse = adjugate(squareToQuadrilateral(corners));
  // From the unit square to pixels.
  return inverse.map((value, i) =>
    i < 3 ? width * value : i < 6 ? height * value : value,
  ) as unknown as Homography;
}

/** Heckbert 1989, "Fundamentals of texture mapping and image warping", 2.2.3: (0,0), (1,0), (1,1), (0,1) to the corners. */
function squareToQuadrilateral([p, q, r, s]: readonly [Point, Point, Point, Point]): Homography {
  const [dx1, dx2, dx3] = [q.x - r.x, s.x - r.x, p.x - q.x + r.x - s.x];
  const [dy1, dy2, dy3] = [q.y - r.y, s.y - r.y, p.y - q.y + r.y - s.y];
  const area = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / area;
  const h = (dx1 * dy3 - dx3 * dy1) / area;
  return [
    q.x - p.x + g * q.x,
    s.x - p.x + h * s.x,
    p.x,
    q.y - p.y + g * q.y,
    s.y - p.y + h * s.y,
    p.y,
    g,
    h,
    1,
  ];
}

/** The inverse but for a factor, which a homography does not feel. */
function adjugate([a, b, c, d, e, f, g, h, i]: Homography): Homography {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}

/** First `inner`'s map, then `outer`'s: from the newest image over the one between to the oldest. */
export function compose(outer: Homography, inner: Homography): Homography {
  return Array.from({ length: 9 }, (_, k) => {
    const [row, column] = [3 * Math.floor(k / 3), k % 3];
    return (
      outer[row]! * inner[column]! +
      outer[row + 1]! * inner[column + 3]! +
      outer[row + 2]! * inner[column + 6]!
    );
  }) as unknown as Homography;
}

export function warp(image: Pixels, homography: Homography): Pixels {
  const { data, width, height } = image;
  const [a, b, c, d, e, f, g, h, i] = homography;
  const out = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0.5; y < height; y++)
    for (let x = 0.5; x < width; x++, to += 3) {
      const depth = g * x + h * y + i;
      const fromX = (a * x + b * y + c) / depth - 0.5;
      const fromY = (d * x + e * y + f) / depth - 0.5;
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const right = fromX - left;
      const low = fromY - top;
      const x0 = mirrored(left, width);
      const x1 = mirrored(left + 1, width);
      const y0 = mirrored(top, height) * width;
      const y1 = mirrored(top + 1, height) * width;
      const p00 = 3 * (y0 + x0);
      const p01 = 3 * (y0 + x1);
      const p10 = 3 * (y1 + x0);
      const p11 = 3 * (y1 + x1);
      const w01 = right * (1 - low);
      const w10 = (1 - right) * low;
      const w11 = right * low;
      const w00 = 1 - w01 - w10 - w11;
      for (let k = 0; k < 3; k++)
        out[to + k] =
          data[p00 + k]! * w00 + data[p01 + k]! * w01 + data[p10 + k]! * w10 + data[p11 + k]! * w11 + 0.5;
    }
  return withData(image, out);
}

/** ... 1 0 | 0 1 ... n-1 | n-1 n-2 ...; a place that no image reaches (beyond a horizon) is the nearest edge's. */
function mirrored(i: number, n: number): number {
  if (i >= 0 && i < n) return i;
  const k = ((i % (2 * n)) + 2 * n) % (2 * n);
  const inside = k < n ? k : 2 * n - 1 - k;
  return Number.isFinite(inside) ? inside : 0;
}
