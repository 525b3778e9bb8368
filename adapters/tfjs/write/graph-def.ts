/** A graph of TensorFlow ops as the JSON of a GraphDef, as TensorFlow.js reads it. */
import type { Attribute, Node } from '../../../core/graph/index.ts';
import type { TfjsPort, TfjsSignature } from '../artifacts.ts';
import type { TfDType } from './tf-builder.ts';
import type { Port, TranslatedGraph } from './translate.ts';

type Json = Readonly<Record<string, unknown>>;

export const DATA_TYPE: Readonly<Record<TfDType, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
};

/** Attributes that are integers in our graph and booleans in TensorFlow. */
const BOOLEANS: ReadonlySet<string> = new Set([
  'transpose_a',
  'transpose_b',
  'keep_dims',
  'align_corners',
  'half_pixel_centers',
  'exclusive',
  'reverse',
  'sorted',
]);

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function attributeJson(name: string, attribute: Attribute): Json {
  switch (attribute.kind) {
    case 'int':
      return BOOLEANS.has(name) ? { b: attribute.value === 1 } : { i: String(attribute.value) };
    case 'float':
      return { f: attribute.value };
    case 'string':
      return { s: base64(attribute.value) };
    case 'ints':
      return { list: { i: attribute.value.map(String) } };
    case 'strings':
      return { list: { s: attribute.value.map(base64) } };
    default:
      throw new RangeError(`no attribute "${name}" of kind ${attribute.kind} in a GraphDef`);
  }
}

const shapeJson = (shape: readonly number[] | undefined): NonNullable<TfjsPort['tensorShape']> =>
  shape ? { dim: shape.map((size) => ({ size: String(size) })) } : { unknownRank: true };

/** The types that TensorFlow's op definitions name in an attribute. */
function typeAttributes(node: Node, typeOf: (name: string) => TfDType): Json {
  const type = (dtype: TfDType): Json => ({ type: DATA_TYPE[dtype] });
  const own = typeOf(node.outputs[0]!);
  const [first, second] = node.inputs.map(typeOf);
  switch (node.op) {
    case 'Cast':
      return { SrcT: type(first!), DstT: type(own) };
    case 'GatherV2':
      return { Tparams: type(own), Tindices: type(second!), Taxis: type('int32') };
    case 'GatherNd':
      return { Tparams: type(own), Tindices: type(second!) };
    case 'TensorScatterUpdate':
      return { T: type(own), Tindices: type(second!) };
    case 'Shape':
      return { T: type(first!), out_type: type('int32') };
    case 'ArgMax':
    case 'ArgMin':
      return { T: type(first!), Tidx: type('int32'), output_type: type('int32') };
    case 'LogicalNot':
    case 'LogicalAnd':
    case 'LogicalOr':
      return {};
    case 'SelectV2':
    case 'OneHot':
    case 'Fill':
    case 'Conv2DBackpropInput':
      return { T: type(own) };
    default:
      return { T: type(first!) };
  }
}

/** The port of an input or output in the signature. */
const portJson = (port: Port): TfjsPort => ({
  name: `${port.node}:0`,
  dtype: DATA_TYPE[port.dtype],
  tensorShape: shapeJson(port.shape),
});

export function signatureOf({ inputs, outputs }: TranslatedGraph): TfjsSignature {
  const ports = (list: readonly Port[]) =>
    Object.fromEntries(list.map((port) => [port.name, portJson(port)]));
  return { inputs: ports(inputs), outputs: ports(outputs) };
}

/** `modelTopology` of a graph-model; the elements of its constants are the weights beside it. */
export function graphDefOf({ graph, inputs }: TranslatedGraph): Json {
  const typeOf = (name: string): TfDType => (graph.typeOf(name)?.dtype ?? 'float32') as TfDType;
  const constants = [...graph.constants].map(([name, { dtype, dims }]) => ({
    name,
    op: 'Const',
    attr: {
      dtype: { type: DATA_TYPE[dtype as TfDType] },
      value: { tensor: { dtype: DATA_TYPE[dtype as TfDType], tensorShape: shapeJson(dims) } },
    },
  }));
  // Also those that nothing reads: whoever runs the model may feed them.
  const placeholders = inputs.map((input) => ({
    name: input.node,
    op: 'Placeholder',
    attr: { dtype: { type: DATA_TYPE[input.dtype] }, shape: { shape: shapeJson(input.shape) } },
  }));
  const computed = graph.nodes.filter((node) => node.op !== 'Placeholder');
  const nodes = computed.map((node) => {
    const attributes = Object.entries(node.attributes).map(([name, value]) => [
      name,
      attributeJson(name, value),
    ]);
    return {
      name: node.name,
      op: node.op,
      input: node.inputs,
      attr: { ...typeAttributes(node, typeOf), ...Object.fromEntries(attributes) },
    };
  });
  return {
    node: [...placeholders, ...constants, ...nodes],
    library: {},
    versions: { producer: 1, minConsumer: 1 },
  };
}
