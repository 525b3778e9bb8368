/** Layers that are y = x W + b along one axis: Gemm, MatMul, MatMul + Add, 1x1 Conv, Conv + Add. */
import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  isFloating,
  type Node,
  type Shape,
  sizeOf,
} from '../graph/index.ts';
import { asRead, dequantizationIn } from './dequantization.ts';
import type { Dequantization } from './site.ts';
import type { GraphView } from './view.ts';

export interface DenseLayer {
  /** Its input and output values. */
  readonly x: string;
  readonly y: string;
  /** 1 where y is [N, C, ...] (Conv), -1 where the classes are the last axis. */
  readonly classAxis: 1 | -1;
  /** Whether each place of a map is treated alone: false for a Conv that is larger than 1x1, strided or padded. */
  readonly pointwise: boolean;
  readonly width: number | undefined;
  readonly classes: number | undefined;
  /** The Gemm, MatMul or Conv. */
  readonly product: Node;
  /** All of its nodes, those that hand its weights on among them. */
  readonly nodes: readonly Node[];
  /** How x is read where the layer computes with integers. */
  readonly dequantization?: Dequantization;
  /** The weights where they can be taken over, else why not. */
  readonly weights:
    | { readonly weight: string; readonly bias: string | undefined; readonly layout: 'DC' | 'CD' }
    | { readonly why: string };
}

/** The dense layer that makes `value`, or why there is none. */
export function matchDense(view: GraphView, value: string): DenseLayer | { readonly why: string } {
  const node = view.uses.producer(value);
  if (!node) return { why: `"${value}" is an input or a constant, no layer makes it` };
  if (INTEGER_OPS.has(`${node.domain}:${node.op}`)) return matchInteger(view, node, value);
  if (node.domain !== '') return { why: `${describe(node)} is an op of the domain "${node.domain}"` };
  switch (node.op) {
    case 'Gemm':
      return matchGemm(view, node, value);
    case 'MatMul':
      return matchMatMul(view, node, value);
    case 'Conv':
      return matchConv(view, node, value);
    case 'Add':
      return matchBias(view, node, value);
    default:
      return { why: `${describe(node)} is not Gemm, MatMul, Conv or the Add after one` };
  }
}

export function describe(node: Node): string {
  return `${node.op} "${node.name || node.outputs[0]}"`;
}

function matchGemm(view: GraphView, node: Node, y: string): ReturnType<typeof matchDense> {
  const [x, w, c] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2] || undefined];
  const operands = checkOperands(view, node, x, w);
  if (operands) return operands;
  if (intAttribute(node, 'transA')) return { why: `${describe(node)} has transA` };
  const layout = intAttribute(node, 'transB') ? 'CD' : 'DC';
  const weight = takeWeight(view, node, w, layout);
  const shape = view.shapeOf(w);
  const alpha = floatAttribute(node, 'alpha');
  const beta = floatAttribute(node, 'beta');
  const base = {
    x,
    y,
    classAxis: -1 as const,
    pointwise: true,
    product: node,
    nodes: [...view.weight(w).through, ...(c ? view.weight(c).through : []), node],
    width: sizeAt(shape, layout === 'CD' ? 1 : 0) ?? sizeAt(view.shapeOf(x), 1),
    classes: sizeAt(shape, layout === 'CD' ? 0 : 1) ?? sizeAt(view.shapeOf(y), 1),
  };
  if ('why' in weight) return { ...base, weights: weight };
  if (alpha !== 1 || (c && beta !== 1))
    return { ...base, weights: { why: `${describe(node)} scales by alpha ${alpha}, beta ${beta}` } };
  return { ...base, ...withBias(view, weight, c, base.classes, 0) };
}

function matchMatMul(view: GraphView, node: Node, y: string): ReturnType<typeof matchDense> {
  const [x, w] = [node.inputs[0]!, node.inputs[1]!];
  const operands = checkOperands(view, node, x, w);
  if (operands) return operands;
  const transpose = transposedConstant(view, w);
  const layout = transpose ? 'CD' : 'DC';
  const operand = transpose?.inputs[0] ?? w;
  const shape = view.shapeOf(operand);
  if (shape && shape.length !== 2)
    return { why: `the second operand of ${describe(node)} has ${shape.length} axes` };
  const weight = takeWeight(view, transpose ?? node, operand, layout);
  const { through } = view.weight(w);
  const shared = transpose && isShared(view, [transpose, ...through]);
  return {
    x,
    y,
    classAxis: -1,
    pointwise: true,
    product: node,
    nodes: [...(transpose ? [...view.weight(operand).through, transpose] : []), ...through, node],
    width: sizeAt(shape, layout === 'CD' ? 1 : 0) ?? sizeAt(view.shapeOf(x), -1),
    classes: sizeAt(shape, layout === 'CD' ? 0 : 1) ?? sizeAt(view.shapeOf(y), -1),
    weights:
      'why' in weight
        ? weight
        : shared
          ? { why: `the weight "${weight.weight}" is read by other nodes too` }
          : { ...weight, bias: undefined },
  };
}

function matchConv(view: GraphView, node: Node, y: string): ReturnType<typeof matchDense> {
  const [x, w, b] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2] || undefined];
  const operands = checkOperands(view, node, x, w);
  if (operands) return operands;
  const shape = view.shapeOf(w);
  if (intAttribute(node, 'group') !== 1) return { why: `${describe(node)} is grouped` };
  const weight = takeWeight(view, node, w, 'CD');
  const base = {
    x,
    y,
    classAxis: 1 as const,
    pointwise: true,
    product: node,
    nodes: [...view.weight(w).through, ...(b ? view.weight(b).through : []), node],
    width: sizeAt(shape, 1) ?? sizeAt(view.shapeOf(x), 1),
    classes: sizeAt(shape, 0) ?? sizeAt(view.shapeOf(y), 1),
  };
  const places = whyNotPointwise(node, shape);
  if (places) return { ...base, pointwise: false, weights: { why: places } };
  if ('why' in weight) return { ...base, weights: weight };
  return { ...base, ...withBias(view, weight, b, base.classes, 0) };
}

/** Why a convolution does not treat each place of a map alone; undefined when it does. */
function whyNotPointwise(node: Node, weight: Shape | undefined): string | undefined {
  const kernel = intsAttribute(node, 'kernel_shape', undefined) ?? weight?.slice(2);
  const strides = intsAttribute(node, 'strides', []);
  const pads = intsAttribute(node, 'pads', undefined) ?? [];
  if (!kernel?.every((k) => k === 1))
    return `${describe(node)} has a kernel of ${kernel?.join('x') ?? 'unknown size'}`;
  if (strides.some((s) => s !== 1) || pads.some((p) => p !== 0))
    return `${describe(node)} is strided or padded`;
  return undefined;
}

/** Dense layers of models that are quantized op by op: x, its scale and zero point, W, its scale and zero point, and more. */
const INTEGER_OPS = new Set(['com.microsoft:QGemm', ':QLinearMatMul', ':QLinearConv']);

function matchInteger(view: GraphView, node: Node, y: string): ReturnType<typeof matchDense> {
  const [x, w] = [node.inputs[0]!, node.inputs[3]!];
  const operands = checkOperands(view, node, x, w);
  if (operands) return operands;
  const isConv = node.op === 'QLinearConv';
  const shape = view.shapeOf(w);
  if (isConv && intAttribute(node, 'group') !== 1) return { why: `${describe(node)} is grouped` };
  if (!isConv && shape && shape.length !== 2)
    return { why: `the second operand of ${describe(node)} has ${shape.length} axes` };
  const isCD = isConv || (node.op === 'QGemm' && intAttribute(node, 'transB') === 1);
  return {
    x,
    y,
    classAxis: isConv ? 1 : -1,
    pointwise: !isConv || whyNotPointwise(node, shape) === undefined,
    product: node,
    nodes: [node],
    width: sizeAt(shape, isCD ? 1 : 0),
    classes: sizeAt(shape, isCD ? 0 : 1),
    ...asRead(dequantizationIn(node)),
    weights: { why: `${describe(node)} computes with integers` },
  };
}

/** Add of a constant and a dense layer that has no bias of its own. */
function matchBias(view: GraphView, node: Node, y: string): ReturnType<typeof matchDense> {
  const inner = view.dynamicInputs(node);
  if (node.inputs.length !== 2 || inner.length !== 1)
    return { why: `${describe(node)} adds two values that depend on the image, not a bias` };
  const bias = node.inputs.find((input) => input !== inner[0])!;
  const producer = view.uses.producer(inner[0]!);
  const layer = matchDense(view, inner[0]!);
  if ('why' in layer || producer?.op === 'Add')
    return {
      why: `${describe(node)} does not add a bias to a dense layer${'why' in layer ? `: ${layer.why}` : ''}`,
    };
  const base = { ...layer, y, nodes: [...layer.nodes, ...view.weight(bias).through, node] };
  if ('why' in layer.weights) return { ...base, weights: layer.weights };
  if (layer.weights.bias) return { ...base, weights: { why: `two biases are added in ${describe(node)}` } };
  if (view.uses.consumers(inner[0]!).length > 1)
    return {
      ...base,
      weights: { why: `"${inner[0]}", the product before the bias, is read by other nodes too` },
    };
  const spatial = layer.classAxis === 1 ? (view.shapeOf(layer.x)?.length ?? 4) - 2 : 0;
  return { ...base, ...withBias(view, layer.weights, bias, layer.classes, spatial) };
}

/** @param spatial how many axes of size 1 must follow the classes in the bias. */
function withBias(
  view: GraphView,
  weight: { readonly weight: string; readonly layout: 'DC' | 'CD' },
  name: string | undefined,
  classes: number | undefined,
  spatial: number,
): Pick<DenseLayer, 'weights'> {
  if (!name) return { weights: { ...weight, bias: undefined } };
  const { source: bias, constant, through } = view.weight(name);
  if (!constant) return { weights: { why: `the bias "${name}" is not a constant` } };
  if (isShared(view, through, bias))
    return { weights: { why: `the bias "${bias}" is read by other nodes too` } };
  const { shape, dtype } = constant.type;
  if (!isFloating(dtype)) return { weights: { why: `the bias "${bias}" is ${dtype}` } };
  const aligned = shape.at(-1 - spatial) === classes && sizeOf(shape) === classes;
  if (!aligned) return { weights: { why: `the bias "${bias}" [${shape}] is not one number a class` } };
  return { weights: { ...weight, bias } };
}

function checkOperands(view: GraphView, node: Node, x: string, w: string): { why: string } | undefined {
  if (!view.isDynamic(x))
    return { why: `the first operand of ${describe(node)} does not depend on the image` };
  if (view.isDynamic(w)) return { why: `both operands of ${describe(node)} depend on the image` };
  return undefined;
}

function takeWeight(
  view: GraphView,
  node: Node,
  name: string,
  layout: 'DC' | 'CD',
): { weight: string; layout: 'DC' | 'CD' } | { why: string } {
  const { source: weight, constant, through } = view.weight(name);
  if (!constant) {
    const by = view.uses.producer(weight);
    const how = by ? `; ${describe(by)} computes it` : '';
    return { why: `the weight "${name}" of ${describe(node)} is not a constant${how}` };
  }
  if (!isFloating(constant.type.dtype)) return { why: `the weight "${weight}" is ${constant.type.dtype}` };
  if (isShared(view, through, weight)) return { why: `the weight "${weight}" is read by other nodes too` };
  return { weight, layout };
}

/** Whether a constant, or what one of these nodes makes of it, is anything but what the next of them reads. */
function isShared(view: GraphView, nodes: readonly Node[], constant?: string): boolean {
  const values = [...(constant === undefined ? [] : [constant]), ...nodes.map((node) => node.outputs[0]!)];
  return values.some(
    (name) => view.uses.consumers(name).length > 1 || view.graph.outputs.some((o) => o.name === name),
  );
}

/** The Transpose [1, 0] that turns a constant [C, D] into the operand `name`, as it is or cast. */
function transposedConstant(view: GraphView, name: string): Node | undefined {
  const node = view.uses.producer(view.weight(name).source);
  if (node?.domain !== '' || node.op !== 'Transpose') return undefined;
  if (!view.weight(node.inputs[0]!).constant) return undefined;
  if (view.shapeOf(node.inputs[0]!)?.length !== 2) return undefined;
  const perm = intsAttribute(node, 'perm', [1, 0]);
  return perm[0] === 1 && perm[1] === 0 ? node : undefined;
}

function sizeAt(shape: readonly (number | string)[] | undefined, axis: number): number | undefined {
  const size = shape?.at(axis);
  return typeof size === 'number' ? size : undefined;
}
