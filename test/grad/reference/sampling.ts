import { type Array64, at, build, forEachIndex } from './array.ts';
import type { Call, Operators } from './operator.ts';

/** Thrown back at either edge until it is between them. */
function reflect(x: number, low: number, high: number): number {
  if (low === high) return low;
  let now = x;
  while (now < low || now > high) now = now < low ? 2 * low - now : 2 * high - now;
  return now;
}

function gridSample(call: Call): Array64 {
  const image = call.x;
  const grid = call.input(1);
  const [n, channels, ...sizes] = image.dims as [number, number, number, number];
  const [, height, width] = grid.dims as [number, number, number, number];
  const aligned = call.int('align_corners', 0) === 1;
  const padding = call.text('padding_mode', 'zeros');
  const nearest = call.text('mode', 'linear') === 'nearest';
  const position = (g: number, size: number): number => {
    const x = aligned ? ((g + 1) / 2) * (size - 1) : ((g + 1) * size - 1) / 2;
    if (padding === 'zeros') return x;
    const back = padding === 'border' ? x : aligned ? reflect(x, 0, size - 1) : reflect(x, -0.5, size - 0.5);
    return Math.min(Math.max(back, 0), size - 1);
  };
  const weight = (distance: number): number =>
    nearest ? (Math.abs(distance) < 0.5 ? 1 : 0) : Math.max(0, 1 - Math.abs(distance));
  return build([n, channels, height, width], ([i, channel, row, column]) => {
    const [x, y] = [0, 1].map((k) => position(at(grid, [i!, row!, column!, k]), sizes[1 - k]!)) as [
      number,
      number,
    ];
    let sum = 0;
    forEachIndex(sizes, ([h, w]) => {
      sum += weight(y - h!) * weight(x - w!) * at(image, [i!, channel!, h!, w!]);
    });
    return sum;
  });
}

function affineGrid(call: Call): Array64 {
  const theta = call.x;
  const [n, , ...sizes] = Array.from(call.input(1).data) as [number, number, ...number[]];
  const aligned = call.int('align_corners', 0) === 1;
  return build([n, ...sizes, sizes.length], (index) => {
    const point = sizes
      .map((size, axis) => {
        const i = index[axis + 1]!;
        return aligned ? -1 + (2 * i) / (size - 1) : -1 + (2 * i + 1) / size;
      })
      .reverse();
    const k = index.at(-1)!;
    return [...point, 1].reduce((sum, p, j) => sum + p * at(theta, [index[0]!, k, j]), 0);
  });
}

export const SAMPLING: Operators = { GridSample: gridSample, AffineGrid: affineGrid };
