/** What runs the model. */
import { MODEL, preprocess } from './model.ts';

export interface Engine {
  /**
   * @param values preprocessed images, one after the other.
   * @returns the scores of each, one after the other.
   */
  run(values: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** The shape of the model's input. */
export function inputShape(count: number): number[] {
  const { width, height, layout, channels } = preprocess;
  const depth = channels === 'gray' ? 1 : 3;
  return layout === 'NCHW' ? [count, depth, height, width] : [count, height, width, depth];
}

/**
 * @param sha256 of the model that was given; undefined where it cannot be computed.
 * @throws Error where it is another model than this file was made of.
 */
export function requireModel(sha256: string | undefined, name: string): void {
  if (sha256 === undefined || sha256 === MODEL.sha256) return;
  throw new Error(
    `${name} is not the model that this client was made of (${MODEL.file}): its SHA-256 is ${sha256}, not ${MODEL.sha256}. ` +
      'Give that model, or make a client of this one: marnet-wrap client MODEL --out FILE. ' +
      'Where only its bytes differ (quantized, optimized), pass { verify: false }.',
  );
}
