import { emoji } from './emoji.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { stamps } from './stamps.ts';

/** Makes a data set in the cache folder unless it is there. @returns its folder, which `loadDataset` reads. */
export const DATASETS: Readonly<Record<string, (cache: string, seed: number) => Promise<string>>> = {
  stamps,
  emoji,
  'fashion-mnist': fashionMnist,
};
