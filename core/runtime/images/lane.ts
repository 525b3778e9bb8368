/** The thread of one lane: opens a model, and runs it on images. */
import { handOver, serve } from '../thread/serve.ts';
import { buffersOf } from '../thread/thread.ts';
import { type ImageModel, type ImageModelSpec, type ImageOutputs, openImageModel } from './image-model.ts';
import { imagesOf, type PackedImages } from './packed-images.ts';

let model: ImageModel;

const calls = {
  async open(spec: ImageModelSpec): Promise<void> {
    model = await openImageModel(spec);
  },
  async run(images: PackedImages): Promise<ImageOutputs> {
    const outputs = await model.run(imagesOf(images, model.preprocess));
    return handOver(outputs, buffersOf(Object.values(outputs).map(({ data }) => data)));
  },
};

export type LaneCalls = typeof calls;

serve(calls, () => model?.close());
