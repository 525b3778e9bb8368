/**
 * What a backbone makes of images, as far as it is frozen: its features, or the values that its last layers take. Of every
 * image as it is, and of the test's under corruptions. Kept in the cache.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rawBatches } from '../../core/data/batches.ts';
import { CORRUPTIONS, type Corruption, corrupt, SEVERITIES } from '../../core/data/corruptions/index.ts';
import type { RawImage } from '../../core/data/decode.ts';
import { randomStream } from '../../core/data/index.ts';
import { type FeatureSite, locateFeatures } from '../../core/locate/index.ts';
import { exposeClassifier, FEATURES } from '../../core/runtime/classifier.ts';
import { openEditedLanes } from '../../core/runtime/images/index.ts';
import type { Backbone } from './backbones.ts';
import type { EvidenceDataset } from './dataset.ts';

/** What happens to an image is a function of this number, the corruption and the image. */
const SEED = 0;

/** Test images that are corrupted, at most: drawn by their names. */
const MOST_CORRUPTED = 120;

export type Severity = (typeof SEVERITIES)[number];

export interface EvidenceRows {
  /** Values of an image. */
  readonly width: number;
  /** [images, width], in the dataset's order; then [corrupted test images, width] for each corruption and severity. */
  readonly rows: Float32Array;
  /** Positions in the dataset's images. */
  readonly test: readonly number[];
  /** Those that are corrupted too. */
  readonly corruptedTest: readonly number[];
  readonly severities: readonly Severity[];
  /** Rows of these images under a corruption (by its number) and a severity (by its place among those there are). */
  corrupted(corruption: number, severity: number): number[];
}

/** The frozen part of a backbone, at work. */
export interface RowMaker {
  readonly preprocess: Backbone['preprocess'];
  /** Images a run. */
  readonly batch: number;
  /** Runs at a time. */
  readonly lanes: number;
  /** @returns [images, width]. */
  run(images: readonly RawImage[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** The feature layer that the heads read. */
export function siteOf({ model, at }: Backbone): FeatureSite {
  return locateFeatures(model, at === undefined ? {} : { at })[0]!;
}

export function featuresOf(
  cache: string,
  backbone: Backbone,
  dataset: EvidenceDataset,
  severities: readonly Severity[] = SEVERITIES,
): Promise<EvidenceRows> {
  const { name, model, preprocess } = backbone;
  const site = siteOf(backbone);
  const open = async (): Promise<RowMaker> => {
    const edited = exposeClassifier(model.graph, site, { logits: false });
    const lanes = await openEditedLanes(model, edited, { preprocess, images: 10_000 });
    return {
      preprocess: lanes.preprocess,
      batch: lanes.batch,
      lanes: lanes.lanes,
      run: async (images) => (await lanes.run(images))[FEATURES]!.data as Float32Array,
      close: () => lanes.close(),
    };
  };
  return rowsOf(cache, name, dataset, { width: site.width, severities, open });
}

/** @param name of the folder in the cache, the dataset's aside. */
export async function rowsOf(
  cache: string,
  name: string,
  dataset: EvidenceDataset,
  {
    width,
    severities,
    open,
  }: {
    readonly width: number;
    readonly severities: readonly Severity[];
    /** Called where something is not in the cache. */
    readonly open: () => Promise<RowMaker>;
  },
): Promise<EvidenceRows> {
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
  let maker: RowMaker | undefined;
  const compute = async (positions: readonly number[], change?: readonly [Corruption, Severity]) => {
    maker ??= await open();
    return make(
      maker,
      width,
      positions.map((i) => dataset.images[i]!),
      change,
    );
  };
  try {
    const parts = [await kept(join(folder, 'clean.f32'), () => compute(all))];
    for (const corruption of CORRUPTIONS)
      for (const severity of severities) {
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
      width,
      rows,
      test,
      corruptedTest,
      severities,
      corrupted: (corruption, severity) => {
        const begin = all.length + (corruption * severities.length + severity) * corruptedTest.length;
        return corruptedTest.map((_, i) => begin + i);
      },
    };
  } finally {
    await maker?.close();
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

async function make(
  maker: RowMaker,
  width: number,
  images: readonly { readonly id: string; readonly file: string }[],
  change: readonly [Corruption, Severity] | undefined,
): Promise<Float32Array> {
  const rows = new Float32Array(images.length * width);
  const running: Promise<void>[] = [];
  const batches = rawBatches(images, maker.preprocess, { batch: maker.batch, strict: true });
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
      maker.run(seen).then((values) => {
        for (const [row, index] of indices.entries())
          rows.set(values.subarray(row * width, (row + 1) * width), index * width);
      }),
    );
    if (running.length > maker.lanes) await running.shift();
  }
  await Promise.all(running);
  return rows;
}
