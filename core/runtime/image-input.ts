import { MarnetError } from '../errors.ts';
import type { Graph, ValueInfo } from '../graph/index.ts';

/** Where the images go in: the input's name and how it lays pixels out. Sizes are undefined where a run decides them. */
export interface ImageInput {
  readonly name: string;
  readonly dtype: ValueInfo['dtype'];
  readonly layout: 'NCHW' | 'NHWC';
  readonly batch: number | undefined;
  readonly channels: number;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

/** Models of flat rows, as scikit-learn's: which of the numbers is which pixel, no file says. */
const FLAT =
  ' This one takes a flat row of numbers: put a Reshape in front of it, whose input is the images that the rows were made of.';

const isFlat = ({ inputs }: Graph): boolean => inputs.length === 1 && inputs[0]!.shape?.length === 2;

/**
 * The image input of a classifier: its only input, or the only one of rank 4.
 * @throws MarnetError 'unsupported-model' when there is none, or more than one.
 */
export function imageInput(graph: Graph): ImageInput {
  const images = graph.inputs.filter((input) => input.shape?.length === 4);
  const input = images[0];
  if (!input || images.length > 1 || graph.inputs.length > 1) {
    const listed =
      graph.inputs.map((i) => `${i.name} ${i.dtype}[${i.shape?.join(', ') ?? '?'}]`).join('; ') || 'none';
    throw new MarnetError(
      'unsupported-model',
      `the model does not take one batch of images: its inputs are ${listed}`,
      {
        hint: `A classifier with a single input of rank 4, [N, C, H, W] or [N, H, W, C], is needed.${
          isFlat(graph) ? FLAT : ''
        }`,
      },
    );
  }
  const [batch, a, b, c] = input.shape!;
  const size = (dim: number | string | undefined): number | undefined =>
    typeof dim === 'number' ? dim : undefined;
  const isChannels = (dim: number | string | undefined): boolean => dim === 1 || dim === 3 || dim === 4;
  const last = isChannels(c) && !isChannels(a);
  return {
    name: input.name,
    dtype: input.dtype,
    layout: last ? 'NHWC' : 'NCHW',
    batch: size(batch),
    channels: size(last ? c : a) ?? 3,
    height: size(last ? a : b),
    width: size(last ? b : c),
  };
}

/** The input's shape for a batch of images of the given size. */
export function imageShape(input: ImageInput, batch: number, height: number, width: number): number[] {
  return input.layout === 'NHWC'
    ? [batch, height, width, input.channels]
    : [batch, input.channels, height, width];
}
