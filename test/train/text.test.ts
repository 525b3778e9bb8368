/** Texts of both kinds in a training step; rows without one. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../core/graph/index.ts';
import { headOptions } from '../../core/marnet/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { HeadInputs } from '../../core/train/head-inputs.ts';
import type { Texts, TrainingJob } from '../../core/train/index.ts';
import { initialHeads } from '../../core/train/setup.ts';
import { buildStepGraph, FEATURES, featureTrunk, headSizes } from '../../core/train/step-graph.ts';
import { finish, smallHeads, syntheticJob } from './support.ts';

const WIDTH = 12;
const VECTORS = [0, 1, 2, 3].map((label) =>
  Float32Array.from({ length: 5 }, (_, k) => Math.sin(3 * label + k)),
);

/** Image i has text i % 4, but those of `silent` have none. */
const bags = (silent: readonly number[]): Texts => ({
  vocabulary: 6,
  row: (i) => (silent.includes(i) ? undefined : { ids: [i % 4, 5], weights: [1, 0.5] }),
});
const vectors = (silent: readonly number[]): Texts => ({
  width: 5,
  row: (i) => (silent.includes(i) ? undefined : VECTORS[i % 4]),
});

/** All losses of one step on these images, without dropout, all at the noise level and noise of their row. */
async function losses(
  texts: Texts,
  images: readonly number[],
  batch: number,
): Promise<Record<string, number>> {
  const heads = headOptions({ ...smallHeads, dropout: 0 });
  const job: TrainingJob = { ...syntheticJob({ width: WIDTH }), texts, heads };
  const values = initialHeads(job);
  const { graph, losses: names } = buildStepGraph(job, featureTrunk(job, batch), values, batch, []);
  const fed = new HeadInputs(job, batch).of(images, 1, 1);
  const rows = new Float32Array(batch * WIDTH);
  images.forEach((i, row) => {
    for (let k = 0; k < WIDTH; k++) rows[row * WIDTH + k] = Math.cos(i + k);
  });
  const session = await openSession(encodeGraph(graph));
  try {
    const given = new Map<string, Tensor>([
      ...values,
      ...Object.entries(fed),
      [FEATURES, { dtype: 'float32', dims: [batch, WIDTH], data: rows }],
    ]);
    const result = await session.run(
      Object.fromEntries(graph.inputs.map(({ name }) => [name, given.get(name)!])),
      Object.values(names).flatMap((name) => name ?? []),
    );
    return Object.fromEntries(
      Object.entries(names).map(([name, output]) => [name, Number(result[output!]!.data[0])]),
    );
  } finally {
    await session.close();
  }
}

describe.each([
  ['words', bags],
  ['vectors of an encoder', vectors],
])('texts as %s', (_, texts) => {
  // Class i % 4 and text i % 4; image 0 is none of the training's, as each fifth is not.
  const spoken = [1, 2, 3, 4];
  const silent = [6, 7];

  it('a row without a text adds nothing to L_EMA, L_rec, L_cdr and L_text', async () => {
    const alone = await losses(texts(silent), spoken, 6);
    const together = await losses(texts(silent), [...spoken, ...silent], 6);
    for (const name of ['ema', 'rec', 'cdr', 'text']) expect(together[name]).toBeCloseTo(alone[name]!, 5);
    // The same rows do count where they have a text, or this would show nothing.
    const all = await losses(texts([]), [...spoken, ...silent], 6);
    for (const name of ['ema', 'rec', 'cdr', 'text'])
      expect(Math.abs(all[name]! - alone[name]!)).toBeGreaterThan(1e-4);
  });

  it('a batch without any adds nothing at all, and stays finite', async () => {
    const none = await losses(texts(silent), silent, 4);
    for (const name of ['ema', 'rec', 'cdr', 'text']) expect(none[name]).toBeCloseTo(0, 6);
    expect(none.classification).toBeGreaterThan(0);
  });

  it('are learned from', async () => {
    const job = syntheticJob();
    const own: Texts = 'width' in texts([]) ? vectors([7, 14]) : bags([7, 14]);
    const { history, parameters } = await finish({ ...job, texts: own });
    expect(history.at(-1)!.text!).toBeLessThan(0.7 * history[0]!.text!);
    expect(parameters.has('marnet/text/table')).toBe('vocabulary' in own);
    expect(headSizes({ ...job, texts: own }).textVectors).toBe('width' in own ? 5 : undefined);
  });
});
