import { MarnetError } from '../errors.ts';
import { Graph, type ValueInfo } from '../graph/index.ts';
import { type ExternalFiles, externalFiles } from './external.ts';
import { functionInside } from './inside.ts';
import { constantOfNode, domainOf, type NodeRecord, readNode } from './node-record.ts';
import { FUNCTION, GRAPH, MODEL, OPSET } from './schema.ts';
import { sortNodes } from './sort.ts';
import type { ByteSource } from './source.ts';
import { readEntry, readSparseRecord, readTensorRecord, type TensorRecord } from './tensor-record.ts';
import { readValueInfo } from './value-info.ts';
import { type Field, integer, malformed, payload, readFields, text } from './wire.ts';

/** A ModelProto as an index of its records by offset, and the graph that they make up. */
export interface OnnxFile {
  readonly source: ByteSource;
  readonly irVersion: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** Name and version of the tool that wrote it; empty where it does not say. */
  readonly producer: string;
  /** What the file says. `origin` of its nodes and constants counts in `records`. */
  readonly graph: Graph;
  /** Fields of the ModelProto, in file order. */
  readonly fields: readonly Field[];
  /** Its GraphProto. */
  readonly graphField: Field;
  /** Fields of the GraphProto, in file order. */
  readonly records: readonly Field[];
  /** By index in `records`. */
  readonly nodes: ReadonlyMap<number, NodeRecord>;
  readonly tensors: ReadonlyMap<number, TensorRecord>;
  readonly inputs: ReadonlyMap<number, ValueInfo>;
  readonly outputs: ReadonlyMap<number, ValueInfo>;
  readonly valueInfos: ReadonlyMap<number, ValueInfo>;
  readonly external: ExternalFiles;
}

/**
 * @param folder where external data is looked for.
 * @throws MarnetError 'not-a-model' for bytes that are no ONNX model, or end early;
 * 'unsupported-model' for a graph that cannot be represented.
 */
export function readOnnx(source: ByteSource, folder?: string): OnnxFile {
  const fields = readFields(source, 0, source.size, 'model');
  const graphFields = fields.filter((f) => f.number === MODEL.graph && f.wire === 2);
  const graphField = graphFields[0];
  if (!graphField) throw malformed(source, 'model: it has no graph', source.size);
  if (graphFields.length > 1) throw malformed(source, 'model: it has two graphs', graphFields[1]!.start);

  const graph = new Graph();
  const external = externalFiles(folder);
  const metadata = new Map<string, string>();
  let irVersion = 0;
  const producer: string[] = [];
  for (const field of fields) {
    if (field.number === MODEL.irVersion) irVersion = integer(source, field);
    else if (field.number === MODEL.producerName || field.number === MODEL.producerVersion)
      producer.push(text(source, field));
    else if (field.number === MODEL.opsetImport) {
      const { domain, version } = readOpset(source, field);
      graph.opsets.set(domain, version);
    } else if (field.number === MODEL.metadataProps) {
      const { key, value } = readEntry(source, field);
      metadata.set(key, value);
    } else if (field.number === MODEL.functions) {
      const inside = functionInside(source, field, external)?.toBytes();
      graph.functions.set(functionName(source, field), inside ?? payload(source, field));
    }
  }
  const file = {
    source,
    irVersion,
    metadata,
    producer: producer.join(' ').trim(),
    graph,
    fields,
    graphField,
    records: readFields(source, graphField.body, graphField.end, 'graph'),
    nodes: new Map<number, NodeRecord>(),
    tensors: new Map<number, TensorRecord>(),
    inputs: new Map<number, ValueInfo>(),
    outputs: new Map<number, ValueInfo>(),
    valueInfos: new Map<number, ValueInfo>(),
    external,
  };
  readRecords(file);
  return file;
}

type Reading = { -readonly [K in keyof OnnxFile]: OnnxFile[K] } & {
  nodes: Map<number, NodeRecord>;
  tensors: Map<number, TensorRecord>;
  inputs: Map<number, ValueInfo>;
  outputs: Map<number, ValueInfo>;
  valueInfos: Map<number, ValueInfo>;
};

function readRecords(file: Reading): void {
  const { source, graph, records } = file;
  const untyped = new Set<ValueInfo>();
  const infoOf = (field: Field): ValueInfo => {
    const { info, typed } = readValueInfo(source, field);
    if (!typed) untyped.add(info);
    return info;
  };
  records.forEach((field, index) => {
    switch (field.number) {
      case GRAPH.name:
        graph.name = text(source, field);
        break;
      case GRAPH.node:
        file.nodes.set(index, readNode(source, field, index, file.external));
        break;
      case GRAPH.initializer:
        file.tensors.set(index, readTensorRecord(source, field.body, field.end, file.external));
        break;
      case GRAPH.sparseInitializer:
        file.tensors.set(index, readSparseRecord(source, field, file.external));
        break;
      case GRAPH.input:
        file.inputs.set(index, infoOf(field));
        break;
      case GRAPH.output:
        file.outputs.set(index, infoOf(field));
        break;
      case GRAPH.valueInfo:
        file.valueInfos.set(index, infoOf(field));
        break;
    }
  });
  for (const [origin, { name, dtype, dims, read }] of file.tensors)
    if (dtype) graph.constants.set(name, { dtype, dims, read, origin });
  graph.outputs = [...file.outputs.values()];
  const outputs = new Set(graph.outputs.map((o) => o.name));
  for (const { node } of file.nodes.values()) {
    const made = node.outputs[0] ?? '';
    const constant = outputs.has(made) ? undefined : constantOfNode(node);
    if (constant) graph.constants.set(made, constant);
    else graph.nodes.push(node);
  }
  graph.nodes = sortNodes(graph.nodes, source.label);
  // Up to IR version 3 every initializer had to be listed as an input too.
  const initialized = new Set([...file.tensors.values()].map((t) => t.name));
  graph.inputs = [...file.inputs.values()].filter((i) => !initialized.has(i.name));
  for (const input of graph.inputs)
    if (untyped.has(input) && !input.container)
      throw new MarnetError(
        'unsupported-model',
        `${source.label}: input "${input.name}" has no known element type`,
        {
          hint: 'Export the model with typed inputs.',
        },
      );
  for (const info of file.valueInfos.values())
    if (!untyped.has(info)) graph.types.set(info.name, { dtype: info.dtype, shape: info.shape });
}

export function readOpset(source: ByteSource, field: Field): { domain: string; version: number } {
  let domain = '';
  let version = 1;
  for (const part of readFields(source, field.body, field.end, 'operator set')) {
    if (part.number === OPSET.domain) domain = domainOf(text(source, part));
    else if (part.number === OPSET.version) version = integer(source, part);
  }
  return { domain, version };
}

/** 'domain:name', with ':overload' where one is given. */
export function functionName(source: ByteSource, field: Field): string {
  let name = '';
  let domain = '';
  let overload = '';
  for (const part of readFields(source, field.body, field.end, 'function')) {
    if (part.number === FUNCTION.name) name = text(source, part);
    else if (part.number === FUNCTION.domain) domain = domainOf(text(source, part));
    else if (part.number === FUNCTION.overload) overload = text(source, part);
  }
  return overload === '' ? `${domain}:${name}` : `${domain}:${name}:${overload}`;
}
