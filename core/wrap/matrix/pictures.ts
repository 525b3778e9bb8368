/** Pictures to train on: each class a colour of its own with noise, and a text. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../../data/index.ts';

const SIDE = 32;
/** Two to train on and one held out. */
const PER_CLASS = 3;

export interface Pictures {
  readonly folder: string;
  /** Names in the order of the logits. */
  readonly labels: readonly string[];
}

/** Writes `classes` classes into `folder`; the same pictures each time. */
export async function writePictures(folder: string, classes: number): Promise<Pictures> {
  await mkdir(folder, { recursive: true });
  const labels = Array.from({ length: classes }, (_, i) => `class-${String(i).padStart(4, '0')}`);
  const rows = ['file_name,label,text,split'];
  for (const [i, label] of labels.entries()) {
    const colour = randomStream(5, label);
    const [red, green, blue] = [colour.int(200), colour.int(200), colour.int(200)];
    for (let k = 0; k < PER_CLASS; k++) {
      const noise = randomStream(6, label, k);
      const pixels = Buffer.from(
        Array.from({ length: SIDE * SIDE * 3 }, (_, at) => [red, green, blue][at % 3]! + noise.int(56)),
      );
      const file = `${label}-${k}.png`;
      await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png({ compressionLevel: 1 })
        .toFile(join(folder, file));
      rows.push(`${file},${label},"tone ${i}, flat",${k === PER_CLASS - 1 ? 'val' : 'train'}`);
    }
  }
  await writeFile(join(folder, 'metadata.csv'), `${rows.join('\n')}\n`);
  return { folder, labels };
}
