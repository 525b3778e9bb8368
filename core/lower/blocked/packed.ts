/** Rules for what is done to packed weights beside convolving: scaling filter by filter, and sums over filters. */
import { toNumbers, type Value } from '../../graph/index.ts';
import type { BlockedRule, BlockedSite } from './site.ts';

const isOnePerFilter = (shape: readonly number[] | undefined): boolean =>
  shape?.length === 4 && shape.slice(1).every((d) => d === 1);

/** The input in a form that broadcasts against packed weights of the output's sizes. */
function operand({ node, builder, layouts }: BlockedSite, name: string): (() => Value) | undefined {
  const [shape, output] = [layouts.shape(name), layouts.shape(node.outputs[0]!)!];
  if (layouts.isPacked(name)) return () => layouts.packed(name);
  if (!isOnePerFilter(shape) || shape![0] !== output[0]) return undefined;
  const { block } = layouts;
  const filters = output[0]! / block;
  // Repeated over a whole block: onnxruntime is slow where only a few neighbouring elements broadcast alike.
  return () =>
    builder.expand(builder.reshape(layouts.plain(name), [filters, 1, 1, 1, block]), [
      filters,
      1,
      1,
      block,
      block,
    ]);
}

const elementwise: BlockedRule = (site) => {
  const { node, builder, layouts } = site;
  const y = node.outputs[0]!;
  if (!layouts.canPack(y) || !node.inputs.some((name) => layouts.isPacked(name))) return false;
  const operands = node.inputs.map((name) => operand(site, name));
  if (operands.some((make) => make === undefined)) return false;
  layouts.setPacked(
    y,
    builder.emit(
      node.op,
      operands.map((make) => make!()),
      node.attributes,
    )[0]!,
  );
  return true;
};

/** Sums over each filter: [M, 1, 1, 1], or [M]. */
const sum: BlockedRule = ({ node, builder, layouts }) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const axes = builder.graph.constants.get(node.inputs[1] ?? '');
  const output = layouts.shape(y);
  if (!layouts.isPacked(x) || !axes || !output) return false;
  const reduced = toNumbers(axes.read()).map((axis) => (axis < 0 ? axis + 4 : axis));
  if (`${reduced.sort()}` !== '1,2,3') return false;
  const [filters, channels, taps, block] = layouts.packedShape(x) as [number, number, number, number];
  const rows = builder.reshape(layouts.packed(x), [filters, channels * taps * block, block]);
  layouts.setPlain(y, builder.reshape(builder.reduceSum(rows, [1]), output));
  return true;
};

export const PACKED: ReadonlyMap<string, BlockedRule> = new Map([
  ['Identity', elementwise],
  ['Mul', elementwise],
  ['Add', elementwise],
  ['Sub', elementwise],
  ['ReduceSum', sum],
]);
