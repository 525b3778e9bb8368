import { MarnetError } from '../errors.ts';
import { GRAD_DOMAIN } from '../grad/ops.ts';
import type { Graph } from '../graph/index.ts';
import { LOWERINGS } from './gradients/index.ts';
import type { Target } from './lowering.ts';
import { rewrite } from './rewrite.ts';

/**
 * Replaces every gradient op by plain ONNX of the standard domain (opset 21 at most); nothing else is changed, and
 * the names of inputs and outputs stay. The given graph is left as it is.
 * @throws MarnetError 'internal' for a gradient op that has no lowering.
 */
export function lower(graph: Graph, target: Target): Graph {
  const lowered = rewrite(graph, 'lower/', (node, { builder }) => {
    if (node.domain !== GRAD_DOMAIN) return undefined;
    const lowering = LOWERINGS.get(node.op);
    if (!lowering)
      throw new MarnetError('internal', `gradient op ${node.op} ("${node.name}") has no lowering`);
    return lowering({ builder, target, node, inputs: node.inputs.map((name) => builder.value(name)) });
  });
  lowered.opsets.delete(GRAD_DOMAIN);
  return lowered;
}
