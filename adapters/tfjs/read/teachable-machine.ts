/**
 * What Teachable Machine keeps in a metadata.json beside its image models: class names and the size of the images. Its
 * library cuts the centre square out of an image, resizes it to that size and makes the model's input of it as
 * pixel / 127 - 1.
 * https://github.com/googlecreativelab/teachablemachine-community/tree/master/libraries/image
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { Preprocess } from '../../../core/data/index.ts';
import { object, whole } from '../../../core/schema/index.ts';

const schema = object({
  tmVersion: v.string(),
  packageName: v.literal('@teachablemachine/image'),
  labels: v.pipe(v.array(v.string()), v.minLength(1)),
  imageSize: v.optional(whole(1), 224),
  grayscale: v.optional(v.boolean(), false),
});

/** Entries for the model's metadata; none where the folder has no such file. */
export function teachableMachineEntries(modelFile: string): Readonly<Record<string, unknown>> {
  const parsed = v.safeParse(schema, jsonIn(path.join(path.dirname(modelFile), 'metadata.json')));
  if (!parsed.success) return {};
  const { labels, imageSize, grayscale } = parsed.output;
  const channels = grayscale ? 1 : 3;
  const preprocess: Preprocess = {
    width: imageSize,
    height: imageSize,
    layout: 'NHWC',
    channels: grayscale ? 'gray' : 'RGB',
    resize: 'crop',
    resizeTo: imageSize,
    interpolation: 'bilinear',
    scale: 1 / 127,
    mean: new Array<number>(channels).fill(1),
    std: new Array<number>(channels).fill(1),
  };
  return { 'marnet.labels': labels, 'marnet.preprocess': preprocess };
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
