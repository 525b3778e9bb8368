/**
 * GridSample: each output position reads the image at a point that the grid gives, g from -1 to 1 along each axis,
 *   x = g size / 2 + (size - 1) / 2          where -1 and 1 are the outer edges of the pixels,
 *   x = (g + 1) (size - 1) / 2               where they are their centres (align_corners).
 * It is the sum of the four pixels around the point, each weighted by (1 - |x - column|) (1 - |y - row|), or the nearest.
 * Outside the image are zeros, or the pixel at the border, or the image again, reflected at its edges.
 * AffineGrid: such a grid, made of the pixels' own points by an affine map for each image.
 */
import { float32, int, intAttribute, stringAttribute, toNumbers, type Value } from '../../graph/index.ts';
import { productOf } from '../axes.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';

/** A pixel's place along one axis, int64, and its weight there. */
interface Tap {
  readonly place: Value;
  readonly weight: Value;
}

function gridSample(c: NodeContext): Value[] {
  const b = c.builder;
  const [n, channels, ...sizes] = c.shape(0) as [number, number, ...number[]];
  if (sizes.length !== 2) throw c.unsupported('it samples something else than images of two axes');
  if (stringAttribute(c.node, 'mode') === 'cubic')
    throw c.unsupported('it interpolates by cubic polynomials');
  const [, height, width] = c.shape(1) as [number, number, number];
  const count = height * width;
  const [columns, rows] = b
    .split(c.input(1), [1, 1], 3)
    .map((g, i) => taps(c, b.reshape(g, [n, count, 1]), sizes[1 - i]!)) as [Tap[], Tap[]];
  const corners = rows.flatMap((row) =>
    columns.map((column) => ({
      places: b.concat([row.place, column.place], 2),
      weight: b.mul(row.weight, column.weight),
    })),
  );
  const places = b.concat(
    corners.map((corner) => corner.places),
    1,
  );
  const weights = b.concat(
    corners.map((corner) => corner.weight),
    1,
  );
  const pixels = b.op('GatherND', [b.transpose(c.input(0), [0, 2, 3, 1]), places], { batch_dims: int(1) });
  const weighted = b.mul(pixels, b.cast(weights, pixels.dtype));
  const sum = b.reduceSum(b.reshape(weighted, [n, corners.length, count, channels]), [1]);
  return [b.reshape(b.transpose(sum, [0, 2, 1]), [n, channels, height, width])];
}

/** The pixels that points between -1 and 1 along an axis of `size` pixels read. */
function taps(c: NodeContext, points: Value, size: number): Tap[] {
  const b = c.builder;
  const x = inside(c, positions(c, points, size), size);
  const isLinear = stringAttribute(c.node, 'mode') !== 'nearest';
  const first = b.op(isLinear ? 'Floor' : 'Round', [x]);
  const one = b.scalar(1, x);
  const share = b.sub(x, first);
  const pixels: [pixel: Value, weight: Value][] = isLinear
    ? [
        [first, b.sub(one, share)],
        [b.add(first, one), share],
      ]
    : [[first, b.expand(one, x.shape as number[])]];
  return pixels.map(([pixel, weight]) => ({
    place: b.cast(limited(c, pixel, 0, size - 1), 'int64'),
    weight: paddingOf(c) === 'zeros' ? b.mul(weight, isPixel(c, pixel, size)) : weight,
  }));
}

const paddingOf = (c: NodeContext): string => stringAttribute(c.node, 'padding_mode');

/** Where points lie among pixels that are counted from 0. */
function positions(c: NodeContext, points: Value, size: number): Value {
  const b = c.builder;
  const half = (isAligned(c) ? size - 1 : size) / 2;
  return b.add(b.mul(points, b.scalar(half, points)), b.scalar((size - 1) / 2, points));
}

const isAligned = (c: NodeContext): boolean => intAttribute(c.node, 'align_corners') === 1;

/** Positions brought into the image, unless zeros are around it. */
function inside(c: NodeContext, x: Value, size: number): Value {
  if (paddingOf(c) === 'zeros') return x;
  return limited(c, paddingOf(c) === 'reflection' ? reflected(c, x, size) : x, 0, size - 1);
}

/** Positions thrown back at the image's edges as often as it takes: a wave of triangles. */
function reflected(c: NodeContext, x: Value, size: number): Value {
  const b = c.builder;
  const low = isAligned(c) ? 0 : -0.5;
  const span = isAligned(c) ? size - 1 : size;
  if (span === 0) return b.mul(x, b.scalar(0, x));
  const way = b.sub(x, b.scalar(low, x));
  const period = b.scalar(2 * span, x);
  const rest = b.sub(way, b.mul(b.op('Floor', [b.div(way, period)]), period));
  return b.sub(b.scalar(low + span, x), b.op('Abs', [b.sub(rest, b.scalar(span, x))]));
}

const limited = (c: NodeContext, x: Value, low: number, high: number): Value =>
  c.builder.op('Clip', [x, c.builder.scalar(low, x), c.builder.scalar(high, x)]);

/** 1 where a whole position is one of the axis, 0 outside. */
function isPixel(c: NodeContext, pixel: Value, size: number): Value {
  const b = c.builder;
  const within = [b.greater(pixel, b.scalar(-1, pixel)), b.less(pixel, b.scalar(size, pixel))] as const;
  return b.cast(b.op('And', within), pixel.dtype);
}

/** @returns theta [n, axes, axes + 1] times the points (x, y, …, 1) of the pixels: [n, …sizes, axes]. */
function affineGrid(c: NodeContext): Value[] {
  const b = c.builder;
  const theta = c.input(0);
  const size = c.known(1);
  if (!size) throw c.unsupported('its size is known only when it runs');
  const [n, , ...sizes] = toNumbers(size) as [number, number, ...number[]];
  if (isAligned(c) && sizes.includes(1))
    throw c.unsupported('an axis of one element has no corners to align');
  const count = productOf(sizes);
  const base = Array.from({ length: count }, (_, k) => [...pointOf(c, sizes, k), 1]);
  const points = float32(Float32Array.from(base.flat()), [count, sizes.length + 1]);
  const grid = b.matMul(b.cast(b.constant(points), theta.dtype), b.transpose(theta, [0, 2, 1]));
  return [b.reshape(grid, [n, ...sizes, sizes.length])];
}

/** The point of a pixel, the last axis first. */
function pointOf(c: NodeContext, sizes: readonly number[], pixel: number): number[] {
  let rest = pixel;
  return sizes.toReversed().map((size) => {
    const i = rest % size;
    rest = Math.floor(rest / size);
    return isAligned(c) ? (2 * i) / (size - 1) - 1 : (2 * i + 1) / size - 1;
  });
}

export const SAMPLING_DECOMPOSITIONS: readonly DecompositionRule[] = [
  {
    op: 'GridSample',
    form: 'the sum of GatherND(image, Floor(position)) and its neighbours, weighted',
    limits: 'Not cubic, and not of volumes.',
    decompose: gridSample,
  },
  { op: 'AffineGrid', form: 'MatMul(points, Transpose(theta))', decompose: affineGrid },
];
