import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { float32, GraphBuilder, graphOfPlain, plainGraph, str } from '../../core/graph/index.ts';
import {
  encodeEdited,
  encodeGraph,
  fileSource,
  memorySource,
  type OnnxFile,
  openOnnx,
  readOnnx,
} from '../../core/onnx/index.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { PACKAGED, read, sameBytes, scoresOf, temporaryFolder, writeFixture } from './support.ts';

const folder = temporaryFolder();
const fixtures = await allFixtures();
const models = [
  ...[...fixtures].map(([name, fixture]) => ({
    name,
    file: writeFixture(fixture, path.join(folder, name)),
    batch: name === 'fixed-batch' ? 1 : 2,
  })),
  ...PACKAGED.map((file) => ({ name: path.basename(file), file, batch: 0 })),
];

/** The file with a node, weights, an operator set, a function and metadata more. */
function withAdditions(file: OnnxFile): Uint8Array {
  const graph = file.graph.clone();
  const builder = new GraphBuilder(graph, 'added/');
  const weight = builder.weight('weight', float32([1, 2, 3]));
  const sum = builder.add(weight, weight);
  builder.output(sum);
  // Also one in the middle, before a node of the file.
  graph.nodes.splice(1, 0, {
    op: 'Neg',
    domain: 'added',
    name: 'added/Neg',
    inputs: [weight.name],
    outputs: ['added/neg'],
    attributes: { note: str('in between') },
  });
  graph.opsets.set('added', 1);
  graph.functions.set('added:Neg', NEG);
  return encodeEdited(file, graph, { metadata: { 'added.note': 'x', 'added.other': 'y' } });
}

/** A FunctionProto: added:Neg(x) = Neg(x), which the description in onnx.proto gives field by field. */
const NEG = Buffer.from(
  '0a034e6567' +
    '220178' +
    '2a0179' +
    '3a0b' +
    '0a0178' +
    '120179' +
    '22034e6567' +
    '4a040a00100d' +
    '52056164646564',
  'hex',
);

function withoutAdditions(bytes: Uint8Array): Uint8Array {
  const file = readOnnx(memorySource(bytes));
  const graph = file.graph.clone();
  graph.nodes = graph.nodes.filter((node) => !node.outputs[0]!.startsWith('added/'));
  graph.outputs = graph.outputs.filter((output) => !output.name.startsWith('added/'));
  for (const name of [...graph.constants.keys()]) if (name.startsWith('added/')) graph.constants.delete(name);
  graph.opsets.delete('added');
  graph.functions.delete('added:Neg');
  return encodeEdited(file, graph, { metadata: { 'added.note': undefined, 'added.other': undefined } });
}

const TYPED = { valueInfo: true };

const hasExternal = (file: OnnxFile): boolean => [...file.tensors.values()].some((t) => t.external);

describe.each(models)('$name', ({ file }) => {
  const original = read(file);

  it('is written back byte for byte, from memory and from the disk', () => {
    for (const source of [memorySource(original), fileSource(file)]) {
      const onnx = readOnnx(source, path.dirname(file));
      // Weights outside the file are taken into it, so the bytes cannot be the same.
      if (hasExternal(onnx)) expect(encodeEdited(onnx, onnx.graph).length).toBeGreaterThan(original.length);
      else expect(sameBytes(encodeEdited(onnx, onnx.graph.clone()), original)).toBe(true);
    }
  });

  it('is the original again when additions are taken away', () => {
    const onnx = openOnnx(file);
    const before = encodeEdited(onnx, onnx.graph);
    const edited = withAdditions(readOnnx(memorySource(before)));
    expect(edited.length).toBeGreaterThan(before.length);
    expect(sameBytes(withoutAdditions(edited), before)).toBe(true);
  });

  it('is the same as plain data, which has nothing of the file around it', () => {
    const { graph } = openOnnx(file);
    const sent = structuredClone(plainGraph(graph));
    expect(sameBytes(encodeGraph(graphOfPlain(sent), TYPED), encodeGraph(graph, TYPED))).toBe(true);
    const attributes = sent.nodes.flatMap((node) => Object.values(node.attributes));
    const parts = [
      ...[...sent.constants.values()].map(({ data }) => data),
      ...sent.functions.values(),
      ...attributes.flatMap((a) => (a.kind === 'tensor' ? [a.value.data] : 'bytes' in a ? [a.bytes] : [])),
    ];
    for (const part of parts)
      if (ArrayBuffer.isView(part)) expect(part.buffer.byteLength).toBe(part.byteLength);
  });

  it('is the original again when values get their names back', () => {
    const onnx = openOnnx(file);
    const before = encodeEdited(onnx, onnx.graph);
    const first = readOnnx(memorySource(before));
    const renamed = renameOutput(first, 'renamed');
    expect(sameBytes(renamed.bytes, before)).toBe(false);
    const back = renameOutput(readOnnx(memorySource(renamed.bytes)), renamed.old);
    expect(sameBytes(back.bytes, before)).toBe(true);
  });
});

describe.each(models.filter((m) => m.batch > 0))('$name in onnxruntime', ({ file, batch }) => {
  it('gives the same scores decoded and encoded anew, and edited', async () => {
    const expected = await scoresOf(file, batch);
    const onnx = openOnnx(file);
    expect(await scoresOf(encodeGraph(onnx.graph), batch)).toEqual(expected);
    const edited = await scoresOf(withAdditions(onnx), batch);
    expect(edited).toMatchObject(expected);
    expect(Object.values(edited)).toContainEqual([2, 4, 6]);
  });
});

/** Renames what the third node makes, where it makes no output of the graph, and its readers' inputs. */
function renameOutput(file: OnnxFile, to: string): { bytes: Uint8Array; old: string } {
  const graph = file.graph.clone();
  const old = graph.nodes[2]!.outputs[0]!;
  const names = (list: readonly string[]): string[] => list.map((name) => (name === old ? to : name));
  graph.nodes = graph.nodes.map((node) =>
    node.inputs.includes(old) || node.outputs.includes(old)
      ? { ...node, inputs: names(node.inputs), outputs: names(node.outputs) }
      : node,
  );
  return { bytes: encodeEdited(file, graph), old };
}
