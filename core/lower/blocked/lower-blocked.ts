import { MarnetError } from '../../errors.ts';
import { GRAD_DOMAIN } from '../../grad/ops.ts';
import { type Graph, GraphBuilder, type Node, readsOf, usesOf } from '../../graph/index.ts';
import { LOWERINGS } from '../gradients/index.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { NCHWC } from './kernels.ts';
import { Layouts } from './layouts.ts';
import { PACKED } from './packed.ts';
import { POOLING } from './pooling.ts';
import type { BlockedRule } from './site.ts';

const RULES: ReadonlyMap<string, BlockedRule> = new Map(
  Object.entries({ ...ELEMENTWISE, ...POOLING, ...CONVOLUTION }),
);

/**
 * Lowers a training graph to the blocked layout of x86 CPUs: convolutions run in it, what lies between them stays in
 * it, and conversions are emitted where a form is asked for that is not at hand. Nodes without a rule run plain.
 * @param block channels in a block: 8 with AVX2, 16 with AVX-512.
 * @param packed names of inputs and outputs that the lowered graph has packed; see packing.ts.
 */
export function lowerBlocked(graph: Graph, block: number, packed: ReadonlySet<string> = new Set()): Graph {
  const lowered = graph.clone();
  const builder = new GraphBuilder(lowered, 'lower/');
  lowered.nodes = [];
  lowered.opsets.delete(GRAD_DOMAIN);
  lowered.opsets.set(NCHWC, 1);
  const layouts = new Layouts(graph, builder, block);
  lowered.inputs = graph.inputs.map((input) => {
    if (!packed.has(input.name)) return input;
    const shape = layouts.packedShape(input.name);
    layouts.setPacked(input.name, { name: input.name, dtype: 'float32', shape });
    return { ...input, shape };
  });
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const isPrivate = (name: string): boolean => !outputs.has(name) && uses.consumers(name).length === 1;

  for (const node of graph.nodes) {
    const rule = node.domain === '' || node.domain === GRAD_DOMAIN ? RULES.get(node.op) : undefined;
    const site = { node, builder, layouts, uses, isPrivate };
    if (rule?.(site) || PACKED.get(node.op)?.(site)) continue;
    if (node.domain === GRAD_DOMAIN) lowerPlain(node, layouts);
    else keep(node, layouts, packed);
  }
  lowered.outputs = graph.outputs.map((output) => {
    if (!packed.has(output.name)) {
      ensureNamed(output.name, layouts);
      return output;
    }
    const value = layouts.packed(output.name);
    const named = { names: [output.name], types: [value] };
    if (value.name !== output.name) builder.op('Identity', [value], {}, named);
    return { ...output, shape: value.shape };
  });
  return lowered;
}

function lowerPlain(node: Node, layouts: Layouts): void {
  const lowering = LOWERINGS.get(node.op);
  if (!lowering) throw new MarnetError('internal', `gradient op ${node.op} ("${node.name}") has no lowering`);
  const inputs = node.inputs.map((name) => layouts.plain(name));
  const values = lowering({ builder: layouts.builder, target: 'cpu', node, inputs });
  values.forEach((value, i) => {
    const name = node.outputs[i];
    if (name) layouts.setPlain(name, value);
  });
}

function keep(node: Node, layouts: Layouts, packed: ReadonlySet<string>): void {
  const own = new Set(node.inputs);
  for (const name of readsOf(node)) if (!own.has(name)) ensureNamed(name, layouts);
  const inputs = node.inputs.map((name) => (name === '' ? '' : layouts.plainName(name)));
  // The name of a packed output is not for its plain form.
  const outputs = node.outputs.map((name) => {
    if (!packed.has(name)) return name;
    const plain = { name: `${name}/plain`, dtype: 'float32' as const, shape: layouts.shape(name)! };
    layouts.builder.graph.types.set(plain.name, { dtype: plain.dtype, shape: plain.shape });
    layouts.setPlain(name, plain);
    return plain.name;
  });
  layouts.builder.graph.nodes.push({ ...node, inputs, outputs });
}

/** Gives the value's plain form the value's own name, for what refers to it from outside the list of nodes. */
function ensureNamed(name: string, layouts: Layouts): void {
  if (!layouts.isMade(name)) return;
  const value = layouts.plain(name);
  if (value.name === name) return;
  layouts.setPlain(name, layouts.builder.op('Identity', [value], {}, { names: [name], types: [value] }));
}
