import type { Preprocess } from './preprocess.ts';

export function channelCount(p: Pick<Preprocess, 'channels'>): 1 | 3 {
  return p.channels === 'gray' ? 1 : 3;
}

/** Number of float32 values of one image: channels * height * width. */
export function imageLength(p: Pick<Preprocess, 'channels' | 'width' | 'height'>): number {
  return channelCount(p) * p.height * p.width;
}
