/** Blocks of pixels to channels and back: a reshape, a transposition, a reshape. */
import { intAttribute, stringAttribute, type Value } from '../../graph/index.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';

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

const FORM = 'Reshape, Transpose, Reshape';

export const LAYOUT_DECOMPOSITIONS: readonly DecompositionRule[] = [
  { op: 'DepthToSpace', form: FORM, decompose: depthToSpace },
  { op: 'SpaceToDepth', form: FORM, decompose: spaceToDepth },
];
