import { MarnetError } from '../../errors.ts';
import { GRAD_DOMAIN } from '../../grad/ops.ts';
import { type Graph, GraphBuilder, type Node, readsOf, usesOf } from '../../graph/index.ts';
import { LOWERINGS } from '../gradients/index.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { NCHWC } from './kernels.ts';
import { Layouts } from './layouts.ts';
import { POOLING } from './pooling.ts';
import type { BlockedRule } from './site.ts';

const RULES: ReadonlyMap<string, BlockedRule> = new Map(
  Object.entries({ ...ELEMENTWISE, ...POOLING, ...CONVOLUTION }),
);

/**
 * Lowers a training graph to the blocked layout of x86 CPUs: convolutions run in it, what lies between them stays in
 * it, and conversions are emitted where a form is asked for that is not at hand. Nodes without a rule run plain.
 * @param block channels in a block: 8 with AVX2, 16 with AVX-512.
 */
export function lowerBlocked(graph: Graph, block: number): Graph {
  const lowered = graph.clone();
  const builder = new GraphBuilder(lowered, 'lower/');
  lowered.nodes = [];
  lowered.opsets.delete(GRAD_DOMAIN);
  lowered.opsets.set(NCHWC, 1);
  const layouts = new Layouts(graph, builder, block);
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const isPrivate = (name: string): boolean => !outputs.has(name) && uses.consumers(name).length === 1;

  for (const node of graph.nodes) {
    const rule = node.domain === '' || node.domain === GRAD_DOMAIN ? RULES.get(node.op) : undefined;
    if (rule?.({ node, builder, layouts, uses, isPrivate })) continue;
    if (node.domain === GRAD_DOMAIN) lowerPlain(node, layouts);
    else keep(node, layouts);
  }
  for (const { name } of graph.outputs) ensureNamed(name, layouts);
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

function keep(node: Node, layouts: Layouts): void {
  const own = new Set(node.inputs);
  for (const name of readsOf(node)) if (!own.has(name)) ensureNamed(name, layouts);
  const inputs = node.inputs.map((name) => (name === '' ? '' : layouts.plainName(name)));
  layouts.builder.graph.nodes.push({ ...node, inputs });
}

/** Gives the value's plain form the value's own name, for what refers to it from outside the list of nodes. */
function ensureNamed(name: string, layouts: Layouts): void {
  if (!layouts.isMade(name)) return;
  const value = layouts.plain(name);
  if (value.name === name) return;
  layouts.setPlain(name, layouts.builder.op('Identity', [value], {}, { names: [name], types: [value] }));
}
