import { MarnetError } from '../errors.ts';
import { GRAD_DOMAIN } from '../grad/ops.ts';
import { type Graph, type GraphBuilder, intAttribute, type Node, type Value } from '../graph/index.ts';
import { lowerBlocked } from './blocked/lower-blocked.ts';
import { readClipOutputs } from './clip-output.ts';
import { columnSums } from './column-sums.ts';
import { LOWERINGS } from './gradients/index.ts';
import type { Target } from './lowering.ts';
import { recomputeActivations } from './recompute.ts';
import { rewrite } from './rewrite.ts';

export interface LowerOptions {
  /**
   * Channels in a block of onnxruntime's blocked layout on this machine, as `blockOf` finds it; without it, or with 1,
   * the graph stays in the standard domain.
   */
  readonly block?: number;
  /**
   * Names of weights among the inputs, and of outputs of the same sizes (their gradients), that the lowered graph takes
   * and gives packed: see `packableWeights` and `packWeights`.
   */
  readonly packed?: ReadonlySet<string>;
}

/**
 * Replaces every gradient op by plain ONNX of the standard domain (opset 21 at most), and for target 'portable'
 * LogSoftmax, which not every device has a kernel of; nothing else is changed, and the names of inputs and outputs stay. The given graph is left as it is.
 * @param options for target 'cpu'.
 * @throws MarnetError 'internal' for a gradient op that has no lowering.
 */
export function lower(graph: Graph, target: Target, options: LowerOptions = {}): Graph {
  if (target === 'cpu' && options.block !== undefined && options.block > 1)
    return columnSums(
      recomputeActivations(lowerBlocked(readClipOutputs(graph), options.block, options.packed)),
    );
  const lowered = rewrite(graph, 'lower/', (node, { builder }) => {
    if (target === 'portable' && node.domain === '' && node.op === 'LogSoftmax')
      return [logSoftmax(builder, node)];
    if (node.domain !== GRAD_DOMAIN) return undefined;
    const lowering = LOWERINGS.get(node.op);
    if (!lowering)
      throw new MarnetError('internal', `gradient op ${node.op} ("${node.name}") has no lowering`);
    return lowering({ builder, target, node, inputs: node.inputs.map((name) => builder.value(name)) });
  });
  lowered.opsets.delete(GRAD_DOMAIN);
  return target === 'cpu' ? columnSums(lowered) : lowered;
}

/** z - ln sum(e^z) with z = x - max(x), along one axis, as LogSoftmax has it since operator set 13. */
function logSoftmax(builder: GraphBuilder, node: Node): Value {
  const x = builder.value(node.inputs[0]!);
  const axis = intAttribute(node, 'axis', { opset: 13 });
  const along = [axis < 0 ? axis + x.shape.length : axis];
  const shifted = builder.sub(x, builder.reduceMax(x, along, true));
  return builder.sub(shifted, builder.log(builder.reduceSum(builder.exp(shifted), along, true)));
}
