/**
 * Finders: each looks at one output's tail and gives sites, or says why there is none. In the order of their worth:
 * the last dense layer's input, hidden dense layers before it, a cut before a head of unknown form.
 */
import { intsAttribute, isFloating, type Node, type Shape } from '../graph/index.ts';
import { type DenseLayer, describe, matchDense } from './dense.ts';
import { asRead, dequantizationOf } from './dequantization.ts';
import { whyNoRows } from './outputs.ts';
import { matchReduction } from './reduction.ts';
import type { FeatureSite, Pooling } from './site.ts';
import { keepsRows, type Tail, type UnknownTail } from './tail.ts';
import { type GraphView, shapeText } from './view.ts';

export type Found = { readonly site: FeatureSite } | { readonly why: string };

/** Scores of the kinds of sites, best first; what the output is worth is added to them. */
export const SCORE = { linear: 100, opaque: 70, hidden: 50, cut: 20 } as const;

/** The input of the last dense layer. */
export function findClassifierInput(view: GraphView, tail: Tail): Found {
  const { layer } = tail;
  const { classes, width } = layer;
  if (!classes || !width)
    return { why: `the weights of ${describe(layer.nodes.at(-1)!)} are of unknown size` };
  const rows = checkRows(view, tail, classes);
  if (rows) return { why: rows };
  const form = featureForm(view, tail);
  if ('why' in form) return form;
  const opaque = whyOpaque(tail);
  const value = form.map?.value ?? layer.x;
  const nodes = view.inGraphOrder([...(form.map ? [form.map.transpose] : []), ...tail.nodes]);
  const name = describe(layer.product);
  const then = tail.activation.length > 0 ? `; ${tail.activation.join(', ')} after it` : '';
  const shape = form.map
    ? form.map.shape.map((dim, i) => (i === 1 ? width : dim))
    : featureShape(view, layer, width);
  return {
    site: {
      value,
      shape,
      pooling: form.pooling,
      ...asRead(layer.dequantization),
      width,
      output: tail.output,
      activation: tail.activation,
      classifier:
        'why' in opaque
          ? { kind: 'opaque', logits: tail.logits, classes, why: opaque.why }
          : {
              kind: 'linear',
              logits: tail.logits,
              classes,
              ...opaque,
              nodes: nodes.map((node) => node.outputs[0]!),
            },
      reason: `${name} makes ${classes} class scores of its ${width} features${then}${'why' in opaque ? `; ${opaque.why}` : ''}`,
      score: 'why' in opaque ? SCORE.opaque : SCORE.linear,
    },
  };
}

/** The shape of the layer's input, with the width that the weights tell. */
export function featureShape(view: GraphView, layer: DenseLayer, width: number): Shape {
  const shape = view.shapeOf(layer.x) ?? ['?', '?'];
  return shape.map((dim, i) => (i === (layer.classAxis === 1 ? 1 : shape.length - 1) ? width : dim));
}

function checkRows(view: GraphView, tail: Tail, classes: number): string | undefined {
  const dtype = view.typeOf(tail.logits)?.dtype;
  if (dtype && !isFloating(dtype)) return `"${tail.logits}" is ${dtype}, and class scores are floating`;
  for (const value of [tail.logits, tail.output]) {
    const shape = view.shapeOf(value);
    if (!shape || (value === tail.output && tail.activation.includes('ArgMax'))) continue;
    const why = whyNoRows(view, shape);
    if (why) return `"${value}": ${why}`;
    const numbers = shape.filter((dim): dim is number => typeof dim === 'number');
    if (numbers.length > 0 && !numbers.includes(classes) && shape.every((d) => typeof d === 'number'))
      return `"${value}" has the shape ${shapeText(shape)}, but its last dense layer makes ${classes} numbers`;
    const last = shape.at(-1);
    if (shape.length === 2 && typeof last === 'number' && last !== classes)
      return `"${value}" has the shape ${shapeText(shape)}, but its last dense layer makes ${classes} numbers`;
  }
  return undefined;
}

/** A map [N, D, H, W] of which a transposition makes the layer's input [N, H, W, D]. */
interface TransposedMap {
  readonly value: string;
  readonly shape: Shape;
  readonly transpose: Node;
}

/** How the layer's input, or the map that it is transposed from, becomes one vector an image. */
function featureForm(
  view: GraphView,
  tail: Tail,
): { readonly pooling: Pooling; readonly map?: TransposedMap } | { readonly why: string } {
  const { layer, reduction } = tail;
  const shape = view.shapeOf(layer.x);
  if (layer.classAxis === 1) {
    if (reduction?.channelsLast)
      return { why: `${describe(reduction.node)} takes the mean over classes, not over places alone` };
    if (reduction?.pooling === 'class-token')
      return { why: `${describe(reduction.node)} takes one place of a map of scores` };
    if (reduction && !layer.pointwise && !makesScores(tail))
      return {
        why: `${describe(layer.product)} mixes places before ${describe(reduction.node)}: a backbone's layer`,
      };
    const spatial = view.shapeOf(layer.y)?.slice(2);
    const open = spatial?.some((dim) => typeof dim === 'number' && dim !== 1);
    if (!reduction && open)
      return {
        why: `${describe(layer.product)} makes a map of scores ${shapeText(view.shapeOf(layer.y))}`,
      };
    return { pooling: 'mean-spatial' };
  }
  const rank = shape?.length ?? (layer.product.op === 'Gemm' ? 2 : undefined);
  if (rank === 2 || (rank === undefined && !reduction))
    return reduction
      ? {
          why: `${describe(reduction.node)} reduces rows that ${describe(layer.nodes.at(-1)!)} made of several a picture`,
        }
      : { pooling: 'none' };
  if (rank === 4 && (reduction?.channelsLast || reduction?.pooling === 'mean-tokens')) {
    const map = mapBefore(view, layer.x);
    if (map) return { pooling: 'mean-spatial', map };
  }
  if (rank !== 3)
    return {
      why: `${describe(layer.nodes.at(-1)!)} reads ${shapeText(shape)}; only [N, D] and [N, T, D] are understood`,
    };
  if (reduction) return { pooling: reduction.pooling === 'class-token' ? 'class-token' : 'mean-tokens' };
  return shape?.[1] === 1
    ? { pooling: 'class-token' }
    : { why: `${describe(layer.nodes.at(-1)!)} gives scores to each of ${shape?.[1]} positions` };
}

/** The map [N, D, H, W] that is transposed into `name` [N, H, W, D], if it is made so. */
function mapBefore(view: GraphView, name: string): TransposedMap | undefined {
  const transpose = view.uses.producer(name);
  if (transpose?.domain !== '' || transpose.op !== 'Transpose') return undefined;
  const value = transpose.inputs[0]!;
  const shape = view.shapeOf(value);
  const toLast = intsAttribute(transpose, 'perm', undefined)?.join() === '0,2,3,1';
  return toLast && shape ? { value, shape, transpose } : undefined;
}

/** Whether a value [N, H, W, C] is made, or read, as a map whose channels are its last axis. */
function hasChannelsLast(view: GraphView, name: string): boolean {
  if (view.shapeOf(name)?.length !== 4) return false;
  if (mapBefore(view, name)) return true;
  const made = matchDense(view, name);
  if (!('why' in made) && made.classAxis === -1) return true;
  return view.uses
    .consumers(name)
    .some((node) => node.domain === '' && node.op === 'MatMul' && node.inputs[0] === name);
}

/**
 * Whether a convolution of several places makes the scores whose mean is taken, rather than a backbone's map: nothing
 * stands between the two, and the mean is turned into probabilities or has fewer numbers than the convolution reads.
 */
function makesScores({ layer, between, activation }: Tail): boolean {
  const { classes = 0, width = 0 } = layer;
  return between.length === 0 && (activation.length > 0 || classes < width);
}

function whyOpaque(tail: Tail): { why: string } | Exclude<DenseLayer['weights'], { why: string }> {
  const { layer, reduction, between } = tail;
  if (reduction && between.length > 0)
    return { why: `${describe(between[0]!)} stands between the layer and ${describe(reduction.node)}` };
  if (between.length > 0) return { why: `${describe(between[0]!)} changes what the layer makes` };
  if (reduction && !reduction.linear)
    return { why: `${describe(reduction.node)} takes a maximum of what the layer makes` };
  return layer.weights;
}

/** The nearest feature-like value that everything passes through, before a head that no other finder understands. */
export function findCut(view: GraphView, tail: UnknownTail, output: string): Found {
  if (tail.reduction)
    return {
      why: `${describe(tail.reduction.node)} pools a map or tokens into it, and no classifier layer is near`,
    };
  const scores = view.shapeOf(tail.logits);
  const classes = scores?.filter((dim) => dim !== 1).at(-1) ?? 1;
  if (!scores || typeof classes !== 'number')
    return { why: `the number of classes in "${tail.logits}" is not known` };
  const rows = whyNoRows(view, scores);
  if (rows) return { why: `"${tail.logits}": ${rows}` };
  const inputs = new Set(view.graph.inputs.map((input) => input.name));
  const head: Node[] = [];
  for (const { value, segment } of tail.rest) {
    head.push(...segment);
    const onlyPasses = (node: Node) =>
      keepsRows(node) || matchReduction(view, node) || picksColumns(view, node);
    if (inputs.has(value) || head.every(onlyPasses)) continue;
    const form = poolingOf(view, value);
    if ('why' in form) continue;
    const why = `the head between "${value}" and "${tail.logits}" (${opsOf(head)}) is no single dense layer: ${tail.why}`;
    return {
      site: {
        value,
        shape: view.shapeOf(value)!,
        ...form,
        classifier: { kind: 'opaque', logits: tail.logits, classes, why },
        output,
        activation: tail.activation,
        reason: `everything on the way to "${output}" passes through it; ${why}`,
        score: SCORE.cut,
      },
    };
  }
  return { why: `nothing that looks like features comes before "${tail.logits}" on every way to it` };
}

/** Whether an op takes some columns of rows [N, D], as a head does that leaves some of its scores out. */
function picksColumns(view: GraphView, node: Node): boolean {
  const picks = node.domain === '' && ['Slice', 'Gather', 'Split'].includes(node.op);
  return picks && view.shapeOf(node.inputs[0]!)?.length === 2;
}

/** How a value becomes one vector an image, by its shape and by what reads it. */
export function poolingOf(
  view: GraphView,
  name: string,
): Pick<FeatureSite, 'pooling' | 'dequantization' | 'width'> | { readonly why: string } {
  const type = view.typeOf(name);
  if (!type?.shape) return { why: `the shape of "${name}" is not known` };
  const dequantization = isFloating(type.dtype) ? undefined : dequantizationOf(view, name);
  if (!isFloating(type.dtype) && !dequantization)
    return { why: `"${name}" is ${type.dtype}, and features are floating` };
  const { shape } = type;
  const [axis, pooling]: [number, Pooling] =
    shape.length === 2
      ? [1, 'none']
      : shape.length === 3
        ? [2, tokenPooling(view, name)]
        : [1, 'mean-spatial'];
  const width = shape[axis];
  if (hasChannelsLast(view, name))
    return { why: `"${name}" ${shapeText(shape)} has its channels last, and only [N, D, ...] is understood` };
  if (shape.length < 2 || shape.length > 5 || typeof width !== 'number')
    return { why: `"${name}" ${shapeText(shape)} is not [N, D], [N, T, D] or [N, D, ...] with a fixed D` };
  return { pooling, ...asRead(dequantization), width };
}

/** The class token where something after `name` takes token 0, else the mean. */
function tokenPooling(view: GraphView, name: string): Pooling {
  const seen = new Set([name]);
  for (const value of seen) {
    for (const node of view.uses.consumers(value)) {
      if (matchReduction(view, node)?.pooling === 'class-token') return 'class-token';
      if (node.op.endsWith('LayerNormalization') || node.op === 'Identity') seen.add(node.outputs[0]!);
    }
  }
  return 'mean-tokens';
}

function opsOf(nodes: readonly Node[]): string {
  const ops = [...new Set(nodes.map((node) => node.op))];
  return ops.length > 6 ? `${ops.slice(0, 6).join(', ')}, ...` : ops.join(', ');
}
