import { blockOfProbe, blockProbe } from '../lower/blocked/probe.ts';
import { simplify } from './simplify.ts';

let width: Promise<number> | undefined;

/**
 * Channels in a block of onnxruntime's blocked convolution layout on this machine (16 with AVX-512, 8 with AVX2); 1
 * where it has none. Read off a convolution that onnxruntime itself optimizes, once a process.
 */
export function blockWidth(): Promise<number> {
  width ??= simplify(blockProbe(), 'all').then(blockOfProbe);
  return width;
}
