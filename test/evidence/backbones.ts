/** Classifiers that packages ship with their weights. */
import { loadModel, type Model, type Preprocess, usualPreprocess } from '../../core/index.ts';
import { type NsfwjsModel, unpackNsfwjs } from '../adapters/tfjs/nsfwjs.ts';

export interface Backbone {
  readonly name: string;
  readonly model: Model;
  readonly preprocess: Preprocess;
  /** The feature layer, where it is not the one that the search puts first. */
  readonly at?: string;
}

/** The pooled map, below the dense layers that know five kinds of pictures alone. */
const POOLED = 'flatten_1';

/** Of the npm package nsfwjs: MobileNet V2 or Inception V3, tuned to five classes of pictures; pixels in 0 to 1. */
export async function nsfwjsBackbone(name: NsfwjsModel): Promise<Backbone> {
  const model = await loadModel(unpackNsfwjs(name));
  const usual = model.preprocess ?? usualPreprocess(model);
  return {
    name: `nsfwjs ${name}`,
    model,
    ...(name === 'mobilenet_v2' && { at: POOLED }),
    preprocess: { ...usual, scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  };
}
