import { MarnetError } from '../../errors.ts';
import {
  type Attributes,
  constantOf,
  type Graph,
  knownTensor,
  type Node,
  type Tensor,
  usesOf,
} from '../../graph/index.ts';
import { operatorsIn } from '../captures.ts';
import { attributesToInputs } from './attributes-to-inputs.ts';
import { newer } from './newer.ts';
import { normalization } from './normalization.ts';
import { renamed } from './renamed.ts';
import { resize } from './resize.ts';
import type { Emitter, UpgradeRule } from './rule.ts';
import { softmax } from './softmax.ts';

export { NEWER_OPS } from './newer.ts';

const RULES: readonly UpgradeRule[] = [
  ...attributesToInputs,
  ...softmax,
  ...resize,
  ...normalization,
  ...renamed,
  ...newer,
];

const byOp = new Map<string, UpgradeRule[]>();
for (const rule of RULES)
  for (const op of rule.ops) {
    const list = byOp.get(op);
    if (list) list.push(rule);
    else byOp.set(op, [rule]);
  }

/** What onnxruntime runs at all, and what the rules know. */
const OLDEST = 7;
const NEWEST = 24;

/**
 * The graph with the same meaning in operator set 21, in which it is differentiated. Values keep their names; nodes
 * that need no change stay the same objects. Softmax and a few others need to know ranks: give it a graph with types.
 * @throws MarnetError 'unsupported-model' for operator sets other than 7 to 24, and for a node that cannot be said in
 * the target's terms, or stands in a body (If, Loop, Scan) where it would have to be rewritten.
 */
export function upgradeGraph(graph: Graph, target: 21): Graph {
  const { opset } = graph;
  if (opset < OLDEST || opset > NEWEST)
    throw new MarnetError(
      'unsupported-model',
      `the model has operator set ${opset}; ${OLDEST} to ${NEWEST} are known`,
      { hint: `Export it with an operator set from 13 to ${target}.` },
    );
  const ruleFor = (node: Pick<Node, 'op' | 'domain'>): UpgradeRule | undefined =>
    node.domain === ''
      ? byOp
          .get(node.op)
          ?.find((r) => opset < (r.below ?? 0) || opset > (r.above ?? Number.POSITIVE_INFINITY))
      : undefined;
  const result = graph.clone();
  result.opsets.set('', target);
  result.nodes = [];
  const emitter = emitterInto(graph, result);
  for (const node of graph.nodes) {
    refuseBodies(node, ruleFor, emitter);
    const rule = ruleFor(node);
    if (rule && (rule.applies?.(node) ?? true)) rule.rewrite(node, emitter);
    else result.nodes.push(node);
  }
  return result;
}

function refuseBodies(
  node: Node,
  ruleFor: (node: Pick<Node, 'op' | 'domain'>) => UpgradeRule | undefined,
  to: Emitter,
): void {
  for (const attribute of Object.values(node.attributes)) {
    if (attribute.kind !== 'graph') continue;
    const old = operatorsIn(attribute.bytes).find((inner) => ruleFor(inner));
    if (old) to.refuse(node, `its body has a ${old.op}, which another operator set writes in another way`);
  }
}

function emitterInto(graph: Graph, result: Graph): Emitter {
  const uses = usesOf(graph);
  const names = new Set([...graph.constants.keys(), ...graph.inputs.map((i) => i.name)]);
  for (const node of graph.nodes) for (const output of node.outputs) names.add(output);
  let counter = 0;
  const fresh = (base: string): string => {
    let name = base;
    while (names.has(name)) name = `${base}_${++counter}`;
    names.add(name);
    return name;
  };
  return {
    graph,
    shape: (value) => graph.typeOf(value)?.shape,
    dtype: (value) => graph.typeOf(value)?.dtype,
    known: (value) => result.constants.get(value)?.read() ?? knownTensor(graph, uses, value),
    constant(tensor: Tensor) {
      const name = fresh('upgrade/constant');
      result.constants.set(name, constantOf(tensor));
      return name;
    },
    op(op: string, inputs: readonly string[], attributes: Attributes = {}, output?: string) {
      const name = output ?? fresh(`upgrade/${op}`);
      result.nodes.push({
        op,
        domain: '',
        name: `upgrade/${op}:${name}`,
        inputs,
        outputs: [name],
        attributes,
      });
      return name;
    },
    emit(node) {
      result.nodes.push(node);
    },
    refuse(node, why) {
      throw new MarnetError(
        'unsupported-model',
        `node "${node.name || node.outputs[0]}" (${node.op}, operator set ${graph.opset}): ${why}`,
        { hint: 'Export the model with an operator set from 13 to 21.' },
      );
    },
  };
}
