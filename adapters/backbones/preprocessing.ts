/** Preprocessing that families and exporters are known for; each for the size that the model's input has. */
import type { Preprocess } from '../../core/data/index.ts';
import type { Graph } from '../../core/graph/index.ts';
import { imageInput } from '../../core/runtime/image-input.ts';
import { usualForInput } from '../../core/runtime/image-preprocess.ts';

/** Undefined for models that take something else than colour images. */
function changed(graph: Graph, changes: Partial<Preprocess>): Preprocess | undefined {
  if (graph.inputs.length !== 1 || graph.inputs[0]!.shape?.length !== 4) return undefined;
  const input = imageInput(graph);
  if (input.channels !== 3) return undefined;
  return { ...usualForInput(input), ...changes };
}

/** Means and deviations of the pictures that CLIP was trained on. https://github.com/openai/CLIP */
export function clipPreprocess(graph: Graph): Preprocess | undefined {
  const usual = changed(graph, {});
  return (
    usual && {
      ...usual,
      resizeTo: Math.min(usual.width, usual.height),
      interpolation: 'bicubic',
      mean: [0.48145466, 0.4578275, 0.40821073],
      std: [0.26862954, 0.26130258, 0.27577711],
    }
  );
}

/** ImageNet's statistics. */
export const imagenet = (graph: Graph): Preprocess | undefined => changed(graph, {});

/** Pixels as -1 to 1: `preprocess_input` of Keras' mode "tf". */
export const signed = (graph: Graph): Preprocess | undefined =>
  changed(graph, { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });

/** Pixels as 0 to 255, for models that normalize them themselves. */
export const raw = (graph: Graph): Preprocess | undefined =>
  changed(graph, { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] });

/** Blue first, the mean taken off, not scaled: Keras' mode "caffe". */
export const caffe = (graph: Graph): Preprocess | undefined =>
  changed(graph, { channels: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] });
