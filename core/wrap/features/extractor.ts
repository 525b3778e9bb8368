import type { Preprocess } from '../../data/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { exposeClassifier } from '../../runtime/classifier.ts';
import { checkKernels } from '../../runtime/device/kernels.ts';
import type { Device } from '../../runtime/device/name.ts';
import { type ImageLanes, openEditedLanes } from '../../runtime/images/index.ts';

/** The original model up to its features and logits, opened when it is first asked for and kept for all views. */
export interface Extractor {
  /**
   * @param images how many are to be run, at least.
   * @returns with it, the first time, what is to be said of the device, if anything.
   */
  open(images: number): Promise<{ readonly lanes: ImageLanes; readonly notice: string | undefined }>;
  close(): Promise<void>;
}

export function extractorOf(
  model: Model,
  site: FeatureSite,
  preprocess: Preprocess,
  device: Device,
): Extractor {
  let opened: ImageLanes | undefined;
  return {
    async open(images) {
      if (opened) return { lanes: opened, notice: undefined };
      const exposed = exposeClassifier(model.graph, site, { logits: true });
      const notice = checkKernels(exposed, device, 'the model');
      opened = await openEditedLanes(model, exposed, { preprocess, device, images });
      return { lanes: opened, notice };
    },
    async close() {
      await opened?.close();
    },
  };
}
