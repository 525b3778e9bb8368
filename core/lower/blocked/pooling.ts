import {
  type GraphBuilder,
  int,
  intAttribute,
  ints,
  intsAttribute,
  stringAttribute,
  toNumbers,
  type Value,
} from '../../graph/index.ts';
import { averagePoolGradient } from '../gradients/average-pool.ts';
import { maxPoolGradient } from '../gradients/max-pool.ts';
import { type AxisWindow, extentOf } from '../window.ts';
import { NCHWC } from './kernels.ts';
import type { BlockedRule, BlockedRules, BlockedSite } from './site.ts';

/** MaxPool and AveragePool on blocks. */
const pool: BlockedRule = ({ node, builder, layouts }) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const [input, output] = [layouts.shape(x), layouts.shape(y)];
  if (!input || !output || !layouts.canBlock(x) || !layouts.isBlocked(x) || node.outputs[1]) return false;
  if (stringAttribute(node, 'auto_pad') !== 'NOTSET') return false;
  const dilations = intsAttribute(node, 'dilations', [1, 1]);
  if (node.op === 'AveragePool' && (dilations.some((d) => d !== 1) || intAttribute(node, 'ceil_mode') === 1))
    return false;
  const attributes = {
    kernel_shape: ints(intsAttribute(node, 'kernel_shape')),
    strides: ints(intsAttribute(node, 'strides', [1, 1])),
    pads: ints(intsAttribute(node, 'pads', undefined) ?? [0, 0, 0, 0]),
    ceil_mode: int(intAttribute(node, 'ceil_mode')),
    ...(node.op === 'MaxPool'
      ? { dilations: ints(dilations) }
      : { count_include_pad: int(intAttribute(node, 'count_include_pad')) }),
  };
  const types = [{ dtype: 'float32' as const, shape: output }];
  const [pooled] = builder.emit(
    `${NCHWC}:${node.op}`,
    [builder.reshape(layouts.blocked(x), input)],
    attributes,
    {
      types,
    },
  );
  layouts.setBlocked(y, builder.reshape(pooled!, layouts.blockedShape(output)));
  return true;
};

/** Maxima of the `count` windows along one axis of a blocked value; undefined where the kernel refuses the padding. */
function maxAlong(
  builder: GraphBuilder,
  x: Value,
  axis: number,
  window: AxisWindow,
  count: number,
): Value | undefined {
  const sizes = x.shape as [number, number, number, number, number];
  const [n, c, h, w, block] = sizes;
  const reached = (count - 1) * window.stride + extentOf(window) - window.before;
  const after = Math.max(0, reached - sizes[axis]!);
  if (after >= window.kernel) return undefined;
  const along = <T>(value: T, other: T): [T, T] => (axis === 2 ? [value, other] : [other, value]);
  const [oh, ow] = along(count, axis === 2 ? w : h);
  const declared = [n, c * block, oh, ow];
  const pooled = builder.op(
    `${NCHWC}:MaxPool`,
    [builder.reshape(x, [n, c * block, h, w])],
    {
      kernel_shape: ints(along(window.kernel, 1)),
      strides: ints(along(window.stride, 1)),
      dilations: ints(along(window.dilation, 1)),
      pads: ints([...along(window.before, 0), ...along(after, 0)]),
    },
    { types: [{ dtype: x.dtype, shape: declared }] },
  );
  return builder.reshape(pooled, [n, c, oh, ow, block]);
}

const maxGradient: BlockedRule = ({ node, builder, layouts }) => {
  if (!node.inputs.every((name) => layouts.canBlock(name)) || !node.inputs.some((n) => layouts.isBlocked(n)))
    return false;
  const inputs = node.inputs.map((name) => layouts.blocked(name));
  const site = { builder, target: 'cpu', node, inputs } as const;
  const [dx] = maxPoolGradient(site, (x, axis, window, count) => maxAlong(builder, x, axis, window, count));
  layouts.setBlocked(node.outputs[0]!, dx!);
  return true;
};

const averageGradient: BlockedRule = ({ node, builder, layouts }) => {
  const [dy, dx] = [node.inputs[0]!, node.outputs[0]!];
  if (
    !layouts.canBlock(dx) ||
    !(
      layouts.isBlocked(dy) ||
      layouts
        .shape(dy)!
        .slice(2)
        .every((d) => d === 1)
    )
  )
    return false;
  const inputs = [layouts.blocked(dy)];
  layouts.setBlocked(dx, averagePoolGradient({ builder, target: 'cpu', node, inputs })[0]!);
  return true;
};

/** Sums over whole images, each block's positions first: [N * C/b, H*W, b] is what the engine reduces fast. */
function overPositions({ builder, layouts }: BlockedSite, x: string, op: 'reduceSum' | 'reduceMean'): Value {
  const [n, c, h, w] = layouts.shape(x) as [number, number, number, number];
  const { block } = layouts;
  const rows = builder.reshape(layouts.blocked(x), [(n * c) / block, h * w, block]);
  return builder.reshape(builder[op](rows, [1]), [n, c]);
}

const globalAverage: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  if (!layouts.isBlocked(x)) return false;
  layouts.setPlain(y, builder.reshape(overPositions(site, x, 'reduceMean'), layouts.shape(y)!));
  return true;
};

/** Sums and means over all positions, of each image or of the batch. */
const reduce: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const output = layouts.shape(y);
  const axesName = node.inputs[1];
  const constant = axesName ? builder.graph.constants.get(axesName) : undefined;
  if (!output || !layouts.isBlocked(x) || !constant) return false;
  const axes = toNumbers(constant.read())
    .map((a) => (a < 0 ? a + 4 : a))
    .sort();
  const op = node.op === 'ReduceSum' ? 'reduceSum' : 'reduceMean';
  if (`${axes}` === '2,3') layouts.setPlain(y, builder.reshape(overPositions(site, x, op), output));
  else if (`${axes}` === '0,2,3')
    layouts.setPlain(y, builder.reshape(builder[op](overPositions(site, x, op), [0]), output));
  else return false;
  return true;
};

/** One number a channel spread over its positions: made in whichever form is asked for. */
const expand: BlockedRule = ({ node, builder, layouts }) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const [input, output] = [layouts.shape(x), layouts.shape(y)];
  if (input?.length !== 4 || !output || !layouts.canBlock(y) || input[1] !== output[1]) return false;
  if (input[2] !== 1 || input[3] !== 1 || input[0] !== output[0]) return false;
  layouts.setBlocked(y, () =>
    builder.expand(
      builder.reshape(layouts.plain(x), layouts.blockedShape(input)),
      layouts.blockedShape(output),
    ),
  );
  layouts.setPlain(y, () => builder.expand(layouts.plain(x), output));
  return true;
};

export const POOLING: BlockedRules = {
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalAverage,
  MaxPoolGradient: maxGradient,
  AveragePoolGradient: averageGradient,
  ReduceSum: reduce,
  ReduceMean: reduce,
  Expand: expand,
};
