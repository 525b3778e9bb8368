/** Activations in terms of others. Formulas: see `form`. */
import { float, floatAttribute, type GraphBuilder, str, type Value } from '../../graph/index.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { MICROSOFT } from './domain.ts';

/** x sigmoid(alpha x) */
function swish(b: GraphBuilder, x: Value, alpha: number): Value {
  return b.mul(x, b.sigmoid(alpha === 1 ? x : b.mul(x, b.scalar(alpha, x))));
}

/** The standard op where the operator set has it, else its formula: x/2 (1 + erf(x/sqrt 2)), or by tanh. */
function gelu(b: GraphBuilder, x: Value, approximate: 'none' | 'tanh'): Value {
  if (b.graph.opset >= 20) return b.op('Gelu', [x], { approximate: str(approximate) });
  const inner =
    approximate === 'none'
      ? b.op('Erf', [b.mul(x, b.scalar(Math.SQRT1_2, x))])
      : b.tanh(
          b.mul(
            b.scalar(Math.sqrt(2 / Math.PI), x),
            b.mul(x, b.add(b.scalar(1, x), b.mul(b.scalar(0.044715, x), b.mul(x, x)))),
          ),
        );
  return b.mul(b.mul(x, b.scalar(0.5, x)), b.add(inner, b.scalar(1, x)));
}

const biased = (c: NodeContext): Value => {
  const bias = c.inputs[1];
  return bias ? c.builder.add(c.input(0), bias) : c.input(0);
};

export const ACTIVATION_DECOMPOSITIONS: readonly DecompositionRule[] = [
  {
    op: 'Swish',
    form: 'x * Sigmoid(alpha * x)',
    decompose: (c) => [swish(c.builder, c.input(0), floatAttribute(c.node, 'alpha'))],
  },
  {
    op: 'Celu',
    form: 'alpha * Elu(x / alpha)',
    decompose: (c) => {
      const b = c.builder;
      const alpha = floatAttribute(c.node, 'alpha');
      const elu = (x: Value): Value => b.op('Elu', [x], { alpha: float(1) });
      if (alpha === 1) return [elu(c.input(0))];
      const x = b.mul(c.input(0), b.scalar(1 / alpha, c.input(0)));
      return [b.mul(elu(x), b.scalar(alpha, x))];
    },
  },
  {
    op: 'QuickGelu',
    domain: MICROSOFT,
    form: 'x * Sigmoid(alpha * x)',
    decompose: (c) => [swish(c.builder, c.input(0), floatAttribute(c.node, 'alpha'))],
  },
  {
    op: 'Gelu',
    domain: MICROSOFT,
    form: 'Gelu(x)',
    decompose: (c) => [gelu(c.builder, c.input(0), 'none')],
  },
  {
    op: 'FastGelu',
    domain: MICROSOFT,
    form: 'Gelu(x + bias), by tanh',
    decompose: (c) => [gelu(c.builder, biased(c), 'tanh')],
  },
  {
    op: 'GemmFastGelu',
    domain: MICROSOFT,
    form: 'Gelu(MatMul(x, w) + bias), by tanh',
    decompose: (c) => {
      const product = c.builder.matMul(c.input(0), c.input(1));
      const bias = c.inputs[2];
      return [gelu(c.builder, bias ? c.builder.add(product, bias) : product, 'tanh')];
    },
  },
  {
    op: 'BiasGelu',
    domain: MICROSOFT,
    form: 'Gelu(x + bias)',
    decompose: (c) => [gelu(c.builder, biased(c), 'none')],
  },
  {
    op: 'BiasSplitGelu',
    domain: MICROSOFT,
    form: 'a * Gelu(b), where x + bias = [a, b]',
    decompose: (c) => {
      const b = c.builder;
      const axis = c.shape(0).length - 1;
      const half = c.shape(0)[axis]! / 2;
      const [left, right] = b.split(biased(c), [half, half], axis) as [Value, Value];
      return [b.mul(left, gelu(b, right, 'none'))];
    },
  },
];
