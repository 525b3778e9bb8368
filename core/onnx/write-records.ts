/** Records encoded from scratch: nodes, attributes, tensors, value infos. */
import {
  type Attribute,
  type Constant,
  DTYPE_NUMBER,
  type Node,
  sizeOf,
  type Tensor,
  type ValueInfo,
} from '../graph/index.ts';
import { rawSize, toRaw } from './elements.ts';
import { Message } from './message.ts';
import type { Piece } from './rope.ts';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIM,
  ENTRY,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './schema.ts';

const utf8 = new TextEncoder();

/** Where a tensor's elements go when they are not kept in the model file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

type Elements = Pick<Constant, 'dtype' | 'dims' | 'read'>;

/** A TensorProto with raw_data (string_data for strings), whose elements are read when it is written. */
export function tensorMessage(tensor: Elements, name: string, external?: ExternalPlace): Message {
  const message = new Message();
  if (tensor.dims.length > 0) message.packedIntegers(TENSOR.dims, tensor.dims);
  message.integer(TENSOR.dataType, DTYPE_NUMBER[tensor.dtype]);
  if (tensor.dtype === 'string')
    for (const s of tensor.read().data) message.bytes(TENSOR.stringData, utf8.encode(String(s)));
  if (name !== '') message.string(TENSOR.name, name);
  if (external) {
    for (const key of ['location', 'offset', 'length'] as const)
      message.bytes(TENSOR.externalData, entryMessage(key, String(external[key])));
    message.integer(TENSOR.dataLocation, 1);
  } else if (tensor.dtype !== 'string') message.bytes(TENSOR.rawData, rawPiece(tensor));
  return message;
}

/** A constant's raw bytes. @throws RangeError on writing, when it holds more or fewer elements than its shape. */
export function rawPiece(tensor: Elements): Piece {
  const size = rawSize(tensor.dtype, sizeOf(tensor.dims));
  return {
    size,
    write(sink) {
      const raw = toRaw(tensor.read());
      if (raw.length !== size)
        throw new RangeError(
          `a ${tensor.dtype} tensor of shape [${tensor.dims}] holds ${raw.length} bytes, not ${size}`,
        );
      sink(raw);
    },
  };
}

export function constantReading(tensor: Tensor): Elements {
  return { dtype: tensor.dtype, dims: tensor.dims, read: () => tensor };
}

export function entryMessage(key: string, value: string): Message {
  return new Message().string(ENTRY.key, key).string(ENTRY.value, value);
}

export function opsetMessage(domain: string, version: number): Message {
  return new Message().string(OPSET.domain, domain).integer(OPSET.version, version);
}

export function nodeMessage(node: Node): Message {
  const message = new Message();
  for (const input of node.inputs) message.string(NODE.input, input);
  for (const output of node.outputs) message.string(NODE.output, output);
  if (node.name !== '') message.string(NODE.name, node.name);
  message.string(NODE.opType, node.op);
  for (const [name, attribute] of Object.entries(node.attributes))
    message.bytes(NODE.attribute, attributePiece(name, attribute));
  if (node.domain !== '') message.string(NODE.domain, node.domain);
  return message;
}

/** A Constant node that makes `name`. */
export function constantNodeMessage(constant: Elements, name: string, nodeName: string): Message {
  const value = new Message()
    .string(ATTRIBUTE.name, 'value')
    .bytes(ATTRIBUTE.tensor, tensorMessage(constant, ''))
    .integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.tensor);
  const message = new Message().string(NODE.output, name);
  if (nodeName !== '') message.string(NODE.name, nodeName);
  return message.string(NODE.opType, 'Constant').bytes(NODE.attribute, value);
}

export function attributePiece(name: string, attribute: Attribute): Message | Uint8Array {
  if (attribute.kind === 'opaque') return attribute.bytes;
  const message = new Message().string(ATTRIBUTE.name, name);
  switch (attribute.kind) {
    case 'float':
      message.float(ATTRIBUTE.float, attribute.value);
      break;
    case 'int':
      message.integer(ATTRIBUTE.int, attribute.value);
      break;
    case 'string':
      message.string(ATTRIBUTE.string, attribute.value);
      break;
    case 'tensor':
      message.bytes(ATTRIBUTE.tensor, tensorMessage(constantReading(attribute.value), ''));
      break;
    case 'graph':
      message.bytes(ATTRIBUTE.graph, attribute.bytes);
      break;
    case 'floats':
      message.packedFloats(ATTRIBUTE.floats, attribute.value);
      break;
    case 'ints':
      message.packedIntegers(ATTRIBUTE.ints, attribute.value);
      break;
    case 'strings':
      for (const s of attribute.value) message.string(ATTRIBUTE.strings, s);
  }
  return message.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE[attribute.kind]);
}

/** What is no tensor is left without a type, which onnxruntime infers: the graph does not know its elements' types. */
export function valueInfoMessage(info: ValueInfo): Message {
  const message = new Message().string(VALUE_INFO.name, info.name);
  return info.container ? message : message.bytes(VALUE_INFO.type, typeMessage(info));
}

export function typeMessage(type: Pick<ValueInfo, 'dtype' | 'shape'>): Message {
  const tensor = new Message().integer(TENSOR_TYPE.elemType, DTYPE_NUMBER[type.dtype]);
  if (type.shape) {
    const shape = new Message();
    for (const dim of type.shape) shape.bytes(SHAPE.dim, dimMessage(dim));
    tensor.bytes(TENSOR_TYPE.shape, shape);
  }
  return new Message().bytes(TYPE.tensor, tensor);
}

export function dimMessage(dim: number | string): Message {
  if (typeof dim === 'number') return new Message().integer(DIM.value, dim);
  return dim === '?' ? new Message() : new Message().string(DIM.param, dim);
}
