/** What we read and write, as another decoder sees it: onnx-proto, made of the schema of ONNX 1.10. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import {
  float,
  float32,
  floats,
  Graph,
  GraphBuilder,
  int,
  int64,
  ints,
  str,
} from '../../core/graph/index.ts';
import { encodeEdited, encodeGraph, openOnnx } from '../../core/onnx/index.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { PACKAGED, temporaryFolder, writeFixture } from './support.ts';

const folder = temporaryFolder();
const models = [
  ...[...(await allFixtures())].map(([name, fixture]) => [
    name,
    writeFixture(fixture, path.join(folder, name)),
  ]),
  ...PACKAGED.map((file) => [path.basename(file), file]),
] as [string, string][];

/** What a node is, in words that both decoders have; nodes of Constants aside, which are constants to us. */
const described = (op: string, inputs: readonly string[], outputs: readonly string[]): string =>
  `${op}(${inputs.join()}) -> ${outputs.join()}`;

function decoded(bytes: Uint8Array) {
  const { graph, metadataProps } = onnx.ModelProto.decode(bytes);
  const nodes = (graph?.node ?? []).filter(({ opType }) => opType !== 'Constant');
  const sparse = (graph?.sparseInitializer ?? []).map(({ values }) => values?.name);
  const made = (graph?.node ?? [])
    .filter(({ opType }) => opType === 'Constant')
    .map(({ output }) => output?.[0]);
  return {
    nodes: nodes.map(({ opType, input, output }) => described(opType!, input!, output!)).sort(),
    constants: [...(graph?.initializer ?? []).map(({ name }) => name), ...sparse, ...made].sort(),
    outputs: graph?.output?.map(({ name }) => name),
    metadata: metadataProps?.map(({ key }) => key),
  };
}

describe('onnx-proto', () => {
  it.each(models)('reads in %s what we read', (_, file) => {
    const theirs = decoded(readFileSync(file));
    const { graph } = openOnnx(file);
    const ours = graph.nodes.filter(({ op }) => op !== 'Constant');
    expect(ours.map(({ op, inputs, outputs }) => described(op, inputs, outputs)).sort()).toEqual(
      theirs.nodes,
    );
    const made = graph.nodes.filter(({ op }) => op === 'Constant').map(({ outputs }) => outputs[0]!);
    expect([...graph.constants.keys(), ...made].sort()).toEqual(theirs.constants);
    expect(graph.outputs.map(({ name }) => name)).toEqual(theirs.outputs);
  });

  it.each(models)('reads %s with an addition that we made', (_, file) => {
    const opened = openOnnx(file);
    const graph = opened.graph.clone();
    const builder = new GraphBuilder(graph, 'added/');
    builder.output(builder.neg(builder.weight('weight', float32([1, 2, 3]))), 'added/result');
    const before = decoded(readFileSync(file));
    const after = decoded(encodeEdited(opened, graph, { metadata: { 'added.note': 'x' } }));
    expect(after.nodes.length).toBe(before.nodes.length + 2);
    expect(after.constants).toContain('added/weight');
    expect(after.outputs).toEqual([...before.outputs!, 'added/result']);
    expect(after.metadata).toContain('added.note');
  });

  it('reads every kind of attribute and element that we encode', () => {
    const graph = new Graph();
    graph.opsets.set('', 17);
    const builder = new GraphBuilder(graph);
    const x = builder.input('x', 'float32', ['batch', 3]);
    const types = [{ dtype: 'float32' as const, shape: ['batch', 3] }];
    const attributes = { a: int(-3), b: float(0.5), c: str('é'), d: ints([1, -2]), e: floats([0.25, 4]) };
    builder.output(
      builder.emit('d:Custom', [x, builder.weight('w', int64([2 ** 40, -1]))], attributes, { types })[0]!,
      'y',
    );
    const model = onnx.ModelProto.decode(encodeGraph(graph));
    const [node] = model.graph!.node!.filter(({ opType }) => opType === 'Custom');
    const values = Object.fromEntries(node!.attribute!.map(({ name, ...value }) => [name, value]));
    expect(Number(values.a!.i)).toBe(-3);
    expect(values.b!.f).toBe(0.5);
    expect(Buffer.from(values.c!.s!).toString()).toBe('é');
    expect(values.d!.ints!.map(Number)).toEqual([1, -2]);
    expect(values.e!.floats).toEqual([0.25, 4]);
    const [weight] = model.graph!.initializer!.filter(({ name }) => name === 'w');
    expect(Buffer.from(weight!.rawData!).readBigInt64LE(0)).toBe(2n ** 40n);
    expect(weight!.dims!.map(Number)).toEqual([2]);
  });
});
