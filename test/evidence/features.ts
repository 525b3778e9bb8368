/** Features of a backbone, frozen: of every image as it is, and of the test's under every corruption. Kept in the cache. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rawBatches } from '../../core/data/batches.ts';
import { CORRUPTIONS, type Corruption, corrupt, SEVERITIES } from '../../core/data/corruptions/index.ts';
import type { RawImage } from '../../core/data/decode.ts';
import { randomStream } from '../../core/data/index.ts';
import { type FeatureSite, locateFeatures } from '../../core/locate/index.ts';
import { exposeClassifier, FEATURES } from '../../core/runtime/classifier.ts';
import { type ImageLanes, openEditedLanes } from '../../core/runtime/images/index.ts';
import type { Backbone } from './backbones.ts';
import type { EvidenceDataset } from './dataset.ts';

/** What happens to an image is a function of this number, the corruption and the image. */
const SEED = 0;

/** Test images that are corrupted, at most: drawn by their names. */
const MOST_CORRUPTED = 120;

export interface EvidenceFeatures {
  /** D. */
  readonly width: number;
  /** [images, D], in the dataset's order; then [corrupted test images, D] for each corruption and severity. */
  readonly rows: Float32Array;
  /** Positions in the dataset's images. */
  readonly test: readonly number[];
  /** Those that are corrupted too. */
  readonly corruptedTest: readonly number[];
  /** Rows of these images under a corruption (by its number) and a severity (1 to 5). */
  corrupted(corruption: number, severity: number): number[];
}

export async function featuresOf(
  cache: string,
  { name, model, preprocess, at }: Backbone,
  dataset: EvidenceDataset,
): Promise<EvidenceFeatures> {
  const site = locateFeatures(model, at === undefined ? {} : { at })[0]!;
  const folder = join(cache, 'features', `${name} ${dataset.name}`.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true });
  const test = dataset.images.flatMap(({ split }, i) => (split === 'test' ? [i] : []));
  const all = dataset.images.map((_, i) => i);
  const drawn = new Map(
    test.map((i) => [i, randomStream(SEED, 'corrupted', dataset.images[i]!.id).uniform()]),
  );
  const corruptedTest = [...test]
    .sort((a, b) => drawn.get(a)! - drawn.get(b)!)
    .slice(0, MOST_CORRUPTED)
    .sort((a, b) => a - b);
  let lanes: ImageLanes | undefined;
  const compute = async (rows: readonly number[], change?: readonly [Corruption, 1 | 2 | 3 | 4 | 5]) => {
    lanes ??= await openEditedLanes(model, exposeClassifier(model.graph, site, { logits: false }), {
      preprocess,
      images: 10_000,
    });
    return run(
      lanes,
      site,
      rows.map((i) => dataset.images[i]!),
      change,
    );
  };
  try {
    const parts = [await kept(join(folder, 'clean.f32'), () => compute(all))];
    for (const corruption of CORRUPTIONS)
      for (const severity of SEVERITIES) {
        const file = join(folder, `${corruption.name}-${severity}.f32`);
        parts.push(await kept(file, () => compute(corruptedTest, [corruption, severity])));
      }
    const rows = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      rows.set(part, offset);
      offset += part.length;
    }
    return {
      width: site.width,
      rows,
      test,
      corruptedTest,
      corrupted: (corruption, severity) => {
        const begin = all.length + (corruption * SEVERITIES.length + severity - 1) * corruptedTest.length;
        return corruptedTest.map((_, i) => begin + i);
      },
    };
  } finally {
    await lanes?.close();
  }
}

async function kept(file: string, compute: () => Promise<Float32Array>): Promise<Float32Array> {
  if (!existsSync(file)) {
    const values = await compute();
    writeFileSync(`${file}.part`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    renameSync(`${file}.part`, file);
  }
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function run(
  lanes: ImageLanes,
  site: FeatureSite,
  images: readonly { readonly id: string; readonly file: string }[],
  change: readonly [Corruption, 1 | 2 | 3 | 4 | 5] | undefined,
): Promise<Float32Array> {
  const rows = new Float32Array(images.length * site.width);
  const running: Promise<void>[] = [];
  const batches = rawBatches(images, lanes.preprocess, { batch: lanes.batch, strict: true });
  for await (const { images: decoded, indices } of batches) {
    const seen = change
      ? await Promise.all(
          decoded.map(
            async (image, i): Promise<RawImage> => ({
              ...image,
              ...(await corrupt(image, change[0], change[1], SEED, images[indices[i]!]!.id)),
            }),
          ),
        )
      : decoded;
    running.push(
      lanes.run(seen).then((outputs) => {
        const features = outputs[FEATURES]!.data as Float32Array;
        for (const [row, index] of indices.entries())
          rows.set(features.subarray(row * site.width, (row + 1) * site.width), index * site.width);
      }),
    );
    if (running.length > lanes.lanes) await running.shift();
  }
  await Promise.all(running);
  return rows;
}
