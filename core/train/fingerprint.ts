import { createHash } from 'node:crypto';
import type { TrainingJob } from './job.ts';
import { headSizes } from './step-graph.ts';

/**
 * SHA-256 over everything in a job that its result depends on and that is cheap to read: not pixels and features, for
 * which the job's `identity` stands.
 */
export function fingerprintOf(job: TrainingJob): string {
  const { hyper, heads, seed, base, identity, source } = job;
  const precision = job.precision === 'float16' ? job.precision : undefined;
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify({
      kind: source.kind,
      hyper,
      heads,
      seed,
      base,
      identity,
      sizes: headSizes(job),
      precision,
    }),
  );
  if (source.kind === 'images') {
    const { batch, fed, parameters } = source.backbone;
    hash.update(JSON.stringify([batch, fed, [...parameters].map(([name, { dims }]) => [name, dims])]));
  }
  for (const list of [job.labels, job.trainIndices, job.holdoutIndices]) hash.update(Int32Array.from(list));
  return hash.digest('hex');
}
