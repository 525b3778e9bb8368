import { describe, expect, it } from 'vitest';
import {
  fromFloat32,
  type Graph,
  GraphBuilder,
  int,
  ints,
  type Tensor,
  toFloat32,
} from '../../core/graph/index.ts';
import type { FeatureSite } from '../../core/locate/index.ts';
import {
  type BaseKind,
  graftHeads,
  headOptions,
  initializeHeads,
  isGrafted,
  ORIGINAL_LOGITS,
  samplingLevels,
  signalLevels,
  ungraft,
} from '../../core/marnet/index.ts';
import { decodeGraph, encodeGraph } from '../../core/onnx/index.ts';
import {
  addMatrices,
  largestDifference,
  type Matrix,
  newGraph,
  ReferenceHeads,
  randomHeads,
  randomMatrix,
  run,
  smallOptions,
  uniformStream,
} from './support.ts';

const [FEATURES, CLASSES] = [5, 3];
type Site = Pick<FeatureSite, 'value' | 'shape' | 'pooling' | 'classifier' | 'output'>;

/** Conv, Relu, mean, Gemm, Softmax; or a 1x1 convolution as the classifier, before the mean is flattened. */
function classifier(
  opset: number,
  kind: 'gemm' | 'conv' | 'tokens' = 'gemm',
  dtype: 'float32' | 'float16' = 'float32',
  batch: number | string = 'batch',
): { graph: Graph; site: Site } {
  const graph = newGraph(opset);
  const b = new GraphBuilder(graph);
  const next = uniformStream(77);
  const weight = (name: string, dims: number[]) => {
    const size = dims.reduce((p, d) => p * d, 1);
    return b.weight(
      name,
      fromFloat32(
        Float32Array.from({ length: size }, () => next() - 0.4),
        dims,
        dtype,
      ),
    );
  };
  const image = b.input('image', dtype, [batch, 3, 4, 4]);
  const map = b.relu(
    b.op(
      'Conv',
      [image, weight('conv', [FEATURES, 3, 3, 3])],
      { kernel_shape: ints([3, 3]) },
      { names: ['map'] },
    ),
  );
  const flat = () =>
    b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) }, { names: ['flat'] });
  const opaque = (logits: string) => ({ kind: 'opaque', logits, classes: CLASSES, why: 'a test' }) as const;
  const finish = (site: Omit<Site, 'output'>, logits: ReturnType<typeof flat>) => {
    b.output(b.op('Softmax', [logits], { axis: int(1) }, { names: ['probabilities'] }));
    return {
      graph: decodeGraph(encodeGraph(graph, { valueInfo: true })),
      site: { ...site, output: 'probabilities' },
    };
  };
  if (kind === 'conv') {
    const pooled = b.op('GlobalAveragePool', [map]);
    const out = b.op(
      'Conv',
      [pooled, weight('fc', [CLASSES, FEATURES, 1, 1])],
      { kernel_shape: ints([1, 1]) },
      { names: ['scores'] },
    );
    const site = {
      value: map.name,
      shape: map.shape,
      pooling: 'mean-spatial',
      classifier: opaque('scores'),
    } as const;
    const rows = b.reshape(out, [typeof batch === 'number' ? batch : -1, CLASSES]);
    return finish(site, rows);
  }
  if (kind === 'tokens') {
    const tokens = b.transpose(b.reshape(map, [0, FEATURES, 4]), [0, 2, 1]);
    const first = b.gather(tokens, b.constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(0n) }), 1);
    const out = b.op(
      'Gemm',
      [first, weight('fc', [FEATURES, CLASSES]), weight('bias', [CLASSES])],
      {},
      { names: ['scores'] },
    );
    return finish(
      { value: tokens.name, shape: tokens.shape, pooling: 'class-token', classifier: opaque('scores') },
      out,
    );
  }
  const x = flat();
  const out = b.op(
    'Gemm',
    [x, weight('fc', [FEATURES, CLASSES]), weight('bias', [CLASSES])],
    {},
    { names: ['scores'] },
  );
  return finish({ value: 'flat', shape: x.shape, pooling: 'none', classifier: opaque('scores') }, out);
}

function images(batch: number, dtype: 'float32' | 'float16' = 'float32'): Record<string, Tensor> {
  const data = Float32Array.from(randomMatrix(batch, 48, 9).flat());
  return { image: fromFloat32(data, [batch, 3, 4, 4], dtype) };
}

const sizes = (base: BaseKind, classes = CLASSES) => ({ features: FEATURES, classes, vocabulary: 9, base });
const graftOptions = (base: BaseKind, classes = CLASSES) => ({ heads: smallOptions, base, classes });

const rowsOf = (data: Float32Array, width: number): Matrix =>
  Array.from({ length: data.length / width }, (_, i) => Array.from(data.slice(i * width, (i + 1) * width)));

/** x_v and original logits of the images, by the original graph alone; pooling by hand. */
async function originals(graph: Graph, site: Site, feeds: Record<string, Tensor>) {
  const exposed = graph.clone();
  for (const name of [site.value, site.classifier.logits])
    exposed.outputs.push({ name, ...exposed.typeOf(name)! });
  const result = await run(exposed, feeds);
  const value = result[site.value]!;
  const [n, second, ...rest] = value.dims as number[];
  const flat = toFloat32(value);
  const features = Array.from({ length: n! }, (_, i) =>
    Array.from({ length: FEATURES }, (_, j) => {
      if (site.pooling === 'none') return flat[i * FEATURES + j]!;
      if (site.pooling === 'class-token') return flat[i * second! * FEATURES + j]!;
      const area = rest.reduce((p, d) => p * d, 1);
      return (
        flat.slice((i * FEATURES + j) * area, (i * FEATURES + j + 1) * area).reduce((s, v) => s + v, 0) / area
      );
    }),
  );
  return {
    features,
    logits: rowsOf(toFloat32(result[site.classifier.logits]!), CLASSES),
    output: result.probabilities!,
  };
}

function expectedLogits(
  heads: ReadonlyMap<string, Tensor>,
  features: Matrix,
  base: Matrix | undefined,
): Matrix {
  const reference = new ReferenceHeads(heads, smallOptions);
  const x = reference.standardized(features);
  const zv = reference.embed(x);
  const levels = signalLevels(smallOptions.diffusionSteps, smallOptions.schedule);
  const visited = samplingLevels(smallOptions.diffusionSteps, smallOptions.samplingSteps);
  const fused = addMatrices(
    reference.fuse([zv, reference.sample(zv, levels, visited)]),
    reference.linear(x, 'base'),
  );
  return base ? addMatrices(base, fused) : fused;
}

const softmax = (logits: Matrix): number[] =>
  logits.flatMap((row) => {
    const sum = row.reduce((s, v) => s + Math.exp(v), 0);
    return row.map((v) => Math.exp(v) / sum);
  });

const CASES = [
  ...[7, 9, 13, 17, 21].map((opset) => [opset, 'gemm', 'float32', 'batch'] as const),
  [9, 'conv', 'float32', 'batch'],
  [13, 'conv', 'float32', 2],
  [11, 'tokens', 'float32', 'batch'],
  [18, 'tokens', 'float32', 2],
] as const;

describe('grafting', () => {
  it.each(CASES)(
    'opset %i, %s, %s, batch %s: starts equal and computes the heads',
    async (opset, kind, dtype, batch) => {
      const { graph, site } = classifier(opset, kind, dtype, batch);
      const feeds = images(2);
      const before = await originals(graph, site, feeds);

      const fresh = initializeHeads(smallOptions, sizes('corrected'), () => uniformStream(1));
      const start = await run(graftHeads(graph, site, fresh, graftOptions('corrected')), feeds);
      expect(
        largestDifference(start.probabilities!.data as Float32Array, before.output.data as Float32Array),
      ).toBe(0);

      const trained = randomHeads(smallOptions, sizes('corrected'), 4);
      const after = await run(graftHeads(graph, site, trained, graftOptions('corrected')), feeds);
      const expected = softmax(expectedLogits(trained, before.features, before.logits));
      expect(largestDifference(after.probabilities!.data as Float32Array, expected)).toBeLessThan(2e-5);
      expect(
        largestDifference(after.probabilities!.data as Float32Array, softmax(before.logits)),
      ).toBeGreaterThan(0.01);
    },
  );

  it('keeps a float16 model in float16 at its borders', async () => {
    const { graph, site } = classifier(13, 'gemm', 'float16');
    const feeds = images(2, 'float16');
    const before = await originals(graph, site, feeds);
    const fresh = initializeHeads(smallOptions, sizes('corrected'), () => uniformStream(1));
    const start = await run(graftHeads(graph, site, fresh, graftOptions('corrected')), feeds);
    expect(Array.from(start.probabilities!.data as Uint16Array)).toEqual(
      Array.from(before.output.data as Uint16Array),
    );

    const trained = randomHeads(smallOptions, sizes('corrected'), 4);
    const after = await run(graftHeads(graph, site, trained, graftOptions('corrected')), feeds);
    expect(after.probabilities!.dtype).toBe('float16');
    const expected = softmax(expectedLogits(trained, before.features, before.logits));
    expect(largestDifference(toFloat32(after.probabilities!), expected)).toBeLessThan(5e-3);
  });

  it.each(['gemm', 'conv'] as const)('replaces a %s classifier for another set of classes', async (kind) => {
    const { graph, site } = classifier(13, kind, 'float32', kind === 'conv' ? 2 : 'batch');
    const feeds = images(2);
    const { features } = await originals(graph, site, feeds);
    const trained = randomHeads(smallOptions, sizes('new', 7), 4);
    const grafted = graftHeads(graph, site, trained, graftOptions('new', 7));
    expect(grafted.constants.has('fc')).toBe(false);
    expect(grafted.outputs[0]!.shape!.at(-1)).toBe(7);
    const result = await run(grafted, feeds);
    expect(
      largestDifference(
        result.probabilities!.data as Float32Array,
        softmax(expectedLogits(trained, features, undefined)),
      ),
    ).toBeLessThan(2e-5);
    expect(() => ungraft(grafted)).toThrow(/no longer has its original classifier/);
  });

  it('adds nothing when both heads are off and the classifier is trained itself', () => {
    const { graph, site } = classifier(13);
    const heads = headOptions({ ema: false, cdr: false });
    const grafted = graftHeads(graph, site, new Map(), { heads, base: 'given', classes: CLASSES });
    expect(grafted.nodes).toEqual(graph.nodes);
    expect(isGrafted(grafted)).toBe(false);
  });

  it('keeps untouched nodes as they are, and names its own', () => {
    const { graph, site } = classifier(13);
    const grafted = graftHeads(
      graph,
      site,
      randomHeads(smallOptions, sizes('corrected'), 4),
      graftOptions('corrected'),
    );
    const old = new Set(graph.nodes);
    for (const node of grafted.nodes.filter((n) => !old.has(n))) {
      expect(node.origin).toBe(graph.nodes.find((n) => n.name === node.name)?.origin);
      expect(node.name.startsWith('marnet/') || node.outputs.includes(ORIGINAL_LOGITS)).toBe(true);
    }
    for (const name of grafted.constants.keys())
      expect(graph.constants.has(name) || name.startsWith('marnet/')).toBe(true);
    expect([...grafted.constants.keys()].some((name) => name.includes('text'))).toBe(false);
  });

  it.each([7, 13, 21])('is undone by ungraft, opset %i', (opset) => {
    const { graph, site } = classifier(opset);
    const trained = randomHeads(smallOptions, sizes('corrected'), 4);
    const wrapped = decodeGraph(encodeGraph(graftHeads(graph, site, trained, graftOptions('corrected'))));
    expect(isGrafted(wrapped)).toBe(true);
    expect(Buffer.compare(encodeGraph(ungraft(wrapped)), encodeGraph(graph))).toBe(0);
    expect(() => ungraft(graph)).toThrow(/no node whose name begins/);
  });

  it('rejects heads that lack a parameter', () => {
    const { graph, site } = classifier(13);
    const lacking = randomHeads(smallOptions, sizes('corrected'), 4);
    lacking.delete('marnet/fusion/1/weight');
    expect(() => graftHeads(graph, site, lacking, graftOptions('corrected'))).toThrow(
      /marnet\/fusion\/1\/weight/,
    );
  });
});
