import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constantOf,
  type DType,
  Graph,
  sizeOf,
  type Tensor,
  type TensorData,
  toNumbers,
} from '../../core/graph/index.ts';
import { decodeGraph, encodeGraph, openOnnx } from '../../core/onnx/index.ts';
import { classifier, WEIGHTS } from '../../fixtures/classifier.ts';
import constantNodes from '../../fixtures/constant-nodes/case.ts';
import externalData from '../../fixtures/external-data/case.ts';
import { bytes, entry, integer, model, TYPE, tensor } from '../../fixtures/onnx.ts';
import sparse, { SPARSE } from '../../fixtures/sparse-initializer/case.ts';
import typedFields, { EXPECTED } from '../../fixtures/typed-fields/case.ts';
import { temporaryFolder, writeFixture } from './support.ts';

const folder = temporaryFolder();

describe('typed fields', () => {
  const graph = decodeGraph(typedFields.build()['model.onnx']!);

  it.each(Object.entries(EXPECTED))('%s', (name, expected) => {
    const tensor = graph.constants.get(name)!.read();
    expect(tensor.dtype).toBe(
      name
        .split('.')[0]!
        .replace(/scalar/, 'int32')
        .replace(/empty/, 'float32'),
    );
    expect(Array.from(tensor.data as ArrayLike<unknown>)).toEqual(expected);
  });

  it.each(Object.entries(WEIGHTS))('float_data of %s', (name, { dims, values }) => {
    const tensor = graph.constants.get(name)!.read();
    expect(tensor.dims).toEqual(dims);
    expect(Array.from(tensor.data as Float32Array)).toEqual(values);
  });
});

describe('other places', () => {
  it('reads every form of Constant', () => {
    const { constants, nodes } = decodeGraph(constantNodes.build()['model.onnx']!);
    const read = (name: string): unknown => {
      const { dtype, dims, data } = constants.get(name)!.read();
      return [dtype, dims, Array.from(data as ArrayLike<unknown>)];
    };
    expect(read('one')).toEqual(['float32', [], [1.5]]);
    expect(read('four')).toEqual(['float32', [1], [0.5]]);
    expect(read('axis')).toEqual(['int64', [], [1n]]);
    expect(read('axes')).toEqual(['int64', [1], [-1n]]);
    expect(read('text')).toEqual(['string', [], ['x']]);
    expect(read('texts')).toEqual(['string', [2], ['a', 'b']]);
    expect(read('empty')).toEqual(['float32', [0], []]);
    expect(read('fc.bias')).toEqual(['float32', [5], WEIGHTS['fc.bias'].values]);
    expect(nodes.some((node) => node.op === 'Constant')).toBe(false);
  });

  it('reads external data by its ranges', () => {
    const { graph } = openOnnx(writeFixture(externalData, path.join(folder, 'external')));
    for (const [name, { values }] of Object.entries(WEIGHTS))
      expect(Array.from(graph.constants.get(name)!.read().data as Float32Array)).toEqual(values);
  });

  it('reads external data beyond 2 GB, and no more of it than asked for', () => {
    const sub = path.join(folder, 'large');
    mkdirSync(sub);
    const offset = 5 * 2 ** 30;
    // A file with holes: nothing of the 5 GB is on the disk.
    const fd = openSync(path.join(sub, 'w.bin'), 'w');
    ftruncateSync(fd, offset + 100);
    writeSync(fd, new Uint8Array(Float32Array.from([1, 2, 3, 4, 5]).buffer), 0, 20, offset);
    closeSync(fd);
    const place = { location: 'w.bin', offset: String(offset), length: '20' };
    const entries = Object.entries(place).flatMap(([key, value]) => bytes(13, entry(key, value)));
    const bias = tensor('fc.bias', TYPE.float32, [5], [...entries, ...integer(14, 1)]);
    writeFileSync(path.join(sub, 'model.onnx'), model(8, 17, classifier({ initializers: [bias] })));
    const { graph } = openOnnx(path.join(sub, 'model.onnx'));
    expect(toNumbers(graph.constants.get('fc.bias')!.read())).toEqual([1, 2, 3, 4, 5]);
  });

  it('reads sparse initializers as the dense tensors they stand for', () => {
    const { constants } = decodeGraph(sparse.build()['model.onnx']!);
    const weight = new Array<number>(20).fill(0);
    SPARSE.positions.forEach((at, i) => {
      weight[at] = SPARSE.values[i]!;
    });
    expect(toNumbers(constants.get('fc.weight')!.read())).toEqual(weight);
    expect(toNumbers(constants.get('fc.bias')!.read())).toEqual([0, 0.5, 0, 0, -0.5]);
  });

  it('gives a view of aligned raw data, and a copy of what is not', () => {
    const graph = new Graph();
    graph.constants.set(
      'w',
      constantOf({ dtype: 'float64', dims: [64], data: new Float64Array(64).fill(3) }),
    );
    const bytes = encodeGraph(graph);
    const marker = Buffer.from(new Float64Array(64).fill(3).buffer);
    const offset = Buffer.from(bytes).indexOf(marker);
    for (const shift of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const buffer = new Uint8Array(bytes.length + 8);
      const view = buffer.subarray(shift);
      view.set(bytes);
      const data = decodeGraph(view.subarray(0, bytes.length)).constants.get('w')!.read()
        .data as Float64Array;
      expect(Array.from(data)).toEqual(new Array(64).fill(3));
      expect(data.buffer === buffer.buffer).toBe((shift + offset) % 8 === 0);
    }
  });
});

const BITS: readonly [DType, (values: readonly number[]) => TensorData][] = [
  ['float32', (v) => Float32Array.from(v)],
  ['float64', (v) => Float64Array.from(v)],
  ['int8', (v) => Int8Array.from(v)],
  ['uint8', (v) => Uint8Array.from(v)],
  ['int16', (v) => Int16Array.from(v)],
  ['uint16', (v) => Uint16Array.from(v)],
  ['float16', (v) => Uint16Array.from(v)],
  ['bfloat16', (v) => Uint16Array.from(v)],
  ['int32', (v) => Int32Array.from(v)],
  ['uint32', (v) => Uint32Array.from(v)],
  ['int64', (v) => BigInt64Array.from(v, BigInt)],
  ['uint64', (v) => BigUint64Array.from(v, (n) => BigInt(Math.abs(n)))],
  ['bool', (v) => Uint8Array.from(v, (n) => n & 1)],
  ['int4', (v) => Int8Array.from(v, (n) => (Math.abs(n) % 16) - 8)],
  ['uint4', (v) => Uint8Array.from(v, (n) => Math.abs(n) % 16)],
  ['float8e4m3fn', (v) => Uint8Array.from(v)],
  ['string', (v) => v.map((n) => `ü${n}`)],
];

describe('what is written reads back the same', () => {
  it.each(BITS)('%s', (dtype, make) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
        fc.infiniteStream(fc.integer()),
        (dims, n) => {
          const values = [...n.take(sizeOf(dims))];
          const tensor: Tensor = { dtype, dims, data: make(values) };
          const graph = new Graph();
          graph.constants.set('w', constantOf(tensor));
          graph.nodes = [
            {
              op: 'X',
              domain: '',
              name: '',
              inputs: [],
              outputs: ['y'],
              attributes: { t: { kind: 'tensor', value: tensor } },
            },
          ];
          const back = decodeGraph(encodeGraph(graph));
          expect(back.constants.get('w')!.read()).toEqual(tensor);
          const attribute = back.nodes[0]!.attributes.t;
          expect(attribute?.kind === 'tensor' && attribute.value.data).toEqual(tensor.data);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('attributes of every kind, and "to the end"', () => {
    const graph = new Graph();
    const attributes = {
      i: { kind: 'int', value: -3 },
      end: { kind: 'int', value: 2 ** 63 },
      f: { kind: 'float', value: 0.5 },
      s: { kind: 'string', value: 'ä' },
      is: { kind: 'ints', value: [1, -(2 ** 53), 2 ** 63] },
      none: { kind: 'ints', value: [] },
      fs: { kind: 'floats', value: [1.5, -0.25] },
      ss: { kind: 'strings', value: ['a', ''] },
    } as const;
    graph.nodes = [
      { op: 'X', domain: 'd', name: 'n', inputs: ['a', '', 'b'], outputs: ['y', ''], attributes },
    ];
    graph.opsets.set('', 17).set('d', 2);
    graph.inputs = [{ name: 'a', dtype: 'int64', shape: ['n', 3, '?'] }];
    graph.outputs = [{ name: 'y', dtype: 'bool', shape: undefined }];
    const back = decodeGraph(encodeGraph(graph));
    expect(back.nodes).toEqual([{ ...graph.nodes[0]!, origin: expect.any(Number) }]);
    expect([back.inputs, back.outputs]).toEqual([graph.inputs, graph.outputs]);
    expect([...back.opsets]).toEqual([...graph.opsets]);
  });
});
