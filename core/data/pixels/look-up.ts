import type { Pixels } from './pixels.ts';

/** Pixels that may be wanted mirrored, left for right. */
export type Mirrored = Pixels & { readonly flip?: boolean };

/** What the colours of an image stand for, channel by channel. */
export interface LookUp {
  /** Of each channel, the number of each byte: 256. */
  readonly tables: readonly Float32Array[];
  /** Which of a pixel's bytes the channel is made of. */
  readonly sources: readonly number[];
  /** Numbers from a channel to the next, and from a pixel to the next. */
  readonly plane: number;
  readonly stride: number;
}
