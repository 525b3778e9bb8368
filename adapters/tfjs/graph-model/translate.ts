/** The walk over a GraphDef: each node through its translation, its outputs under TensorFlow's names. */
import { distance } from 'fastest-levenshtein';
import { MarnetError } from '../../../core/errors.ts';
import { type Dim, Graph, type GraphBuilder, type Node, type Value } from '../../../core/graph/index.ts';
import type { TfjsArtifacts } from '../artifacts.ts';
import { SharedWeightsBuilder } from '../layers-model/shared-weights.ts';
import { dtypeOf, sizesOf } from './attributes.ts';
import {
  type GraphDef,
  type GraphInput,
  type GraphNode,
  inOrder,
  type Port,
  readGraphDef,
} from './graph-def.ts';
import { foldNode } from './host/index.ts';
import { arrayOperand, type Operand, tensorOperand, valueOperand } from './operand.ts';
import { Operation, type Translations } from './operation.ts';

/** Operator set of translated graphs. */
export const OPSET = 17;

const nameOf = ({ node, index }: Port): string => (index === 0 ? node : `${node}:${index}`);

export function translateGraph(artifacts: TfjsArtifacts, translations: Translations): Graph {
  const def = readGraphDef(artifacts);
  const graph = new Graph();
  graph.opsets.set('', OPSET);
  // Two nodes that read one constant share its parameter.
  const builder = new SharedWeightsBuilder(graph);
  const order = inOrder(def);
  // Names that are still to come, so that none made here takes one of them. Constants come under theirs as they are read.
  for (const { name } of order) if (!artifacts.weights.has(name)) builder.uniqueName(name);

  const operands = new Map<string, readonly Operand[]>();
  for (const input of def.inputs)
    operands.set(input.node, [valueOperand(placeholder(builder, input, def.nodes.get(input.node)!))]);
  for (const node of order) {
    if (operands.has(node.name)) continue;
    const inputs = node.inputs.map((port) => resolve(port, operands, node));
    operands.set(node.name, translateNode(node, inputs, builder, artifacts, translations));
  }
  addOutputs(builder, def, operands);
  return graph;
}

function translateNode(
  node: GraphNode,
  inputs: readonly Operand[],
  builder: GraphBuilder,
  artifacts: TfjsArtifacts,
  translations: Translations,
): readonly Operand[] {
  if (node.op === 'Const') return [constant(builder, node, artifacts)];
  const folded = foldNode(node, inputs);
  if (folded) return folded.map((array) => arrayOperand(builder, array));
  const translation = Object.hasOwn(translations, node.op) ? translations[node.op] : undefined;
  if (!translation) throw missingOp(node, translations);
  const start = builder.graph.nodes.length;
  const result = attempt(node, () => translation(new Operation(node, builder, inputs)));
  const outputs = isList(result) ? result : [result];
  const named = outputs.map((output, index) =>
    'value' in output
      ? output
      : valueOperand(rename(builder.graph, output, nameOf({ node: node.name, index }), start)),
  );
  nameSteps(builder, node.name, start);
  return named;
}

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

/** Faults of shapes come from the graph builder, which does not know the model's nodes. */
function attempt<T>(node: GraphNode, translate: () => T): T {
  try {
    return translate();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MarnetError('unsupported-model', `${node.op} "${node.name}": ${cause.message}`, {
      hint: 'The model.json may be damaged; else supply a translation of your own for this op.',
      cause,
    });
  }
}

/** Gives the value its name, if one of the nodes from `start` on makes it; an older value keeps the one it has. */
function rename(graph: Graph, value: Value, name: string, start: number): Value {
  if (value.name === name) return value;
  const made = graph.nodes.findIndex((node, i) => i >= start && node.outputs.includes(value.name));
  if (made < 0) return value;
  const swap = (each: string): string => (each === value.name ? name : each);
  for (let i = made; i < graph.nodes.length; i++) {
    const node = graph.nodes[i]!;
    const renamed: Node = { ...node, inputs: node.inputs.map(swap), outputs: node.outputs.map(swap) };
    graph.nodes[i] = i === made ? { ...renamed, name } : renamed;
  }
  graph.types.delete(value.name);
  graph.types.set(name, { dtype: value.dtype, shape: value.shape });
  return { ...value, name };
}

/** Nodes on the way to a node's outputs are called `<node>/<op>`, for people who read the graph. */
function nameSteps(builder: GraphBuilder, name: string, start: number): void {
  const { nodes } = builder.graph;
  for (let i = start; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.name === `${node.op}:${node.outputs[0]}`)
      nodes[i] = { ...node, name: builder.uniqueName(`${name}/${node.op}`) };
  }
}

function resolve(
  port: Port,
  operands: ReadonlyMap<string, readonly Operand[]>,
  reader: Pick<GraphNode, 'op' | 'name'>,
): Operand {
  const found = operands.get(port.node)?.[port.index];
  if (found) return found;
  throw new MarnetError(
    'unsupported-model',
    `${reader.op} "${reader.name}" reads output ${port.index} of "${port.node}", which its translation does not give`,
    { hint: 'Convert the model for inference: outputs that only training needs are not translated.' },
  );
}

function placeholder(builder: GraphBuilder, { port }: GraphInput, node: GraphNode): Value {
  const sizes = node.attributes.shape('shape') ?? sizesOf(port?.tensorShape);
  if (!sizes)
    throw new MarnetError('unsupported-model', `the input "${node.name}" has no shape, not even a rank`, {
      hint: 'Convert the model with a fixed input shape.',
    });
  const shape = sizes.map((size, axis): Dim => (size >= 0 ? size : axis === 0 ? 'batch' : '?'));
  const dtype =
    node.attributes.dtype('dtype') ?? (port?.dtype ? dtypeOf(port.dtype) : undefined) ?? 'float32';
  return builder.input(node.name, dtype, shape);
}

function constant(builder: GraphBuilder, node: GraphNode, { weights }: TfjsArtifacts): Operand {
  const tensor = weights.get(node.name);
  if (tensor) return tensorOperand(builder, tensor, node.name);
  throw new MarnetError(
    'external-data',
    `the constant "${node.name}" is not among the weights of the manifest`,
    {
      hint: 'model.json and its weightsManifest do not fit together: convert or fetch the model again.',
    },
  );
}

function addOutputs(
  builder: GraphBuilder,
  def: GraphDef,
  operands: ReadonlyMap<string, readonly Operand[]>,
): void {
  const { graph } = builder;
  // Names that values had before outputs of the graph gave them theirs.
  const current = new Map<string, string>();
  for (const port of def.outputs) {
    const name = nameOf(port);
    if (graph.outputs.some((output) => output.name === name)) continue;
    const made = resolve(port, operands, { op: 'output', name }).value();
    let value = { ...made, name: current.get(made.name) ?? made.name };
    const isOutput = graph.outputs.some((output) => output.name === value.name);
    if (!isOutput && value.name !== name) {
      value = rename(graph, value, name, 0);
      current.set(made.name, value.name);
    }
    if (value.name !== name) value = builder.op('Identity', [value], {}, { names: [name], types: [value] });
    builder.output(value);
  }
}

function missingOp({ op, name }: GraphNode, translations: Translations): MarnetError {
  const near = Object.keys(translations).find(
    (known) => distance(known.toLowerCase(), op.toLowerCase()) <= 1,
  );
  return new MarnetError('unsupported-model', `the op ${op} of node "${name}" has no translation to ONNX`, {
    hint:
      `An adapter can supply one: give the importer translations: { ${/^\w+$/.test(op) ? op : JSON.stringify(op)}: (operation) => ... }.` +
      (near ? ` ${near} is known.` : ''),
  });
}
