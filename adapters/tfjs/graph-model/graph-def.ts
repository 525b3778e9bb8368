/** The nodes of a GraphDef and how they hang together. */
import { MarnetError } from '../../../core/errors.ts';
import type { TfjsArtifacts, TfjsPort } from '../artifacts.ts';
import { NodeAttributes } from './attributes.ts';

/** Output `index` of the node `node`. */
export interface Port {
  readonly node: string;
  readonly index: number;
}

/** A node of a GraphDef as `model.json` has it. */
export interface GraphNode {
  readonly name: string;
  /** As TensorFlow calls it: 'Conv2D'. */
  readonly op: string;
  /** Data inputs in order; control inputs (`^node`) only order what has side effects, so they are left out. */
  readonly inputs: readonly Port[];
  readonly attributes: NodeAttributes;
}

export interface GraphDef {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly Port[];
}

export interface GraphInput {
  readonly node: string;
  /** Of the signature, where it has the input. */
  readonly port: TfjsPort | undefined;
}

interface RawNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: unknown;
}

/**
 * `node`, `node:1`, or in function bodies `node:name:1`.
 * Names hold no colon otherwise.
 */
export function portOf(reference: string): Port {
  const [node = '', ...rest] = reference.split(':');
  const index = Number(rest.at(-1) ?? 0);
  return { node, index: Number.isInteger(index) ? index : 0 };
}

/**
 * Inputs and outputs are those of the signature; without one, the placeholders, and the nodes that nothing reads.
 * @throws MarnetError 'not-a-model' where an input or the signature names a node that is not there.
 */
export function readGraphDef(artifacts: TfjsArtifacts): GraphDef {
  const nodes = new Map<string, GraphNode>();
  for (const raw of artifacts.topology.node as readonly RawNode[]) {
    const inputs = (raw.input ?? []).filter((input) => !input.startsWith('^')).map(portOf);
    nodes.set(raw.name, { name: raw.name, op: raw.op, inputs, attributes: new NodeAttributes(raw.attr) });
  }
  for (const { name, inputs } of nodes.values())
    for (const input of inputs) if (!nodes.has(input.node)) throw missing(input.node, `node "${name}"`);

  const ports = (group: 'inputs' | 'outputs'): TfjsPort[] =>
    Object.entries(artifacts.signature?.[group] ?? {}).map(([key, port]) => ({
      ...port,
      name: port.name ?? key,
    }));
  const outputs = ports('outputs').map((port) => portOf(port.name));
  const inputs = ports('inputs').map((port): GraphInput => ({ node: portOf(port.name).node, port }));
  for (const { node } of [...inputs, ...outputs]) if (!nodes.has(node)) throw missing(node, 'the signature');
  const listed = new Set(inputs.map((input) => input.node));
  for (const { name, op } of nodes.values())
    if (op === 'Placeholder' && !listed.has(name)) inputs.push({ node: name, port: undefined });
  return { nodes, inputs, outputs: outputs.length > 0 ? outputs : ends(nodes) };
}

/** Nodes on which the outputs depend, each after what it reads. @throws MarnetError 'not-a-model' for a cycle. */
export function inOrder({ nodes, inputs, outputs }: GraphDef): GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  // Depth first with a stack of its own: networks are deeper than calls may nest.
  const stack = [...inputs, ...outputs].map(({ node }) => node).reverse();
  while (stack.length > 0) {
    const name = stack.at(-1)!;
    const node = nodes.get(name)!;
    if (state.has(name)) {
      stack.pop();
      if (state.get(name) === 'open') order.push(node);
      state.set(name, 'done');
      continue;
    }
    state.set(name, 'open');
    for (const input of node.inputs) {
      if (state.get(input.node) === 'open')
        throw new MarnetError('not-a-model', `node "${name}" depends on itself, through "${input.node}"`, {
          hint: 'Loops are not supported: convert the model without them.',
        });
      if (!state.has(input.node)) stack.push(input.node);
    }
  }
  return order;
}

function ends(nodes: ReadonlyMap<string, GraphNode>): Port[] {
  const read = new Set([...nodes.values()].flatMap((node) => node.inputs.map((input) => input.node)));
  return [...nodes.values()]
    .filter(({ name, op }) => !read.has(name) && op !== 'Const' && op !== 'NoOp' && op !== 'Placeholder')
    .map(({ name }) => ({ node: name, index: 0 }));
}

function missing(node: string, from: string): MarnetError {
  return new MarnetError('not-a-model', `${from} names the node "${node}", which the graph does not have`, {
    hint: 'The model.json is damaged: convert the model again.',
  });
}
