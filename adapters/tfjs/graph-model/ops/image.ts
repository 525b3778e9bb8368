import { depthToSpace, resize, spaceToDepth } from '../../ops/index.ts';
import type { Operation, Translation, Translations } from '../operation.ts';
import { inChannelsLast } from './window.ts';

const resizing =
  (kind: 'bilinear' | 'nearest'): Translation =>
  (operation) => {
    const { attributes: a } = operation;
    const [height, width] = operation.ints(1);
    const options = { alignCorners: a.bool('align_corners'), halfPixelCenters: a.bool('half_pixel_centers') };
    return resize(operation.builder, kind, operation.x(0), [height!, width!], options);
  };

const blocks =
  (kind: typeof spaceToDepth): Translation =>
  (operation) => {
    const size = operation.attributes.int('block_size', undefined) ?? operation.fail('has no block_size');
    return inChannelsLast(operation, operation.x(), (b, x) => kind(b, x, size));
  };

/** Input `i`, [spatial axes, 2]: before and after, for each of them. */
function pairs(operation: Operation, i: number): [number, number][] {
  const flat = operation.ints(i);
  return Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n]!, flat[2 * n + 1]!]);
}

/** Inputs: x [batch, ...spatial, rest], block, paddings. Blocks of the padded positions go to the batch, in front. */
const spaceToBatch: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.x(0);
  const block = operation.ints(1);
  const n = block.length;
  const padding = pairs(operation, 2);
  const none = Array.from({ length: x.shape.length - n - 1 }, () => 0);
  const padded = b.pad(x, [0, ...padding.map((p) => p[0]), ...none, 0, ...padding.map((p) => p[1]), ...none]);
  const sizes = padded.shape.slice(1) as number[];
  if (sizes.some((size) => typeof size !== 'number')) return operation.fail('needs fixed sizes');
  const outer = sizes.map((size, i) => (i < n ? size / block[i]! : size));
  // [batch, h/bh, bh, w/bw, bw, rest]
  const apart = b.reshape(padded, [
    batchOf(padded.shape[0]!),
    ...outer.flatMap((o, i) => (i < n ? [o, block[i]!] : [o])),
  ]);
  const moved = b.transpose(apart, [
    ...block.map((_, i) => 2 * i + 2),
    0,
    ...block.map((_, i) => 2 * i + 1),
    ...none.map((_, i) => 2 * n + 1 + i),
  ]);
  return b.reshape(moved, [-1, ...outer]);
};

/** Inputs: x, block, crops: the opposite of SpaceToBatchND. */
const batchToSpace: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.x(0);
  const block = operation.ints(1);
  const n = block.length;
  const crops = pairs(operation, 2);
  const sizes = x.shape.slice(1) as number[];
  if (sizes.some((size) => typeof size !== 'number')) return operation.fail('needs fixed sizes');
  const apart = b.reshape(x, [...block, -1, ...sizes]);
  // [batch, h, bh, w, bw, rest]
  const moved = b.transpose(apart, [
    n,
    ...block.flatMap((_, i) => [n + 1 + i, i]),
    ...sizes.slice(n).map((_, i) => 2 * n + 1 + i),
  ]);
  const joined = b.reshape(moved, [-1, ...sizes.map((size, i) => (i < n ? size * block[i]! : size))]);
  const axes = crops.flatMap(([before, after], i) => (before > 0 || after > 0 ? [i] : []));
  if (axes.length === 0) return joined;
  const at = axes.map((i) => i + 1);
  const starts = axes.map((i) => crops[i]![0]);
  const ends = axes.map((i) => (joined.shape[i + 1] as number) - crops[i]![1]);
  return b.slice(joined, starts, ends, at);
};

const batchOf = (dim: number | string): number => (typeof dim === 'number' ? dim : 0);

export const IMAGES: Translations = {
  ResizeBilinear: resizing('bilinear'),
  ResizeNearestNeighbor: resizing('nearest'),
  SpaceToDepth: blocks(spaceToDepth),
  DepthToSpace: blocks(depthToSpace),
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
};
