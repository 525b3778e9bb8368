/**
 * Debian's dataset-fashion-mnist (MIT): 70,000 pictures of clothes, 28 x 28 and grey, its own 10,000 to test, and 5,000 of the
 * others to validate, as Parquet tables with embedded images. Its text is a description of each class, in classes.json.
 */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetWriteFile } from 'hyparquet-writer';
import sharp from 'sharp';
import { debianPackage } from './packages.ts';
import { splitByName } from './split.ts';

const SIDE = 28;
const CLASSES: readonly (readonly [string, string])[] = [
  ['t-shirt', 'top with short sleeves and a round neck, of thin cloth'],
  ['trouser', 'two long legs side by side, from the waist down'],
  ['pullover', 'knitted top with long sleeves, pulled over the head, closed in front'],
  ['dress', 'one long narrow piece from shoulders to knees, with or without sleeves'],
  ['coat', 'long sleeves, open in front with buttons or a zip, worn outside'],
  ['sandal', 'open shoe of straps on a sole, with or without a heel'],
  ['shirt', 'top with a collar and buttons in front, long or short sleeves'],
  ['sneaker', 'low sports shoe with laces and a flat rubber sole'],
  ['bag', 'box with a handle or a strap, carried by hand or over the shoulder'],
  ['ankle-boot', 'high closed shoe that covers the ankle, often with a heel'],
];

export async function fashionMnist(cache: string, seed: number): Promise<string> {
  const folder = join(cache, `fashion-mnist-${seed}`);
  if (await stat(folder).catch(() => undefined)) return folder;
  const root = join(await debianPackage(cache, 'dataset-fashion-mnist'), 'usr/share/datasets/fashion-mnist');
  const work = `${folder}.${process.pid}.tmp`;
  try {
    await mkdir(join(work, 'data'), { recursive: true });
    const own = await readPart(root, 'train');
    const splits = splitByName(
      own.map(({ label }, i) => ({ unit: `train ${i}`, label })),
      seed,
      { validation: 1 / 12, test: 0 },
    );
    const parts = {
      train: own.filter((_, i) => splits[i] === 'train'),
      validation: own.filter((_, i) => splits[i] === 'validation'),
      test: await readPart(root, 't10k'),
    };
    for (const [name, rows] of Object.entries(parts))
      parquetWriteFile({
        filename: join(work, 'data', `${name}-00000-of-00001.parquet`),
        columnData: [
          {
            name: 'image',
            data: await Promise.all(rows.map(({ pixels }) => pngOf(pixels))),
            type: 'BYTE_ARRAY',
          },
          { name: 'label', data: rows.map(({ label }) => label), type: 'STRING' },
        ],
        rowGroupSize: 5000,
      });
    await writeFile(join(work, 'classes.json'), JSON.stringify(Object.fromEntries(CLASSES), null, 2));
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

interface Picture {
  readonly pixels: Uint8Array;
  readonly label: string;
}

/** The IDX files: a header of 16 bytes before the pixels, of 8 before the labels. */
async function readPart(root: string, name: string): Promise<Picture[]> {
  const pixels = gunzipSync(await readFile(join(root, `${name}-images-idx3-ubyte.gz`))).subarray(16);
  const labels = gunzipSync(await readFile(join(root, `${name}-labels-idx1-ubyte.gz`))).subarray(8);
  return Array.from(labels, (label, i) => ({
    pixels: pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE),
    label: CLASSES[label]![0],
  }));
}

function pngOf(pixels: Uint8Array): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toBuffer();
}
