/** What the converter fuses into convolutions and products: a bias, then an activation. */
import type { Tensor, Value } from '../../../../core/graph/index.ts';
import { activation } from '../../ops/index.ts';
import type { Operand } from '../operand.ts';
import type { Operation } from '../operation.ts';

export interface Fused {
  readonly bias: Operand | undefined;
  /** `fused_ops` but for BiasAdd: at most one name. */
  readonly activation: string | undefined;
  /** Slopes of Prelu. */
  readonly slope: Operand | undefined;
}

/** Fused arguments follow the node's two own inputs. @throws MarnetError 'unsupported-model' for another fusion. */
export function fusedOf(operation: Operation): Fused {
  const names = operation.attributes.strings('fused_ops');
  const hasBias = names[0] === 'BiasAdd';
  const [name, ...more] = hasBias ? names.slice(1) : names;
  if (more.length > 0 || name === 'FusedBatchNorm') return operation.fail(`fuses ${names.join(', ')}`);
  return {
    bias: hasBias ? operation.operand(2) : undefined,
    activation: name,
    slope: name === 'Prelu' ? operation.operand(hasBias ? 3 : 2) : undefined,
  };
}

/** The bias as a tensor, where the op itself can take it. */
export const biasTensor = ({ bias }: Fused): Tensor | undefined =>
  bias?.tensor?.dims.length === 1 ? bias.tensor : undefined;

/** @param added whether the bias is in x already. */
export function finish(operation: Operation, x: Value, fused: Fused, added: boolean): Value {
  const b = operation.builder;
  const y = fused.bias && !added ? b.add(x, fused.bias.value()) : x;
  if (fused.slope) return b.op('PRelu', [y, fused.slope.value()]);
  if (fused.activation === undefined) return y;
  const alpha =
    fused.activation === 'LeakyRelu' ? operation.attributes.float('leakyrelu_alpha', 0.2) : undefined;
  const result = activation(b, fused.activation, y, { alpha });
  return result ?? operation.fail(`fuses the activation ${fused.activation}`);
}
