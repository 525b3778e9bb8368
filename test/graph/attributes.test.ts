/** What a node leaves out is read from ONNX's schemas, and no source has a default of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SCHEMA } from '../../codegen/operators/schema.ts';
import {
  type Attributes,
  float,
  floatAttribute,
  int,
  intAttribute,
  ints,
  intsAttribute,
  stringAttribute,
} from '../../core/graph/index.ts';

const node = (op: string, attributes: Attributes = {}, domain = '') => ({ op, domain, attributes });

it('is what the node says, else the default of its op', () => {
  expect(intAttribute(node('ReduceSum', { keepdims: int(0) }), 'keepdims')).toBe(0);
  expect(intAttribute(node('ReduceSum'), 'keepdims')).toBe(1);
  expect(intAttribute(node('Gather'), 'axis')).toBe(0);
  expect(intAttribute(node('Flatten'), 'axis')).toBe(1);
  expect(stringAttribute(node('Resize'), 'coordinate_transformation_mode')).toBe('half_pixel');
  expect(intsAttribute(node('MeanVarianceNormalization'), 'axes')).toEqual([0, 2, 3]);
});

it('is another one for another op, of another domain too', () => {
  const alphas = ['Elu', 'LeakyRelu', 'HardSigmoid', 'LRN'].map((op) => floatAttribute(node(op), 'alpha'));
  expect(alphas).toEqual([1, 0.01, 0.2, 1e-4].map(Math.fround));
  expect(floatAttribute(node('LayerNormalization'), 'epsilon')).toBe(Math.fround(1e-5));
  expect(floatAttribute(node('SkipLayerNormalization', {}, 'com.microsoft'), 'epsilon')).toBe(
    Math.fround(1e-12),
  );
});

it('is a float32 where the schema file has its shortest decimals', () => {
  expect(floatAttribute(node('Selu'), 'alpha')).toBe(1.6732631921768188);
  expect(floatAttribute(node('Selu'), 'gamma')).toBe(1.0507010221481323);
});

it('is undefined where it is asked for as what the node says alone', () => {
  expect(intsAttribute(node('Conv'), 'strides', undefined)).toBeUndefined();
  expect(floatAttribute(node('Gemm'), 'alpha', undefined)).toBeUndefined();
  expect(floatAttribute(node('Gemm', { alpha: float(2) }), 'alpha', undefined)).toBe(2);
  expect(intsAttribute(node('Conv', { strides: ints([2, 2]) }), 'strides', [1, 1])).toEqual([2, 2]);
});

it('is told by the operator set where these differ', () => {
  expect(intAttribute(node('Softmax'), 'axis', { opset: 12 })).toBe(1);
  expect(intAttribute(node('Softmax'), 'axis', { opset: 13 })).toBe(-1);
  expect(intAttribute(node('Softmax', { axis: int(2) }), 'axis', { opset: 13 })).toBe(2);
  expect(() => intAttribute(node('Softmax'), 'axis')).toThrow(/op Softmax has no attribute "axis"/);
});

it('is an error where the op requires it', () => {
  expect(() => intAttribute(node('Concat'), 'axis')).toThrow(
    /a node of op Concat has no attribute "axis", and the op no default for it/,
  );
});

it('takes no default that is written by hand, when it is compiled', () => {
  // @ts-expect-error ONNX has a default for alpha
  expect(floatAttribute(node('LeakyRelu'), 'alpha', 0.5)).toBe(0.5);
  // @ts-expect-error no op has this attribute
  expect(() => intAttribute(node('ReduceSum'), 'keep_dims')).toThrow(/no attribute "keep_dims"/);
});

/** Fallbacks beside `undefined` for names that each of their ops has a default for, and why they stand. */
const REASONS: Readonly<Record<string, string>> = {
  'adapters/backbones/network.ts: max': 'an input of Clip in later operator sets',
  'adapters/tfjs/write/fuse.ts: alpha': "a node of TensorFlow's, whose LeakyRelu has another default",
};

it('has no fallback in the sources where the schema has a default', () => {
  const settled = new Map<string, boolean>();
  for (const versions of Object.values(SCHEMA.operators))
    for (const { attributes = {} } of versions)
      for (const [name, [, fallback]] of Object.entries(attributes))
        settled.set(name, (settled.get(name) ?? true) && fallback !== undefined);
  const root = join(import.meta.dirname, '../..');
  const files = ['core', 'adapters', 'codegen'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  );
  const found = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [
        ...readFileSync(join(root, file), 'utf8').matchAll(
          /\w+Attribute\([^()]*?'(\w+)',\s*undefined,?\s*\)\s*(?:\?\?|\|\|)/g,
        ),
      ]
        .filter(([, name]) => settled.get(name!))
        .map(([, name]) => `${file}: ${name}`),
    );
  expect(found.sort()).toEqual(Object.keys(REASONS));
});
