import { MarnetError } from '../../../core/errors.ts';
import {
  type Dim,
  type Graph,
  int,
  knownTensor,
  type Node,
  removeDead,
  usesOf,
  type ValueInfo,
} from '../../../core/graph/index.ts';
import { identity } from './permutation.ts';
import type { PreparedGraph } from './prepare.ts';
import { ruleFor } from './rules/index.ts';
import { siteOf } from './site.ts';
import type { Source } from './source.ts';
import { type TfDType, TfGraphBuilder, type TfValue, tfDType } from './tf-builder.ts';
import { type Translation, unsupported } from './translation.ts';

/** An input or output: its name in the model, and its node. */
export interface Port {
  readonly name: string;
  readonly node: string;
  readonly dtype: TfDType;
  /** -1 for sizes that a run decides; undefined where the rank is not known. */
  readonly shape: readonly number[] | undefined;
}

export interface TranslatedGraph {
  /** Nodes of domain 'tf', named as in TensorFlow: output k > 0 of a node is `<node>:<k>`. */
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * A prepared ONNX graph in TensorFlow's ops.
 * @param isOriginal whether a constant is one of the model's own.
 * @throws MarnetError 'unsupported-model' naming op and node.
 */
export function translate(
  { graph, batch }: PreparedGraph,
  isOriginal: (constant: string) => boolean,
): TranslatedGraph {
  const tf = new TfGraphBuilder();
  const sources = new Map<string, Source>();
  const open = (dim: Dim): number =>
    typeof dim === 'string' || (batch !== undefined && dim !== 0 && dim % batch === 0) ? -1 : dim;
  const port = (info: ValueInfo, node: string): Port => {
    const dtype = info.container ? undefined : tfDType(info.dtype);
    if (!dtype)
      throw new MarnetError(
        'unsupported-model',
        `"${info.name}" is ${info.container ?? info.dtype}, which TensorFlow.js lacks`,
        { hint: 'Export to ONNX instead.' },
      );
    return { name: info.name, node, dtype, shape: info.shape?.map(open) };
  };

  const inputs = graph.inputs.map((info) => port(info, tf.uniqueName(info.name)));
  const typed = (info: ValueInfo): ValueInfo => ({
    ...info,
    shape: graph.typeOf(info.name)?.shape ?? info.shape,
  });
  const outputs = graph.outputs.map((info) => {
    const isInput = graph.inputs.some((input) => input.name === info.name);
    return port(typed(info), tf.uniqueName(isInput ? `${info.name}/output` : info.name));
  });
  inputs.forEach((input, i) => {
    const { name, dtype, shape } = graph.inputs[i]!;
    const value = tf.named(input.node, 'Placeholder', [], input.dtype);
    const forms = [{ perm: identity(shape?.length ?? 0), value }];
    sources.set(name, { name, dtype, shape, constant: undefined, forms });
  });
  for (const [name, constant] of graph.constants)
    sources.set(name, { name, dtype: constant.dtype, shape: constant.dims, constant, forms: [] });

  let size: TfValue | undefined;
  const translation: Translation = {
    graph,
    tf,
    sources,
    batch,
    isOriginal,
    batchSize() {
      size ??= sizeOfBatch(tf, inputs, graph.inputs, batch!);
      return size;
    },
  };
  const uses = usesOf(graph);
  for (const node of graph.nodes) translateNode(translation, node, (name) => knownTensor(graph, uses, name));
  graph.outputs.forEach(({ name }, i) => {
    const node: Node = { op: 'Identity', domain: '', name, inputs: [name], outputs: [name], attributes: {} };
    const { node: given, dtype } = outputs[i]!;
    tf.named(given, 'Identity', [siteOf(translation, node).natural(0)], dtype);
  });
  tf.graph.inputs = inputs.map((input) => ({ name: input.node, dtype: input.dtype, shape: input.shape }));
  tf.graph.outputs = outputs.map((output) => ({
    name: output.node,
    dtype: output.dtype,
    shape: output.shape,
  }));
  return { graph: removeDead(nameOutputs(tf.graph)), inputs, outputs };
}

function translateNode(
  translation: Translation,
  node: Node,
  known: (name: string) => ReturnType<typeof knownTensor>,
): void {
  const { graph, tf } = translation;
  const sources = translation.sources as Map<string, Source>;
  const typeOf = (name: string) => graph.typeOf(name) ?? { dtype: 'float32' as const, shape: undefined };
  const tensor = node.op === 'Constant' && node.domain === '' ? known(node.outputs[0]!) : undefined;
  if (tensor) {
    const [name] = node.outputs as [string];
    const constant = { dtype: tensor.dtype, dims: tensor.dims, read: () => tensor };
    sources.set(name, { name, dtype: tensor.dtype, shape: tensor.dims, constant, forms: [] });
    return;
  }
  const rule = ruleFor(node);
  if (!rule) throw unsupported(node, 'it has no such op, nor is there a translation into others');
  tf.scope = node.name || node.outputs[0]!;
  const results = rule(siteOf(translation, node));
  node.outputs.forEach((name, k) => {
    if (name === '') return;
    const forms = results[k];
    if (!forms) {
      if (usesOf(graph).consumers(name).length > 0 || graph.outputs.some((output) => output.name === name))
        throw unsupported(node, `its output ${k} is read`);
      return;
    }
    const { dtype, shape } = typeOf(name);
    sources.set(name, { name, dtype, shape, constant: undefined, forms: [...forms] });
  });
}

function sizeOfBatch(
  tf: TfGraphBuilder,
  inputs: readonly Port[],
  infos: readonly ValueInfo[],
  batch: number,
): TfValue {
  const i = infos.findIndex((info) => info.shape?.[0] === batch);
  const input = { name: inputs[i]!.node, dtype: inputs[i]!.dtype };
  const shape = tf.op('Shape', [input], {}, 'int32');
  const [start, end, step] = [tf.integers([0]), tf.integers([1]), tf.integers([1])];
  return tf.op('StridedSlice', [shape, start, end, step], { shrink_axis_mask: int(1) });
}

/** Nodes that make an output take its name: no Identity is needed, but for inputs, constants and shared values. */
function nameOutputs(graph: Graph): Graph {
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const renamed = new Map<string, string>();
  const gone = new Set<Node>();
  for (const output of graph.outputs) {
    const identityNode = uses.producer(output.name)!;
    const made = identityNode.inputs[0]!;
    const producer = uses.producer(made);
    if (!producer || producer.op === 'Placeholder' || producer.outputs.length > 1) continue;
    if (renamed.has(made) || outputs.has(made)) continue;
    renamed.set(made, output.name);
    gone.add(identityNode);
  }
  const nameOf = (name: string): string => renamed.get(name) ?? name;
  graph.nodes = graph.nodes
    .filter((node) => !gone.has(node))
    .map((node) => ({
      ...node,
      name: nameOf(node.name),
      inputs: node.inputs.map(nameOf),
      outputs: node.outputs.map(nameOf),
    }));
  return graph;
}
