/**
 * BatchNormalization in training mode, of what does not depend on the image: exporters write so weights that are
 * standardised in each run (Qiao et al. 2019). Its statistics are those of its own input, over every axis but the channels':
 *   mean = mean(x)    variance = mean((x - mean)^2)    y = (x - mean) scale / sqrt(variance + epsilon) + bias
 */
import {
  descendantsOf,
  floatAttribute,
  type Graph,
  intAttribute,
  usesOf,
  type Value,
} from '../graph/index.ts';
import { rewrite } from './rewrite.ts';

/**
 * The graph with every such BatchNormalization written in ops that have gradients, and kernels on every device. One that
 * normalizes values of the image stays, and so does one whose running averages are read. The given graph is left as it is.
 * @param graph types must be known.
 */
export function writeWeightStatistics(graph: Graph, image: string): Graph {
  const ofImage = descendantsOf(graph, [image]);
  const uses = usesOf(graph);
  const isRead = (name: string): boolean =>
    uses.consumers(name).length > 0 || graph.outputs.some((output) => output.name === name);
  return rewrite(graph, 'weight-statistics/', (node, { builder: b }) => {
    if (node.op !== 'BatchNormalization' || node.domain !== '') return undefined;
    if (intAttribute(node, 'training_mode') !== 1 || ofImage.has(node.outputs[0]!)) return undefined;
    if (node.outputs.slice(1).some(isRead)) return undefined;
    const [x, scale, bias] = node.inputs.slice(0, 3).map((name) => b.value(name)) as [Value, Value, Value];
    const others = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const ones = x.shape.slice(2).map(() => 1);
    const perChannel = (v: Value): Value => b.reshape(v, [x.shape[1] as number, ...ones]);
    const centred = b.sub(x, b.reduceMean(x, others, true));
    const variance = b.reduceMean(b.mul(centred, centred), others, true);
    const deviation = b.sqrt(b.add(variance, b.scalar(floatAttribute(node, 'epsilon'), x)));
    return [b.add(b.mul(b.div(centred, deviation), perChannel(scale)), perChannel(bias))];
  });
}
