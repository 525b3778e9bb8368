/** Messages with the tensors that they keep in other files taken into them: their bytes are read where no folder is. */
import type { ExternalFiles } from './external.ts';
import { patchTensor } from './patch-tensor.ts';
import { Rewrite, withContent } from './rewrite.ts';
import { Rope } from './rope.ts';
import { ATTRIBUTE, FUNCTION, GRAPH, NODE, SPARSE_TENSOR } from './schema.ts';
import type { ByteSource } from './source.ts';
import { readTensorRecord } from './tensor-record.ts';
import { type Field, readFields, text } from './wire.ts';

interface Place {
  readonly source: ByteSource;
  readonly files: ExternalFiles;
  /** What messages call a tensor without a name. */
  readonly owner: string;
}

/** The field with its tensors inside; undefined where it keeps none in another file. */
type Inside = (place: Place, field: Field) => Rope | undefined;

/**
 * An AttributeProto's content with all its tensors inside, those of bodies included, which are read when it is written.
 * @param owner what messages call a tensor without a name.
 * @returns undefined where no tensor is in another file.
 */
export function attributeInside(
  source: ByteSource,
  field: Field,
  files: ExternalFiles,
  owner: string,
): Rope | undefined {
  return contentInside({ source, files, owner }, field, 'attribute', ATTRIBUTE_PARTS);
}

/** As `attributeInside`, for a GraphProto that is a node's body. */
export function bodyInside(source: ByteSource, field: Field, files: ExternalFiles): Rope | undefined {
  return contentInside({ source, files, owner: '' }, field, 'graph attribute', GRAPH_PARTS);
}

/** As `attributeInside`, for a FunctionProto. */
export function functionInside(source: ByteSource, field: Field, files: ExternalFiles): Rope | undefined {
  return contentInside({ source, files, owner: '' }, field, 'function', FUNCTION_PARTS);
}

const tensorInside: Inside = ({ source, files, owner }, field) => {
  const record = readTensorRecord(source, field.body, field.end, files, owner);
  // How many bytes a tensor of a type that is not known has, nobody can tell: it stays where it is.
  if (!record.external || !record.dtype) return undefined;
  return new Rope().push(patchTensor(source, field, record, { name: record.name, place: 'inline' }));
};
const sparseInside: Inside = (place, field) => messageInside(place, field, 'sparse tensor', SPARSE_PARTS);
const nodeInside: Inside = (place, field) => {
  const { source } = place;
  const made = readFields(source, field.body, field.end, 'node').find((f) => f.number === NODE.output);
  return messageInside({ ...place, owner: made ? text(source, made) : '' }, field, 'node', NODE_PARTS);
};
const partInside: Inside = (place, field) => messageInside(place, field, 'attribute', ATTRIBUTE_PARTS);
const graphInside: Inside = (place, field) => messageInside(place, field, 'graph attribute', GRAPH_PARTS);

type Parts = ReadonlyMap<number, Inside>;
const SPARSE_PARTS: Parts = new Map([
  [SPARSE_TENSOR.values, tensorInside],
  [SPARSE_TENSOR.indices, tensorInside],
]);
const ATTRIBUTE_PARTS: Parts = new Map([
  [ATTRIBUTE.tensor, tensorInside],
  [ATTRIBUTE.tensors, tensorInside],
  [ATTRIBUTE.graph, graphInside],
  [ATTRIBUTE.graphs, graphInside],
]);
const NODE_PARTS: Parts = new Map([[NODE.attribute, partInside]]);
const GRAPH_PARTS: Parts = new Map([
  [GRAPH.node, nodeInside],
  [GRAPH.initializer, tensorInside],
  [GRAPH.sparseInitializer, sparseInside],
]);
const FUNCTION_PARTS: Parts = new Map([[FUNCTION.node, nodeInside]]);

function messageInside(place: Place, field: Field, what: string, parts: Parts): Rope | undefined {
  const content = contentInside(place, field, what, parts);
  return content && withContent(place.source, field, content);
}

function contentInside(place: Place, field: Field, what: string, parts: Parts): Rope | undefined {
  const { source } = place;
  const fields = readFields(source, field.body, field.end, what);
  const rewrite = new Rewrite();
  fields.forEach((part, index) => {
    const inside = parts.get(part.number)?.(place, part);
    if (inside) rewrite.replace(index, inside);
  });
  return rewrite.isEmpty ? undefined : rewrite.apply(source, fields);
}
