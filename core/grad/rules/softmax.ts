/**
 * Softmax      y = e^x / sum(e^x)           dx = y (dy - sum(dy y))
 * LogSoftmax   y = x - ln(sum(e^x))         dx = dy - e^y sum(dy)
 * Sums along one axis; both are ops of our own, see ops.ts.
 */
import { int, intAttribute } from '../../graph/index.ts';
import { normalizeAxis, productOf } from '../axes.ts';
import { emitGradientOp } from '../ops.ts';
import type { GradientRule, RuleContext } from '../rule.ts';

function axisOf(c: RuleContext): number {
  const shape = c.shape(0);
  // Before operator set 13 the axis begins a block of axes that share one sum.
  const { opset } = c.builder.graph;
  const asBlock = opset < 13;
  const axis = normalizeAxis(intAttribute(c.node, 'axis', { opset }), shape.length);
  if (asBlock && productOf(shape.slice(axis)) !== shape[axis])
    throw c.unsupported(`it sums over several axes at once (operator set ${opset})`);
  return axis;
}

const rule = (op: 'Softmax' | 'LogSoftmax'): GradientRule => ({
  op,
  gradient: (c) => [
    () => {
      const { dtype, shape } = c.dy;
      return emitGradientOp(c.builder, `${op}Gradient`, [c.y, c.dy], { axis: int(axisOf(c)) }, [
        { dtype, shape },
      ])[0];
    },
  ],
});

export const SOFTMAX_RULES: readonly GradientRule[] = [rule('Softmax'), rule('LogSoftmax')];
