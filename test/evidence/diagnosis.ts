/**
 * Why texts help or do not: what the trained heads' parts know by themselves, on the images that choose the epoch. Nothing
 * here looks at the test.
 */
import { buildVocabulary, encodeBags, writeBag } from '../../core/data/index.ts';
import { constantOf, Graph, GraphBuilder, type Tensor, type Value } from '../../core/graph/index.ts';
import { lower } from '../../core/lower/index.ts';
import { fuse } from '../../core/marnet/fusion.ts';
import { buildHeads } from '../../core/marnet/heads.ts';
import { type Lookup, linear } from '../../core/marnet/layers.ts';
import { PREFIX } from '../../core/marnet/parameters.ts';
import { embedText } from '../../core/marnet/text.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { bestClasses } from '../../core/report/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { type Contested, MEASURED, trainHeads } from './contest.ts';
import type { EvidenceDataset } from './dataset.ts';
import type { Setting } from './setting.ts';

/** Top-1 from 0 to 1 on the holdout. */
export interface Diagnosis {
  readonly dataset: string;
  readonly measured: number;
  readonly seed: number;
  readonly all: number;
  /** The linear layer of the logits' sum alone, and what the fusion adds alone. */
  readonly base: number;
  readonly fused: number;
  /** Everything, but each image has another's x_EMA, or another's x_CDR. */
  readonly otherEma: number;
  readonly otherCdr: number;
  /** The classifier that was trained on texts and reconstructions: of x_CDR, and of the holdout's own texts. */
  readonly reconstruction: number;
  readonly text: number;
  /** Standard deviation of the linear layer's logits, and of the fusion's. */
  readonly baseSpread: number;
  readonly fusedSpread: number;
  /** Losses at the last epoch; L_rec is 1 where only the mean is known. */
  readonly ema: number;
  readonly rec: number;
}

export async function diagnose(dataset: EvidenceDataset, setting: Setting, seed: number): Promise<Diagnosis> {
  const contested = await trainHeads({ heads: {}, texts: true }, dataset, setting, seed);
  const features = setting.rows;
  const { job, trained, result } = contested;
  const rows = job.holdoutIndices;
  const { width } = features;
  const x = matrix(rows.length, width);
  rows.forEach((i, row) => {
    x.data.set(features.rows.subarray(i * width, (i + 1) * width), row * width);
  });
  const parts = await evaluated(trained, { x }, (b, { x }, parameter) => {
    const heads = buildHeads(b, x!, parameter, job.heads, job.base);
    return { sum: heads.addition!, zv: heads.zv!, reconstruction: heads.reconstruction! };
  });
  const [zv, cdr] = [parts.zv!, parts.reconstruction!];
  const fusions = await evaluated(
    trained,
    { zv, cdr, otherZv: otherRows(zv), otherCdr: otherRows(cdr), texts: textsOf(contested, dataset) },
    (b, values, parameter) => {
      const classify = (value: Value) => linear(b, value, parameter, `${PREFIX}text/classifier`);
      return {
        fused: fuse(b, [values.zv!, values.cdr!], parameter),
        otherEma: fuse(b, [values.otherZv!, values.cdr!], parameter),
        otherCdr: fuse(b, [values.zv!, values.otherCdr!], parameter),
        reconstruction: classify(values.cdr!),
        text: classify(embedText(b, values.texts!, parameter, 'words')),
      };
    },
  );
  const top1 = ({ data }: Matrix): number => {
    const chosen = bestClasses(data, job.classes);
    return rows.filter((image, row) => chosen[row] === job.labels[image]).length / rows.length;
  };
  const base = combined(parts.sum!, fusions.fused!, -1);
  const last = result.history.at(-1)!;
  return {
    dataset: dataset.name,
    measured: MEASURED,
    seed,
    all: top1(parts.sum!),
    base: top1(base),
    fused: top1(fusions.fused!),
    otherEma: top1(combined(base, fusions.otherEma!, 1)),
    otherCdr: top1(combined(base, fusions.otherCdr!, 1)),
    reconstruction: top1(fusions.reconstruction!),
    text: top1(fusions.text!),
    baseSpread: deviation(base.data),
    fusedSpread: deviation(fusions.fused!.data),
    ema: last.ema!,
    rec: last.rec!,
  };
}

type Matrix = Tensor & { readonly data: Float32Array };

function matrix(rows: number, columns: number): Matrix {
  return { dtype: 'float32', dims: [rows, columns], data: new Float32Array(rows * columns) };
}

/** The holdout's texts as bags of the words that training has seen. */
function textsOf({ job }: Contested, { images }: EvidenceDataset): Matrix {
  const vocabulary = buildVocabulary(job.trainIndices.map((i) => images[i]!.text));
  const size = vocabulary.features.length;
  const texts = matrix(job.holdoutIndices.length, size);
  const bags = encodeBags(
    vocabulary,
    job.holdoutIndices.map((i) => images[i]!.text),
  );
  bags.forEach((bag, row) => {
    writeBag(bag, texts.data, row * size, size);
  });
  return texts;
}

/** Each row has the values of the one half a table away: neighbours are mostly of one class. */
function otherRows({ dims, data }: Matrix): Matrix {
  const [rows, width] = dims as [number, number];
  const moved = matrix(rows, width);
  const half = (rows >> 1) * width;
  moved.data.set(data.subarray(half));
  moved.data.set(data.subarray(0, half), data.length - half);
  return moved;
}

function combined(a: Matrix, b: Matrix, sign: 1 | -1): Matrix {
  return { ...a, data: a.data.map((value, i) => value + sign * b.data[i]!) };
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

async function evaluated(
  trained: ReadonlyMap<string, Tensor>,
  feeds: Readonly<Record<string, Matrix>>,
  build: (
    b: GraphBuilder,
    inputs: Readonly<Record<string, Value>>,
    parameter: Lookup,
  ) => Record<string, Value>,
): Promise<Record<string, Matrix>> {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const parameter: Lookup = (name) => {
    const tensor = trained.get(name)!;
    graph.constants.set(name, constantOf(tensor));
    return { name, dtype: tensor.dtype, shape: tensor.dims };
  };
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { dims }]) => [name, b.input(`in/${name}`, 'float32', dims)]),
  );
  const named = Object.entries(build(b, inputs, parameter));
  for (const [name, value] of named) b.output(value, `out/${name}`);
  const session = await openSession(encodeGraph(lower(graph, 'portable')));
  try {
    const results = await session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [`in/${name}`, tensor])),
    );
    return Object.fromEntries(named.map(([name]) => [name, results[`out/${name}`] as Matrix]));
  } finally {
    await session.close();
  }
}
