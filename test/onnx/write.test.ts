import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MarnetError } from '../../core/errors.ts';
import { constantOf, float32, type Graph, GraphBuilder, toFloat32 } from '../../core/graph/index.ts';
import {
  decodeGraph,
  encodeEdited,
  encodeGraph,
  externalFilesOf,
  memorySource,
  openOnnx,
  readOnnx,
  writeEdited,
} from '../../core/onnx/index.ts';
import { writeFiles } from '../../core/onnx/write-file.ts';
import { classifier, nodes, WEIGHTS } from '../../fixtures/classifier.ts';
import { allFixtures } from '../../fixtures/index.ts';
import {
  attribute,
  type Bytes,
  bytes,
  graph as graphOf,
  model,
  node,
  raw,
  TYPE,
  tensor,
  value,
} from '../../fixtures/onnx.ts';
import {
  elsewhere,
  externalConstants,
  read,
  sameBytes,
  scoresOf,
  temporaryFolder,
  writeFixture,
} from './support.ts';

const folder = temporaryFolder();
const fixtures = await allFixtures();
const place = (name: string): string => {
  const sub = path.join(folder, name);
  mkdirSync(sub, { recursive: true });
  return sub;
};
const fixture = (name: string, into: string): string => writeFixture(fixtures.get(name)!, place(into));

function errorOf(action: () => unknown): MarnetError {
  try {
    action();
  } catch (error) {
    return error as MarnetError;
  }
  throw new Error('nothing was thrown');
}

describe('a model with external data', () => {
  it('written beside the original shares its files and is the original', async () => {
    const from = fixture('external-data', 'beside');
    const file = openOnnx(from);
    const to = path.join(folder, 'beside', 'copy.onnx');
    writeEdited(file, from, file.graph, to);
    expect(sameBytes(read(to), read(from))).toBe(true);
    expect(await scoresOf(to)).toEqual(await scoresOf(from));
    expect(readdirSync(path.dirname(to)).sort()).toEqual([
      'copy.onnx',
      'model.onnx',
      'more.bin',
      'weights.bin',
    ]);
  });

  it('written elsewhere takes its files along', async () => {
    const from = fixture('external-data', 'origin');
    const file = openOnnx(from);
    const to = path.join(place('elsewhere'), 'copy.onnx');
    writeEdited(file, from, file.graph, to);
    expect(sameBytes(read(to), read(from))).toBe(true);
    expect(await scoresOf(to)).toEqual(await scoresOf(from));
    expect(readdirSync(path.dirname(to)).sort()).toEqual(['copy.onnx', 'more.bin', 'weights.bin']);
    // Again: what is there is the same already.
    writeEdited(file, from, file.graph, to);
  });

  it('does not replace another file of the same name', () => {
    const from = fixture('external-data', 'origin2');
    const to = path.join(place('occupied'), 'copy.onnx');
    writeFileSync(path.join(folder, 'occupied', 'more.bin'), 'precious');
    const error = errorOf(() => writeEdited(openOnnx(from), from, openOnnx(from).graph, to));
    expect(error.code).toBe('output');
    expect(error.message).toMatch(/"more.bin".*another file of that name/);
    expect(readdirSync(path.dirname(to))).toEqual(['more.bin']);
  });

  it('keeps a changed weight inside', async () => {
    const from = fixture('external-data', 'tuned');
    const file = openOnnx(from);
    const graph = file.graph.clone();
    graph.constants.set('fc.weight', constantOf(float32(new Float32Array(20), [5, 4])));
    const to = path.join(folder, 'tuned', 'tuned.onnx');
    writeEdited(file, from, graph, to);
    const back = openOnnx(to).graph;
    expect(back.constants.get('fc.weight')!.read().data).toEqual(new Float32Array(20));
    expect(back.constants.get('conv.weight')!.read()).toEqual(
      file.graph.constants.get('conv.weight')!.read(),
    );
    await scoresOf(to);
  });
});

describe('weights in other files that are not initializers', () => {
  const from = writeFixture({ description: '', build: externalConstants }, place('constants'));
  const weight = WEIGHTS['conv.weight'];

  it('go along to another folder, and into bytes', async () => {
    const file = openOnnx(from);
    expect(externalFilesOf(file, from).map((each) => each.location)).toEqual(['shift.bin', 'weights.bin']);
    const to = path.join(place('constants-elsewhere'), 'copy.onnx');
    writeEdited(file, from, file.graph, to);
    expect(sameBytes(read(to), read(from))).toBe(true);
    expect(readdirSync(path.dirname(to)).sort()).toEqual(['copy.onnx', 'shift.bin', 'weights.bin']);
    const expected = await scoresOf(from);
    expect(await scoresOf(to)).toEqual(expected);
    expect(await scoresOf(encodeEdited(file, file.graph))).toEqual(expected);
    expect(await scoresOf(encodeGraph(file.graph))).toEqual(expected);
  });

  it('stay a node when they are changed, and stay where they are when the node is renamed', () => {
    const file = openOnnx(from);
    const graph = file.graph.clone();
    const constant = graph.constants.get('conv.weight')!;
    graph.constants.delete('conv.weight');
    graph.constants.set('renamed', constant);
    graph.constants.set('fc.weight', constantOf(float32(new Float32Array(20), [5, 4])));
    graph.nodes = graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((name) => (name === 'conv.weight' ? 'renamed' : name)),
    }));
    const to = path.join(folder, 'constants', 'renamed.onnx');
    writeEdited(file, from, graph, to);
    const back = openOnnx(to);
    expect([...back.external.named]).toEqual([
      ['shift.bin', new Set(['shift'])],
      ['weights.bin', new Set(['renamed'])],
    ]);
    expect(back.graph.constants.get('renamed')!.read()).toEqual(constant.read());
  });

  it('are in the bytes of bodies', () => {
    const branch = (initializers: Bytes[]): Bytes =>
      graphOf({
        nodes: [
          node('Constant', [], ['inner'], [attribute.tensor('value', elsewhere('shift.bin', [1]))]),
          node('Add', ['conv', 'inner'], ['sum']),
        ],
        initializers,
        inputs: [],
        outputs: [value('sum', TYPE.float32, ['batch', 4, 8, 8])],
      });
    const kept = [...bytes(8, 'kept'), ...elsewhere('weights.bin', weight.dims, 7)];
    const attributes = [
      attribute.graph('then_branch', branch([kept])),
      attribute.graph('else_branch', branch([])),
    ];
    const all = nodes().map((each, i) => (i === 1 ? node('If', ['yes'], ['relu'], attributes) : each));
    const content = [...classifier({ nodes: all }), ...bytes(5, tensor('yes', TYPE.bool, [], raw([1])))];
    const to = path.join(folder, 'constants', 'body.onnx');
    writeFileSync(to, model(8, 17, content));
    const file = openOnnx(to);
    expect([...file.external.named.keys()].sort()).toEqual(['shift.bin', 'weights.bin']);
    writeEdited(file, to, file.graph, path.join(folder, 'constants', 'body-copy.onnx'));
    expect(sameBytes(read(path.join(folder, 'constants', 'body-copy.onnx')), read(to))).toBe(true);

    const inside = readOnnx(memorySource(encodeEdited(file, file.graph)));
    expect(inside.external.named.size).toBe(0);
    const bodyOf = (graph: Graph): Graph => {
      const body = graph.nodes.find((each) => each.op === 'If')!.attributes.then_branch!;
      return decodeGraph(model(8, 17, [...(body as { bytes: Uint8Array }).bytes]));
    };
    for (const graph of [file.graph, inside.graph]) {
      expect(toFloat32(bodyOf(graph).constants.get('kept')!.read())).toEqual(
        Float32Array.from(weight.values),
      );
      expect(toFloat32(bodyOf(graph).constants.get('inner')!.read())).toEqual(Float32Array.of(0.25));
    }
  });

  it('are missed before anything else is done', () => {
    const alone = path.join(place('constants-alone'), 'model.onnx');
    copyFileSync(from, alone);
    copyFileSync(
      path.join(folder, 'constants', 'shift.bin'),
      path.join(folder, 'constants-alone', 'shift.bin'),
    );
    const error = errorOf(() => openOnnx(alone));
    expect(error.code).toBe('external-data');
    expect(error.message).toMatch(/the weights of tensor "conv.weight" are missing: .*weights\.bin/);
  });
});

describe('external data on request', () => {
  it.each(['opset-17', 'external-data', 'typed-fields', 'unknown-fields'])('%s', async (name) => {
    const from = fixture(name, `request-${name}`);
    const file = openOnnx(from);
    const graph = file.graph.clone();
    const builder = new GraphBuilder(graph, 'new/');
    const large = builder.weight('large', float32(Float32Array.from({ length: 300 }, (_, i) => i)));
    builder.output(builder.neg(large));
    const to = path.join(place(`requested-${name}`), 'model.onnx');
    writeEdited(file, from, graph, to, { externalData: true });
    expect(readdirSync(path.dirname(to)).sort()).toEqual(['model.onnx', 'model.onnx.data']);
    const back = openOnnx(to);
    const kept = [...back.tensors.values()].filter((t) => t.external);
    expect(kept.map((t) => t.name)).toContain('new/large');
    for (const t of kept) expect(t.external!.offset % 64).toBe(0);
    for (const [key, constant] of graph.constants)
      expect(back.graph.constants.get(key)!.read()).toEqual(constant.read());
    expect(await scoresOf(to)).toMatchObject(await scoresOf(from));
  });
});

describe('what cannot be written', () => {
  const from = fixture('opset-17', 'source');
  const file = openOnnx(from);
  const write = (to: string, options = {}) => errorOf(() => writeEdited(file, from, file.graph, to, options));

  it('the original', () => {
    const before = read(from);
    expect(write(from)).toMatchObject({ code: 'output', message: expect.stringContaining('is being read') });
    expect(write(path.join(folder, 'source', '..', 'source', 'model.onnx')).code).toBe('output');
    expect(sameBytes(read(from), before)).toBe(true);
  });

  it('a weight file of the original', () => {
    const external = fixture('external-data', 'own');
    copyFileSync(path.join(folder, 'own', 'weights.bin'), path.join(folder, 'own', 'x.data'));
    const own = openOnnx(external);
    const error = errorOf(() =>
      writeEdited(own, external, own.graph, path.join(folder, 'own', 'weights.bin')),
    );
    expect(error.message).toMatch(/weights\.bin is a file of the model that is being read/);
  });

  it('a folder, or a path in none', () => {
    expect(write(place('taken'))).toMatchObject({
      code: 'output',
      message: expect.stringContaining('it is a folder'),
    });
    expect(write(path.join(folder, 'nowhere', 'x.onnx'))).toMatchObject({
      code: 'output',
      message: expect.stringContaining('its folder does not exist'),
    });
    expect(write(path.join(from, 'x.onnx')).message).toMatch(/a part of its path is not a folder/);
  });

  it('a disk that is full leaves nothing behind', () => {
    const target = path.join(place('full'), 'model.onnx');
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const error = errorOf(() =>
      writeFiles([
        { path: `${target}.data`, content: { size: 3, write: (sink) => sink(new Uint8Array(3)) } },
        {
          path: target,
          content: {
            size: 2_000_000,
            write(sink) {
              sink(new Uint8Array(2_000_000));
              throw full;
            },
          },
        },
      ]),
    );
    expect(error).toMatchObject({
      code: 'output',
      message: expect.stringContaining('the disk is full'),
      cause: full,
    });
    expect(readdirSync(path.dirname(target))).toEqual([]);
  });

  it('more than 2 GB in one file', () => {
    const graph = file.graph.clone();
    const huge = {
      dtype: 'float32',
      dims: [1024, 1024, 512],
      read: () => expect.fail('must not be read'),
    } as const;
    graph.constants.set('huge', huge);
    const tooLarge = errorOf(() => writeEdited(file, from, graph, path.join(place('huge'), 'y.onnx')));
    expect(tooLarge).toMatchObject({ code: 'output', hint: expect.stringContaining('external data') });
    expect(readdirSync(path.join(folder, 'huge'))).toEqual([]);
  });
});
