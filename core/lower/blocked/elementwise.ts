import { int, intAttribute, type Node, toNumbers, type Value } from '../../graph/index.ts';
import { LOWERINGS } from '../gradients/index.ts';
import { isBlockedConvolution, withActivation } from './kernels.ts';
import type { BlockedRule, BlockedRules, BlockedSite } from './site.ts';

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/**
 * A function that gives a blocked site's input `name` in a form that broadcasts against the blocked output, or
 * undefined where there is none.
 */
function broadcastable(
  { layouts, builder }: BlockedSite,
  name: string,
  output: readonly number[],
): (() => Value) | undefined {
  const shape = layouts.shape(name);
  if (!shape || shape.length > 4) return undefined;
  if (sameShape(shape, output)) {
    if (!layouts.isBlocked(name) && !layouts.canBlock(name)) return undefined;
    return () => layouts.blocked(name);
  }
  const [n, c, h, w] = [...new Array<number>(4 - shape.length).fill(1), ...shape] as [
    number,
    number,
    number,
    number,
  ];
  if (n * c * h * w === 1) return () => builder.reshape(layouts.plain(name), []);
  if (c === 1) return () => builder.reshape(layouts.plain(name), [n, 1, h, w, 1]);
  if (h !== 1 || w !== 1 || c % layouts.block !== 0) return undefined;
  return () => builder.reshape(layouts.plain(name), [n, c / layouts.block, 1, 1, layouts.block]);
}

/** Any op of the standard domain that works element by element; blocked when one of its inputs is. */
const elementwise: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  const y = node.outputs[0]!;
  const output = layouts.shape(y);
  if (output?.length !== 4 || output[1]! % layouts.block !== 0) return false;
  const isBlocked = (name: string): boolean =>
    layouts.isBlocked(name) && sameShape(layouts.shape(name)!, output);
  if (!node.inputs.some(isBlocked)) return false;
  const forms = node.inputs.map((name) =>
    name === '' ? () => undefined : broadcastable(site, name, output),
  );
  if (forms.some((form) => form === undefined)) return false;
  const [value] = builder.emit(
    node.op,
    forms.map((form) => form!()),
    node.attributes,
  );
  layouts.setBlocked(y, value!);
  return true;
};

/** A gradient op whose lowering is made of elementwise ops alone. */
const elementwiseGradient: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  if (!node.inputs.every((name) => layouts.canBlock(name)) || !node.inputs.some((n) => layouts.isBlocked(n)))
    return false;
  const inputs = node.inputs.map((name) => layouts.blocked(name));
  const [value] = LOWERINGS.get(node.op)!({ builder, target: 'cpu', node, inputs });
  layouts.setBlocked(node.outputs[0]!, value!);
  return true;
};

/** The blocked convolution that makes a value which nothing else needs, as it stands in the new graph. */
function convolutionBehind(
  site: BlockedSite,
  name: string,
): { readonly conv: Node; readonly at: number } | undefined {
  const { layouts, builder } = site;
  if (!layouts.isBlocked(name) || !site.isPrivate(name)) return undefined;
  const { nodes } = builder.graph;
  const view = nodes.findLastIndex((n) => n.outputs[0] === layouts.blocked(name).name);
  if (view < 1 || nodes[view]!.op !== 'Reshape') return undefined;
  const at = nodes.findLastIndex((n) => n.outputs[0] === nodes[view]!.inputs[0]);
  const conv = nodes[at];
  return isBlockedConvolution(conv) && !conv.attributes.activation ? { conv, at } : undefined;
}

/** Relu and Clip become part of the convolution before them. */
const activation: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const found = convolutionBehind(site, x);
  const bounds = node.op === 'Relu' ? 'Relu' : clipBounds(site);
  if (!found || !bounds) return elementwise(site);
  builder.graph.nodes[found.at] = withActivation(found.conv, bounds);
  layouts.setBlocked(y, layouts.blocked(x));
  return true;
};

function clipBounds({ node, builder }: BlockedSite): readonly [number, number] | undefined {
  const bounds = node.inputs.slice(1, 3).map((name) => {
    const constant = builder.graph.constants.get(name);
    return constant ? toNumbers(constant.read())[0] : undefined;
  });
  const [min, max] = bounds;
  return min !== undefined && max !== undefined ? [min, max] : undefined;
}

/** A convolution adds a value to its result at no cost; it is moved behind what makes that value. */
const add: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  const y = node.outputs[0]!;
  const [a, b] = [node.inputs[0]!, node.inputs[1]!];
  for (const [own, other] of [
    [b, a],
    [a, b],
  ] as const) {
    const found = convolutionBehind(site, own);
    if (!found || found.conv.inputs.length > 3 || own === other) continue;
    if (!layouts.isBlocked(other) || !sameShape(layouts.shape(own)!, layouts.shape(other)!)) continue;
    const sum = builder.reshape(layouts.blocked(other), layouts.shape(other)!);
    const { nodes } = builder.graph;
    const [conv] = nodes.splice(found.at, 1);
    const view = nodes.findLastIndex((n) => n.outputs[0] === layouts.blocked(own).name);
    const [reshape] = nodes.splice(view, 1);
    const inputs = [conv!.inputs[0]!, conv!.inputs[1]!, conv!.inputs[2] ?? '', sum.name];
    nodes.push({ ...conv!, inputs }, reshape!);
    layouts.setBlocked(y, layouts.blocked(own));
    return true;
  }
  return elementwise(site);
};

/** Channels joined: blocks joined, where every part has whole blocks. */
const concat: BlockedRule = ({ node, builder, layouts }) => {
  const [rank, axis] = [layouts.shape(node.outputs[0]!)?.length, intAttribute(node, 'axis')];
  if (rank !== 4 || (axis !== 1 && axis !== -3)) return false;
  if (!node.inputs.every((name) => layouts.canBlock(name))) return false;
  if (!node.inputs.some((name) => layouts.isBlocked(name))) return false;
  const parts = node.inputs.map((name) => layouts.blocked(name));
  layouts.setBlocked(node.outputs[0]!, builder.op('Concat', parts, { axis: int(1) }));
  return true;
};

/** Channels cut at the edges of blocks. */
const slice: BlockedRule = ({ node, builder, layouts }) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  if (!layouts.isBlocked(x) || !layouts.canBlock(y)) return false;
  const [starts, , axes, steps] = node.inputs.slice(1).map((name) => {
    const constant = name ? builder.graph.constants.get(name) : undefined;
    return constant ? toNumbers(constant.read()) : undefined;
  });
  if (
    starts?.length !== 1 ||
    axes?.[0] !== 1 ||
    (steps && steps[0] !== 1) ||
    starts[0]! % layouts.block !== 0
  )
    return false;
  const from = starts[0]! / layouts.block;
  const count = layouts.shape(y)![1]! / layouts.block;
  layouts.setBlocked(y, builder.slice(layouts.blocked(x), [from], [from + count], [1]));
  return true;
};

const STANDARD =
  'Sub Mul Div Max Min Pow Where Greater Less Equal Neg Abs Exp Log Sqrt Reciprocal LeakyRelu Elu Selu Sigmoid ' +
  'HardSigmoid HardSwish Tanh Erf Gelu Softplus Softsign Cast Identity Mish';

const GRADIENTS =
  'ReluGradient ClipGradient HardSwishGradient HardSigmoidGradient SigmoidGradient TanhGradient GeluGradient StopGradient';

export const ELEMENTWISE: BlockedRules = {
  ...Object.fromEntries(STANDARD.split(' ').map((op) => [op, elementwise])),
  ...Object.fromEntries(GRADIENTS.split(' ').map((op) => [op, elementwiseGradient])),
  Relu: activation,
  Clip: activation,
  Add: add,
  Concat: concat,
  Slice: slice,
};
