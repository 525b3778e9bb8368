/**
 * y = x * s with s = sigmoid(x), as Swish (SiLU) is exported: its two gradients, through the factor and through the
 * sigmoid, together in four passes over memory instead of six.
 *   dy * s + (dy * x) * s * (1 - s) = dy * (s + y * (1 - s))
 */
import { GRAD_DOMAIN } from '../../grad/ops.ts';
import type { Node, Value } from '../../graph/index.ts';
import type { Rewriting } from '../rewrite.ts';

/** The other input of a product of two. */
function otherFactor(product: Node | undefined, factor: string): string | undefined {
  if (product?.op !== 'Mul' || product.domain !== '') return undefined;
  const [a, b] = product.inputs as [string, string];
  return a === factor ? b : b === factor ? a : undefined;
}

/** The sum `node` of both gradients in the shorter form, or undefined where it is not that. */
export function swishGradient(node: Node, { builder, producer }: Rewriting): Value | undefined {
  for (const i of [0, 1]) {
    const throughSigmoid = producer(node.inputs[i]!);
    if (throughSigmoid?.domain !== GRAD_DOMAIN || throughSigmoid.op !== 'SigmoidGradient') continue;
    const [gate, product] = throughSigmoid.inputs as [string, string];
    const sigmoid = producer(gate);
    if (sigmoid?.op !== 'Sigmoid' || sigmoid.domain !== '') continue;
    const x = sigmoid.inputs[0]!;
    const dy = otherFactor(producer(product), x);
    if (dy === undefined || otherFactor(producer(node.inputs[1 - i]!), gate) !== dy) continue;
    const [s, input, gradient] = [gate, x, dy].map((name) => builder.value(name)) as [Value, Value, Value];
    if (`${s.shape}` !== `${gradient.shape}`) continue;
    const y = builder.mul(input, s); // found again, and not computed twice
    const slope = builder.add(s, builder.mul(y, builder.sub(builder.scalar(1, s), s)));
    return builder.mul(gradient, slope);
  }
  return undefined;
}
