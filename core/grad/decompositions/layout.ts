/**
 * Blocks of pixels to channels and back: a reshape, a transposition, a reshape. Margins cut and added around the middle.
 * onnxruntime's own ops for what standard ones do since.
 */
import { attributesOf, intAttribute, intsAttribute, stringAttribute, type Value } from '../../graph/index.ts';
import { normalizeAxis } from '../axes.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { MICROSOFT } from './domain.ts';

function depthToSpace(c: NodeContext): Value[] {
  const b = c.builder;
  const [n, channels, height, width] = c.shape(0) as [number, number, number, number];
  const block = intAttribute(c.node, 'blocksize');
  const depth = channels / (block * block);
  const columnFirst = stringAttribute(c.node, 'mode') === 'CRD';
  const split = columnFirst
    ? [n, depth, block, block, height, width]
    : [n, block, block, depth, height, width];
  const moved = b.transpose(
    b.reshape(c.input(0), split),
    columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2],
  );
  return [b.reshape(moved, [n, depth, height * block, width * block])];
}

function spaceToDepth(c: NodeContext): Value[] {
  const b = c.builder;
  const [n, channels, height, width] = c.shape(0) as [number, number, number, number];
  const block = intAttribute(c.node, 'blocksize');
  const split = [n, channels, height / block, block, width / block, block];
  const moved = b.transpose(b.reshape(c.input(0), split), [0, 3, 5, 1, 2, 4]);
  return [b.reshape(moved, [n, channels * block * block, height / block, width / block])];
}

/** Cut, then padded with zeros; of an odd difference, the smaller half comes first. */
function centerCropPad(c: NodeContext): Value[] {
  const b = c.builder;
  const size = c.shape(0);
  const rank = size.length;
  const wanted = [...size];
  const axes = intsAttribute(c.node, 'axes', undefined) ?? size.map((_, i) => i);
  c.integers('shape', 1)!.forEach((n, i) => {
    wanted[normalizeAxis(axes[i]!, rank)] = n;
  });
  const half = (n: number): number => Math.floor(Math.max(0, n) / 2);
  const cut = size.flatMap((n, i) => (n > wanted[i]! ? [i] : []));
  const starts = cut.map((i) => half(size[i]! - wanted[i]!));
  const ends = cut.map((axis, i) => starts[i]! + wanted[axis]!);
  const kept = cut.length === 0 ? c.input(0) : b.slice(c.input(0), starts, ends, cut);
  const before = size.map((n, i) => half(wanted[i]! - n));
  const after = size.map((n, i) => Math.max(0, wanted[i]! - n) - before[i]!);
  return [b.pad(kept, [...before, ...after])];
}

const FORM = 'Reshape, Transpose, Reshape';

export const LAYOUT_DECOMPOSITIONS: readonly DecompositionRule[] = [
  { op: 'DepthToSpace', form: FORM, decompose: depthToSpace },
  { op: 'SpaceToDepth', form: FORM, decompose: spaceToDepth },
  { op: 'CenterCropPad', form: 'Pad(Slice(x))', decompose: centerCropPad },
  {
    op: 'Pad',
    domain: MICROSOFT,
    form: 'Pad(x)',
    decompose: (c) => [
      c.builder.op('Pad', [c.input(0), c.input(1), c.inputs[2]], attributesOf('Pad', c.node.attributes)),
    ],
  },
  {
    op: 'Trilu',
    domain: MICROSOFT,
    form: 'Trilu(x)',
    decompose: (c) => [
      c.builder.op('Trilu', [c.input(0), c.inputs[1]], attributesOf('Trilu', c.node.attributes)),
    ],
  },
  {
    op: 'ExpandDims',
    domain: MICROSOFT,
    form: 'Unsqueeze(x)',
    decompose: (c) => [c.builder.unsqueeze(c.input(0), c.integers('axis', 1)!)],
  },
];
