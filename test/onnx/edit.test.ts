import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { constantOf, float32, toFloat32 } from '../../core/graph/index.ts';
import { encodeEdited, memorySource, openOnnx, readOnnx } from '../../core/onnx/index.ts';
import { classifier } from '../../fixtures/classifier.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { model, TYPE, value } from '../../fixtures/onnx.ts';
import { sameBytes, scoresOf, temporaryFolder, writeFixture } from './support.ts';

const folder = temporaryFolder();
const fixtures = await allFixtures();
const open = (name: string) => openOnnx(writeFixture(fixtures.get(name)!, path.join(folder, name)));

describe('changed weights', () => {
  it.each([
    'opset-17',
    'ir3-inputs',
    'constant-nodes-ir3',
    'typed-fields',
    'external-data',
    'unknown-fields',
  ])('%s: stand where the old ones stood', async (name) => {
    const file = open(name);
    const graph = file.graph.clone();
    const old = graph.constants.get('fc.weight')!;
    graph.constants.set('fc.weight', constantOf(float32(new Float32Array(20), [5, 4])));
    const bytes = encodeEdited(file, graph);
    const bias = toFloat32(graph.constants.get('fc.bias')!.read());
    const exp = bias.map(Math.exp);
    const sum = exp.reduce((a, b) => a + b);
    const { scores } = await scoresOf(bytes);
    for (let i = 0; i < 10; i++) expect(scores![i]).toBeCloseTo(exp[i % 5]! / sum, 6);

    const changed = readOnnx(memorySource(bytes));
    expect(changed.records.map((r) => r.number)).toEqual(file.records.map((r) => r.number));
    const again = changed.graph.clone();
    again.constants.set('fc.weight', constantOf(old.read()));
    // Raw data, back to what it was, leaves no trace; typed and external elements have become raw data.
    if (name !== 'typed-fields' && name !== 'external-data')
      expect(sameBytes(encodeEdited(changed, again), encodeEdited(file, file.graph))).toBe(
        name !== 'constant-nodes-ir3',
      );
  });
});

describe('changed types', () => {
  it('renews dimensions that are not true any more, and only those', () => {
    const file = open('fixed-batch');
    const batched = (to: number | string) => {
      const graph = file.graph.clone();
      graph.inputs = graph.inputs.map((i) => ({ ...i, shape: [to, ...i.shape!.slice(1)] }));
      graph.outputs = graph.outputs.map((o) => ({ ...o, shape: [to, ...o.shape!.slice(1)] }));
      for (const [name, type] of graph.types)
        graph.types.set(name, { ...type, shape: [to, ...type.shape!.slice(1)] });
      return graph;
    };
    const changed = readOnnx(memorySource(encodeEdited(file, batched('n'))));
    expect(changed.graph.inputs[0]!.shape).toEqual(['n', 3, 8, 8]);
    expect(changed.graph.types.get('logits')!.shape).toEqual(['n', 5]);
    const back = changed.graph.clone();
    back.inputs = file.graph.inputs;
    back.outputs = file.graph.outputs;
    for (const [name, type] of file.graph.types) back.types.set(name, type);
    expect(sameBytes(encodeEdited(changed, back), encodeEdited(file, file.graph))).toBe(true);
  });
});

describe('types of values', () => {
  const infosOf = (bytes: Uint8Array) =>
    [...readOnnx(memorySource(bytes)).valueInfos.values()].map((info) => info.name);
  const ghost = value('logits_quantized', TYPE.uint8, ['batch', 5]);
  const values = [ghost, value('features', TYPE.float32, ['batch', 4]), value('logits', TYPE.float32, [5])];
  const bytes = model(8, 17, classifier({ values }));
  const file = readOnnx(memorySource(bytes));

  it('stay where no node makes the value, as quantizers leave them', () => {
    expect(infosOf(bytes)).toEqual(['logits_quantized', 'features', 'logits']);
    const graph = file.graph.clone();
    graph.outputs.push({ name: 'features', dtype: 'float32', shape: ['batch', 4] });
    const edited = readOnnx(memorySource(encodeEdited(file, graph)));
    expect(infosOf(encodeEdited(file, graph))).toEqual(infosOf(bytes));
    const back = edited.graph.clone();
    back.outputs.pop();
    expect(sameBytes(encodeEdited(edited, back), bytes)).toBe(true);
  });

  it('go with the node that made the value', () => {
    const graph = file.graph.clone();
    graph.nodes = graph.nodes.slice(0, -2);
    graph.outputs = [{ name: 'features', dtype: 'float32', shape: ['batch', 4] }];
    expect(infosOf(encodeEdited(file, graph))).toEqual(['logits_quantized', 'features']);
  });
});

describe('the rest', () => {
  it('replaces a metadata entry in its place', () => {
    const file = open('labels-dict');
    const bytes = encodeEdited(file, file.graph, { metadata: { task: 'other', more: '1' } });
    expect([...readOnnx(memorySource(bytes)).metadata]).toEqual([
      ['task', 'other'],
      ['names', file.metadata.get('names')],
      ['more', '1'],
    ]);
  });

  it('drops a weight together with the input that repeats it', () => {
    const file = open('ir3-inputs');
    const graph = file.graph.clone();
    graph.constants.delete('fc.bias');
    graph.nodes = graph.nodes.map((n) =>
      n.op === 'Gemm' ? { ...n, inputs: [...n.inputs.slice(0, 2), 'zero'] } : n,
    );
    graph.constants.set('zero', constantOf(float32(new Float32Array(5))));
    const changed = readOnnx(memorySource(encodeEdited(file, graph)));
    expect([...changed.inputs.values()].map((i) => i.name)).not.toContain('fc.bias');
    expect(changed.graph.inputs.map((i) => i.name)).toEqual(['image']);
    // A new initializer of IR version 3 would be an input as well: it is a Constant node.
    expect([...changed.nodes.values()].map((n) => n.node.op)).toContain('Constant');
  });

  it('lets a weight become an input', async () => {
    const file = open('opset-17');
    const graph = file.graph.clone();
    graph.constants.delete('fc.bias');
    graph.inputs.push({ name: 'fc.bias', dtype: 'float32', shape: [5] });
    const changed = readOnnx(memorySource(encodeEdited(file, graph))).graph;
    expect(changed.inputs.map((i) => i.name)).toEqual(['image', 'fc.bias']);
    expect(changed.constants.has('fc.bias')).toBe(false);
  });

  it('keeps a Constant node before a new node that reads it', async () => {
    const file = open('constant-nodes');
    const graph = file.graph.clone();
    graph.nodes.unshift({
      op: 'Neg',
      domain: '',
      name: '',
      inputs: ['fc.bias'],
      outputs: ['early'],
      attributes: {},
    });
    graph.outputs.push({ name: 'early', dtype: 'float32', shape: [5] });
    const { early } = await scoresOf(encodeEdited(file, graph));
    expect(early).toHaveLength(5);
    const order = [...readOnnx(memorySource(encodeEdited(file, graph))).nodes.values()].map(
      (n) => n.node.outputs[0],
    );
    expect(order.indexOf('fc.bias')).toBeLessThan(order.indexOf('early'));
  });

  it('writes a copy of a node as a node of its own', async () => {
    const file = open('opset-17');
    const graph = file.graph.clone();
    const softmax = graph.nodes.at(-1)!;
    graph.nodes.push({ ...softmax, name: 'second', outputs: ['second'] });
    graph.outputs.push({ name: 'second', dtype: 'float32', shape: ['batch', 5] });
    const { scores, second } = await scoresOf(encodeEdited(file, graph));
    expect(second).toEqual(scores);
  });

  it('reorders nodes as the graph has them', () => {
    const file = open('opset-17');
    const graph = file.graph.clone();
    graph.nodes.reverse();
    const order = [...readOnnx(memorySource(encodeEdited(file, graph))).nodes.values()].map((n) => n.node.op);
    expect(order[0]).toBe('Softmax');
  });
});
