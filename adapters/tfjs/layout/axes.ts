/** Ops that name axes. */
import { type Attribute, int, intAttribute, ints, intsAttribute } from '../../../core/graph/index.ts';
import { without } from './permutation.ts';
import { firstPerm, type LayoutRule, type Site, sourceAxis } from './rule.ts';

const axisOf = (site: Site): number => intAttribute(site.node, 'axis', { opset: site.opset });

const concat: LayoutRule = (site) => {
  const perm = firstPerm(site);
  if (!perm) return undefined;
  const attributes = { ...site.node.attributes, axis: int(sourceAxis(axisOf(site), perm)) };
  return { inputs: site.node.inputs.map((_, i) => site.source(i, perm)), attributes, perms: [perm] };
};

const split: LayoutRule = (site) => {
  const perm = site.perm(0);
  if (!perm) return undefined;
  const attributes = { ...site.node.attributes, axis: int(sourceAxis(axisOf(site), perm)) };
  const rest = site.node.inputs.slice(1).map((_, i) => site.input(i + 1));
  return { inputs: [site.source(0, perm), ...rest], attributes, perms: site.node.outputs.map(() => perm) };
};

/** Before operator set 13, all axes from `axis` on were meant. */
const softmax: LayoutRule = (site) => {
  const perm = site.perm(0);
  if (!perm || site.opset < 13) return undefined;
  const attributes = { ...site.node.attributes, axis: int(sourceAxis(axisOf(site), perm)) };
  return { inputs: [site.source(0, perm)], attributes, perms: [perm] };
};

/** Axes from the attribute or, in later operator sets, from input `i`. */
function axesOf(site: Site, i: number): readonly number[] | undefined {
  return intsAttribute(site.node, 'axes', undefined) ?? site.known(i);
}

/** The node's axes, replaced where they stand. */
function withAxes(site: Site, source: string, i: number, axes: readonly number[]) {
  const inputs = [source, ...site.node.inputs.slice(1).map((_, n) => site.input(n + 1))];
  if (!site.node.attributes.axes) inputs[i] = site.integers(axes);
  const attributes: Readonly<Record<string, Attribute>> = site.node.attributes.axes
    ? { ...site.node.attributes, axes: ints(axes) }
    : site.node.attributes;
  return { inputs, attributes };
}

const reduce: LayoutRule = (site) => {
  const perm = site.perm(0);
  const axes = axesOf(site, 1);
  if (!perm || !axes || axes.length === 0) return undefined;
  const own = axes.map((axis) => (axis < 0 ? axis + perm.length : axis));
  const moved = withAxes(
    site,
    site.source(0, perm),
    1,
    own.map((axis) => perm[axis]!).sort((a, b) => a - b),
  );
  return { ...moved, perms: [intAttribute(site.node, 'keepdims') === 1 ? perm : without(perm, own)] };
};

const argExtreme: LayoutRule = (site) => {
  const perm = site.perm(0);
  if (!perm) return undefined;
  const axis = axisOf(site);
  const own = axis < 0 ? axis + perm.length : axis;
  const keep = intAttribute(site.node, 'keepdims') === 1;
  const attributes = { ...site.node.attributes, axis: int(perm[own]!) };
  return { inputs: [site.source(0, perm)], attributes, perms: [keep ? perm : without(perm, [own])] };
};

/** Amounts before each axis, then after each. */
const pad: LayoutRule = (site) => {
  const perm = site.perm(0);
  const attribute = intsAttribute(site.node, 'pads', undefined);
  const pads = attribute ?? site.known(1);
  const rank = perm?.length ?? 0;
  if (!perm || pads?.length !== 2 * rank) return undefined;
  const moved = [...pads];
  perm.forEach((p, i) => {
    moved[p] = pads[i]!;
    moved[p + rank] = pads[i + rank]!;
  });
  const source = site.source(0, perm);
  const rest = site.node.inputs.slice(2).map((_, i) => site.input(i + 2));
  return attribute
    ? { inputs: [source], attributes: { ...site.node.attributes, pads: ints(moved) }, perms: [perm] }
    : { inputs: [source, site.integers(moved), ...rest], perms: [perm] };
};

const slice: LayoutRule = (site) => {
  const perm = site.perm(0);
  if (!perm) return undefined;
  const starts = site.known(1) ?? intsAttribute(site.node, 'starts', undefined);
  const named = site.node.inputs[3] || site.node.attributes.axes ? axesOf(site, 3) : starts?.map((_, i) => i);
  if (!named) return undefined;
  const axes = named.map((axis) => sourceAxis(axis, perm));
  const moved = withAxes(site, site.source(0, perm), 3, axes);
  // Without a list of axes, the first ones were meant.
  if (site.opset < 10)
    return {
      ...moved,
      inputs: moved.inputs.slice(0, 1),
      attributes: { ...moved.attributes, axes: ints(axes) },
      perms: [perm],
    };
  return { ...moved, perms: [perm] };
};

const tile: LayoutRule = (site) => {
  const perm = site.perm(0);
  const repeats = site.known(1);
  if (!perm || repeats?.length !== perm.length) return undefined;
  const moved = [...repeats];
  perm.forEach((p, i) => {
    moved[p] = repeats[i]!;
  });
  return { inputs: [site.source(0, perm), site.integers(moved)], perms: [perm] };
};

/** By one index or a list of them; the axis stays where it is, or goes away. */
const gather: LayoutRule = (site) => {
  const perm = site.perm(0);
  const indices = site.shape(1);
  if (!perm || !indices || indices.length > 1) return undefined;
  const axis = axisOf(site);
  const own = axis < 0 ? axis + perm.length : axis;
  const attributes = { ...site.node.attributes, axis: int(perm[own]!) };
  return {
    inputs: [site.source(0, perm), site.input(1)],
    attributes,
    perms: [indices.length === 1 ? perm : without(perm, [own])],
  };
};

const squeeze: LayoutRule = (site) => {
  const perm = site.perm(0);
  const shape = site.shape(0);
  if (!perm || !shape) return undefined;
  const given = axesOf(site, 1) ?? shape.flatMap((d, i) => (d === 1 ? [i] : []));
  const own = given.map((axis) => (axis < 0 ? axis + perm.length : axis));
  const axes = own.map((axis) => perm[axis]!).sort((a, b) => a - b);
  if (!site.node.inputs[1] && !site.node.attributes.axes) return undefined;
  return { ...withAxes(site, site.source(0, perm), 1, axes), perms: [without(perm, own)] };
};

/** A new axis goes before the source's axis of the axis that follows it in the value. */
const unsqueeze: LayoutRule = (site) => {
  const perm = site.perm(0);
  const given = axesOf(site, 1);
  if (!perm || given?.length !== 1) return undefined;
  const rank = perm.length + 1;
  const axis = given[0]! < 0 ? given[0]! + rank : given[0]!;
  const place = axis < perm.length ? perm[axis]! : perm.length;
  const shifted = perm.map((p) => (p >= place ? p + 1 : p));
  const result = [...shifted.slice(0, axis), place, ...shifted.slice(axis)];
  return { ...withAxes(site, site.source(0, perm), 1, [place]), perms: [result] };
};

const REDUCTIONS =
  'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp';

export const AXES: readonly (readonly [string, LayoutRule])[] = [
  ['Concat', concat],
  ['Split', split],
  ['Softmax', softmax],
  ['LogSoftmax', softmax],
  ['Pad', pad],
  ['Slice', slice],
  ['Tile', tile],
  ['Gather', gather],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['ArgMax', argExtreme],
  ['ArgMin', argExtreme],
  ...REDUCTIONS.split(' ').map((op) => [op, reduce] as const),
];
