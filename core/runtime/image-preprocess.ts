import type { Preprocess } from '../data/preprocess.ts';
import type { ImageInput } from './image-input.ts';

/** The image size for models that leave it open. */
const USUAL_SIZE = 224;

/** What most published classifiers were trained with: means and deviations of ImageNet's channels, of 0..1. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** The usual preprocessing for an input: ImageNet's statistics for three channels, 0..1 for one. */
export function usualForInput(input: ImageInput): Preprocess {
  const width = input.width ?? input.height ?? USUAL_SIZE;
  const height = input.height ?? input.width ?? USUAL_SIZE;
  const gray = input.channels === 1;
  return {
    width,
    height,
    layout: input.layout,
    channels: gray ? 'gray' : 'RGB',
    resize: width === height ? 'crop' : 'stretch',
    resizeTo: Math.round(Math.min(width, height) / 0.875),
    interpolation: 'bilinear',
    scale: 1 / 255,
    mean: gray ? [0] : IMAGENET.mean,
    std: gray ? [1] : IMAGENET.std,
  };
}
