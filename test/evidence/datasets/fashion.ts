import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { debianPackage } from '../packages.ts';
import type { EvidenceDataset, EvidenceImage, EvidenceSplit } from './dataset.ts';

const SIDE = 28;

/** Names of the classes in the order of their numbers, and a description of each. */
const CLASSES: readonly (readonly [string, string])[] = [
  ['t-shirt or top', 'a light upper garment without buttons, with short sleeves or none'],
  ['trouser', 'a garment for both legs, from the waist to the ankles'],
  ['pullover', 'a warm knitted upper garment with long sleeves, pulled over the head'],
  ['dress', 'one garment for body and legs, with an open skirt'],
  ['coat', 'a warm outer garment with long sleeves that opens in front'],
  ['sandal', 'an open shoe held by straps, with a thin sole'],
  ['shirt', 'an upper garment with a collar and a row of buttons in front'],
  ['sneaker', 'a low sports shoe with laces and a rubber sole'],
  ['bag', 'a container of leather or cloth with a handle or a strap'],
  ['ankle boot', 'a closed shoe that covers the ankle, with a heel'],
];

/** Images a class, of each split; the published data has 7,000. */
const COUNTS: Readonly<Record<EvidenceSplit, number>> = { train: 60, holdout: 20, test: 40 };

/** Debian's dataset-fashion-mnist: grey pictures of 28 x 28, with a description for each class. */
export async function fashion(cache: string): Promise<EvidenceDataset> {
  const root = debianPackage(cache, 'dataset-fashion-mnist');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const read = (part: string): Buffer =>
    gunzipSync(readFileSync(join(root, names.find((name) => name.endsWith(`${part}.gz`))!)));
  const folder = join(cache, 'fashion');
  mkdirSync(folder, { recursive: true });
  const images: EvidenceImage[] = [];
  const take = async (kind: string, splits: readonly EvidenceSplit[]): Promise<void> => {
    const [pixels, labels] = [read(`${kind}-images-idx3-ubyte`), read(`${kind}-labels-idx1-ubyte`)];
    const seen = CLASSES.map(() => 0);
    const most = splits.reduce((sum, split) => sum + COUNTS[split], 0);
    for (let i = 0; i < labels.length - 8; i++) {
      const number = labels[8 + i]!;
      const place = seen[number]!++;
      if (place >= most) continue;
      const split = splits[0] === 'train' && place >= COUNTS.train ? 'holdout' : splits[0]!;
      const [label, text] = CLASSES[number]!;
      const file = join(folder, `${kind}-${i}.png`);
      const begin = 16 + i * SIDE * SIDE;
      if (!existsSync(file))
        await sharp(pixels.subarray(begin, begin + SIDE * SIDE), {
          raw: { width: SIDE, height: SIDE, channels: 1 },
        })
          .png()
          .toFile(file);
      images.push({ id: `${kind}-${i}`, file, label, text, split });
    }
  };
  await take('train', ['train', 'holdout']);
  await take('t10k', ['test']);
  return {
    name: 'fashion',
    about:
      "Debian's dataset-fashion-mnist: of each of the 10 classes the first 60 images to train on and the next 20 to choose the epoch, and the first 40 of its test set; the texts are ten descriptions of classes",
    images,
  };
}
