/** What the heads cost in use: a merged model beside the same backbone with a linear layer for the same classes. */
import { randomStream } from '../../core/data/index.ts';
import { graftHeads, type HeadOptionsInput, headOptions, initializeHeads } from '../../core/marnet/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { imageInput, imageShape } from '../../core/runtime/image-input.ts';
import { openSession, type Session } from '../../core/runtime/session.ts';
import type { Backbone } from './backbones.ts';
import { siteOf } from './features.ts';

export interface Cost {
  readonly backbone: string;
  readonly measured: number;
  /** Images a run. */
  readonly batch: number;
  readonly runs: number;
  /** Median milliseconds of a run, with a linear layer and with all heads. */
  readonly linear: number;
  readonly marnet: number;
  /** The median over pairs of runs of how much longer the second took. */
  readonly ratio: number;
}

/** Of a data set of this size: emoji's classes. */
const CLASSES = 69;
const RUNS = 60;

export async function costsOf(backbone: Backbone, measured: number): Promise<Cost[]> {
  const both = [await merged(backbone, { ema: false, cdr: false }), await merged(backbone, {})] as const;
  const costs: Cost[] = [];
  const fixed = imageInput(backbone.model.graph).batch;
  for (const batch of fixed === undefined ? [1, 8] : [fixed])
    costs.push({ ...(await timed(backbone, both, batch)), measured });
  for (const session of both) await session.close();
  return costs;
}

async function merged(backbone: Backbone, input: HeadOptionsInput): Promise<Session> {
  const { graph } = backbone.model;
  const site = siteOf(backbone);
  const heads = headOptions(input);
  const sizes = { features: site.width, classes: CLASSES, vocabulary: 1, base: 'new' as const };
  const streams = (name: string) => {
    const stream = randomStream(0, 'cost', name);
    return () => stream.uniform();
  };
  const parameters = initializeHeads(heads, sizes, streams);
  return openSession(
    encodeGraph(graftHeads(graph, site, parameters, { heads, base: 'new', classes: CLASSES })),
  );
}

/** By turns, so that whatever else the machine does falls on both alike; the first pair does not count. */
async function timed(
  { name, model, preprocess }: Backbone,
  sessions: readonly [Session, Session],
  batch: number,
): Promise<Omit<Cost, 'measured'>> {
  const input = imageInput(model.graph);
  const dims = imageShape(input, batch, preprocess.height, preprocess.width);
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run <= RUNS; run++)
    for (const [i, session] of sessions.entries()) {
      const began = performance.now();
      await session.run({ [input.name]: { dtype: 'float32', dims, data } });
      if (run > 0) times[i]!.push(performance.now() - began);
    }
  const [linear, marnet] = times;
  return {
    backbone: name,
    batch,
    runs: RUNS,
    linear: median(linear),
    marnet: median(marnet),
    ratio: median(linear.map((time, i) => marnet[i]! / time)),
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
