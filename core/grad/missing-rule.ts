import { MarnetError } from '../errors.ts';
import type { Graph, Node } from '../graph/index.ts';
import type { ActivePart } from './active.ts';

const HINT =
  'Freeze the layers up to this node (`--tune last:N` with a smaller N, or leave the backbone frozen), or give an ' +
  'adapter a gradient rule for this op.';
/** Longer paths are shortened in the middle. */
const SHOWN_STEPS = 8;

/** The error for a node that stands between a trainable value and the loss and cannot be differentiated. */
export function noGradientError(
  graph: Graph,
  part: ActivePart,
  loss: string,
  node: Node,
  why: string,
  cause?: unknown,
): MarnetError {
  const domain = node.domain === '' ? '' : ` of domain "${node.domain}"`;
  const inputs = node.inputs.map((name) => (name === '' ? '(left out)' : describe(graph, name)));
  return new MarnetError(
    'no-gradient',
    `cannot differentiate op ${node.op}${domain} (node "${node.name}"): ${why}\n` +
      `  inputs: ${inputs.join(', ')}\n` +
      `  path to the loss: ${pathToLoss(part, loss, node)}`,
    { hint: HINT, ...(cause === undefined ? {} : { cause }) },
  );
}

function describe(graph: Graph, name: string): string {
  const type = graph.typeOf(name);
  return `${name} ${type ? `${type.dtype}[${type.shape ?? '?'}]` : 'of unknown type'}`;
}

/** The shortest chain of ops from the node to the loss: "a -(Conv)-> b -(Relu)-> loss". */
function pathToLoss(part: ActivePart, loss: string, from: Node): string {
  const consumers = new Map<string, Node[]>();
  for (const node of part.nodes)
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  // Breadth first, from the node's outputs; `before` remembers the way back.
  const before = new Map<string, { readonly value: string; readonly op: string } | undefined>();
  const queue = from.outputs.filter((output) => part.values.has(output));
  for (const output of queue) before.set(output, undefined);
  for (let value = queue.shift(); value !== undefined && value !== loss; value = queue.shift())
    for (const node of consumers.get(value) ?? [])
      for (const output of node.outputs)
        if (part.values.has(output) && !before.has(output)) {
          before.set(output, { value, op: node.op });
          queue.push(output);
        }
  const steps: string[] = [];
  let at = loss;
  for (let step = before.get(at); step; step = before.get(at)) {
    steps.unshift(`-(${step.op})-> ${at}`);
    at = step.value;
  }
  const half = SHOWN_STEPS / 2;
  const shown =
    steps.length <= SHOWN_STEPS
      ? steps
      : [...steps.slice(0, half), `… ${steps.length - SHOWN_STEPS} more …`, ...steps.slice(-half)];
  return [at, ...shown].join(' ');
}
