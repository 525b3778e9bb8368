import type { Graph } from '../../graph/index.ts';
import type { Model } from '../../model.ts';
import { mendFor } from '../device/mend.ts';
import { imageInput } from '../image-input.ts';
import { withEdited } from '../open-model.ts';
import { type ImageLanes, type LaneOptions, openImageLanes } from './lanes.ts';

/**
 * Compiles an edited graph of the model, with all of the model's weights, to be run on images.
 * @throws MarnetError 'runtime' where onnxruntime refuses it, 'unsupported-model' where it takes no images.
 */
export async function openEditedLanes(
  model: Model,
  graph: Graph,
  options: Pick<LaneOptions, 'preprocess' | 'images' | 'batch' | 'device'>,
): Promise<ImageLanes> {
  const input = imageInput(graph);
  const mended = mendFor(options.device ?? 'cpu', graph);
  return withEdited(model, mended, async (source) => {
    const bytes = typeof source === 'string' ? 2 ** 31 : source.length;
    return openImageLanes({ ...options, source, input, bytes });
  });
}
