import { MarnetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import { Message } from './message.ts';
import { GRAPH, MODEL } from './schema.ts';
import { entryMessage, nodeMessage, opsetMessage, tensorMessage, valueInfoMessage } from './write-records.ts';

/** How a graph is written as an ONNX file. */
export interface EncodeOptions {
  /** The oldest IR version that has the graph's operator set, and 8 at least, unless told. */
  readonly irVersion?: number;
  /** Entries of the file's metadata, text by key. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Also write the types of values between the nodes. */
  readonly valueInfo?: boolean;
}

/** What one protobuf message can hold. */
export const PROTOBUF_LIMIT = 2 ** 31 - 1;

/**
 * The bytes of an ONNX file from scratch: constants as initializers with raw data, nodes in the graph's order, of the dtypes and
 * shapes that the graph has. For a model that was read, `Model.encode` keeps what was not changed as it is.
 * @throws MarnetError 'output' above 2 GB.
 */
export function encodeGraph(graph: Graph, options: EncodeOptions = {}): Uint8Array {
  const body = new Message();
  for (const node of graph.nodes) body.bytes(GRAPH.node, nodeMessage(node));
  body.string(GRAPH.name, graph.name || 'graph');
  for (const [name, constant] of graph.constants)
    body.bytes(GRAPH.initializer, tensorMessage(constant, name));
  for (const input of graph.inputs) body.bytes(GRAPH.input, valueInfoMessage(input));
  for (const output of graph.outputs) body.bytes(GRAPH.output, valueInfoMessage(output));
  if (options.valueInfo)
    for (const [name, type] of graph.types) body.bytes(GRAPH.valueInfo, valueInfoMessage({ name, ...type }));

  const model = new Message().integer(MODEL.irVersion, options.irVersion ?? irVersionFor(graph.opset));
  model.string(MODEL.producerName, 'marnet-wrap');
  model.bytes(MODEL.graph, body);
  for (const [domain, version] of graph.opsets) model.bytes(MODEL.opsetImport, opsetMessage(domain, version));
  for (const [key, value] of Object.entries(options.metadata ?? {}))
    model.bytes(MODEL.metadataProps, entryMessage(key, value));
  for (const bytes of graph.functions.values()) model.bytes(MODEL.functions, bytes);
  requireOneMessage(model.rope.size, 'the graph');
  return model.toBytes();
}

/** https://github.com/onnx/onnx/blob/main/docs/Versioning.md#released-versions; not below 8, so functions can be in. */
export function irVersionFor(opset: number): number {
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  if (opset <= 22) return 10;
  if (opset === 23) return 11;
  return 12;
}

export function requireOneMessage(size: number, what: string): void {
  if (size > PROTOBUF_LIMIT)
    throw new MarnetError(
      'output',
      `${what} takes ${size} bytes, and one ONNX file holds at most ${PROTOBUF_LIMIT}`,
      {
        hint: 'Write it with external data (--external-data), which keeps the weights in a file beside the model.',
      },
    );
}
