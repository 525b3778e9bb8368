/** Graphs of one node, from the cases that gradients are tested with. */
import { constantOf, type DType, Graph, isFloating, type Tensor } from '../../../../core/graph/index.ts';
import { type OpCase, tensorOf } from '../../../grad/check.ts';
import { array } from '../../../grad/reference/array.ts';
import { evaluate } from '../../../grad/reference/evaluate.ts';
import { randomFrom } from '../../../grad/samples.ts';

export interface CaseGraph {
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** @param constants whether all inputs but the first are constants, as weights and parameters of a model are. */
export function caseGraph(test: OpCase, constants: boolean): CaseGraph {
  const random = randomFrom(1);
  const graph = new Graph();
  graph.opsets.set('', test.opset ?? 21);
  if (test.domain) graph.opsets.set(test.domain, 1);
  const feeds: Record<string, Tensor> = {};
  const values = new Map<string, ReturnType<typeof array>>();
  const inputs = test.inputs.map((sample, i) => {
    if (!sample) return '';
    const name = `input${i}`;
    const value = array(sample.dims, sample.fill(random));
    const tensor = tensorOf(sample.dtype, value);
    if (sample.constant || (constants && i > 0)) graph.constants.set(name, constantOf(tensor));
    else {
      graph.inputs.push({ name, dtype: sample.dtype, shape: sample.dims });
      feeds[name] = tensor;
      values.set(name, value);
    }
    return name;
  });
  const dtype = test.dtype ?? test.inputs.find((s) => s && isFloating(s.dtype))!.dtype;
  const dtypes: readonly (DType | '')[] =
    typeof test.outputs === 'object' ? test.outputs : new Array<DType>(test.outputs ?? 1).fill(dtype);
  const outputs = dtypes.map((type, i) => (type === '' ? '' : `output${i}`));
  const domain = test.domain ?? '';
  const attributes = test.attributes ?? {};
  graph.nodes.push({ op: test.op, domain, name: `${test.op} under test`, inputs, outputs, attributes });
  const results = evaluate(graph, values);
  dtypes.forEach((type, i) => {
    if (type !== '')
      graph.outputs.push({ name: outputs[i]!, dtype: type, shape: results.get(outputs[i]!)!.dims });
  });
  return { graph, feeds };
}
