/**
 * The weights by which one axis is resized, after the ONNX specification of Resize. An output position o lies at a
 * position x of the input,
 *   half_pixel                 x = (o + 1/2) / scale - 1/2
 *   pytorch_half_pixel         the same, but 0 where the output has one element
 *   half_pixel_symmetric       the same about the middle, where scale * from is no whole number
 *   asymmetric                 x = o / scale
 *   align_corners              x = o (from - 1) / (to - 1), 0 where the output has one element
 *   tf_half_pixel_for_nn       x = (o + 1/2) / scale
 *   tf_crop_and_resize         x = (begin + o (end - begin) / (to - 1)) (from - 1), and nothing outside the input
 * and is made of the elements around it: of one (nearest), of two (linear), of four (cubic, by Keys' kernel). With
 * antialiasing, where an axis shrinks, the kernel is widened by 1 / scale, and the weights of a position are made to sum to 1.
 */
export interface Resampling {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** ONNX's coordinate_transformation_mode. */
  readonly coordinates: string;
  /** ONNX's nearest_mode. */
  readonly nearest: string;
  /** ONNX's cubic_coeff_a. */
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
  /** Begin and end of the cropped region, as shares of the input. */
  readonly region: readonly [number, number];
}

/** Whether what is between the positions counts, too. */
export const isSmoothed = ({ antialias, scale }: Resampling): boolean => antialias && scale < 1;

/** One row an output position: the weight of each input position that it is made of. */
export function resamplingRows(r: Resampling): Map<number, number>[] {
  return Array.from({ length: r.to }, (_, o) => {
    const x = positionOf(r, o);
    if (r.coordinates === 'tf_crop_and_resize' && (x < 0 || x > r.from - 1)) return new Map<number, number>();
    if (r.mode === 'nearest') return nearestRow(r, x);
    return r.mode === 'linear' && !isSmoothed(r) ? linearRow(r, x) : kernelRow(r, x);
  });
}

function positionOf({ from, to, scale, coordinates, region }: Resampling, o: number): number {
  switch (coordinates) {
    case 'asymmetric':
      return o / scale;
    case 'align_corners':
      return to === 1 ? 0 : (o * (from - 1)) / (to - 1);
    case 'pytorch_half_pixel':
      return to > 1 ? (o + 0.5) / scale - 0.5 : 0;
    case 'half_pixel_symmetric': {
      const adjustment = to / (scale * from);
      return (from / 2) * (1 - adjustment) + (o + 0.5) / scale - 0.5;
    }
    case 'tf_half_pixel_for_nn':
      return (o + 0.5) / scale;
    case 'tf_crop_and_resize': {
      const [begin, end] = region;
      if (to === 1) return 0.5 * (begin + end) * (from - 1);
      return begin * (from - 1) + (o * (end - begin) * (from - 1)) / (to - 1);
    }
    default:
      return (o + 0.5) / scale - 0.5;
  }
}

const clamp = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);

/** Positions are computed in float32 there; a product that should be a whole number is one. */
const settle = (x: number): number => (Math.abs(x - Math.round(x)) < 1e-5 ? Math.round(x) : x);

function nearestRow({ from, nearest }: Resampling, position: number): Map<number, number> {
  const twice = settle(2 * position);
  const x = Number.isInteger(twice) ? twice / 2 : position;
  const pick =
    nearest === 'floor'
      ? Math.floor(x)
      : nearest === 'ceil'
        ? Math.ceil(x)
        : nearest === 'round_prefer_ceil'
          ? Math.floor(x + 0.5)
          : Math.ceil(x - 0.5);
  return new Map([[clamp(pick, from), 1]]);
}

function linearRow({ from }: Resampling, position: number): Map<number, number> {
  const x = Math.min(Math.max(position, 0), from - 1);
  const low = Math.floor(x);
  const share = x - low;
  const row = new Map([[low, 1 - share]]);
  if (share > 0) row.set(low + 1, share);
  return row;
}

/** Keys' kernel at a distance. */
function cubicKernel(a: number, distance: number): number {
  const s = Math.abs(distance);
  if (s <= 1) return ((a + 2) * s - (a + 3)) * s * s + 1;
  return s < 2 ? ((a * s - 5 * a) * s + 8 * a) * s - 4 * a : 0;
}

const linearKernel = (distance: number): number => Math.max(0, 1 - Math.abs(distance));

/** Weights by the distance from x; those outside go to the border, or nowhere. */
function kernelRow(r: Resampling, x: number): Map<number, number> {
  const width = isSmoothed(r) ? 1 / r.scale : 1;
  const reach = width * (r.mode === 'linear' ? 1 : 2);
  const taps: [place: number, weight: number][] = [];
  for (let place = Math.floor(x - reach) + 1; place <= Math.ceil(x + reach) - 1; place++) {
    if (r.excludeOutside && (place < 0 || place >= r.from)) continue;
    const distance = (place - x) / width;
    const weight = r.mode === 'linear' ? linearKernel(distance) : cubicKernel(r.cubic, distance);
    taps.push([clamp(place, r.from), weight]);
  }
  const total = taps.reduce((sum, [, weight]) => sum + weight, 0);
  const row = new Map<number, number>();
  for (const [place, weight] of taps)
    if (weight !== 0) row.set(place, (row.get(place) ?? 0) + weight / total);
  return row;
}
