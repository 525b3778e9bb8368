/**
 * A reference interpreter of forward ops in double precision, for tests alone: direct loops after the ONNX operator
 * specification, independent of the project's own rules and of onnxruntime (against which it is checked).
 */
import { type Graph, toNumbers } from '../../../core/graph/index.ts';
import { type Array64, array } from './array.ts';
import { ATTENTION } from './attention.ts';
import { EINSUM } from './einsum.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { FUSED } from './fused.ts';
import { LAYOUT } from './layout.ts';
import { LINEAR } from './linear.ts';
import { NORMALIZATION } from './normalization.ts';
import { Call, type Operators } from './operator.ts';
import { POOLING } from './pooling.ts';
import { POSITIONS } from './positions.ts';
import { REDUCTION } from './reduction.ts';
import { RESIZE } from './resize.ts';
import { SAMPLING } from './sampling.ts';
import { SCATTER } from './scatter.ts';

/** By op; those of com.microsoft under 'com.microsoft.Op'. */
export const OPERATORS: Operators = {
  ...ELEMENTWISE,
  ...LINEAR,
  ...POOLING,
  ...REDUCTION,
  ...NORMALIZATION,
  ...LAYOUT,
  ...SCATTER,
  ...RESIZE,
  ...SAMPLING,
  ...EINSUM,
  ...ATTENTION,
  ...POSITIONS,
  ...FUSED,
};

/** All values of the graph, given its inputs. */
export function evaluate(graph: Graph, feeds: ReadonlyMap<string, Array64>): Map<string, Array64> {
  const values = new Map(feeds);
  for (const [name, constant] of graph.constants)
    if (!values.has(name)) values.set(name, array(constant.dims, toNumbers(constant.read())));
  for (const node of graph.nodes) {
    const key = node.domain === 'com.microsoft' ? `${node.domain}.${node.op}` : node.op;
    const operator = OPERATORS[key];
    if (!operator) throw new RangeError(`the reference interpreter has no op ${key}`);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const result = operator(new Call(node.attributes, inputs, node.outputs.length));
    const outputs = Array.isArray(result) ? result : [result];
    node.outputs.forEach((name, i) => {
      if (name !== '' && outputs[i]) values.set(name, outputs[i]);
    });
  }
  return values;
}
