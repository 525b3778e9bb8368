/** A model.json of either kind in stock TensorFlow.js, and how far apart two lists of outputs are. */
import { dirname } from 'node:path';
import type { TfjsArtifacts, TfjsSignature } from '../../adapters/tfjs/artifacts.ts';
import { float32, type Tensor, toFloat32 } from '../../core/graph/index.ts';
import { loadStock, stockFiles, stockLayersModel, tf } from '../adapters/tfjs/stock.ts';

/** Images by way of stock TensorFlow.js. */
export type Stock = (image: Tensor) => Promise<readonly Tensor[]>;

/** @param outputs names of the outputs in the order wanted, which a graph-model is asked for. */
export async function stockOf(
  file: string,
  kind: TfjsArtifacts['kind'],
  input: string,
  outputs: readonly string[],
): Promise<Stock> {
  if (kind === 'layers-model') {
    const model = await stockLayersModel(dirname(file));
    return (image) => tensorsOf(image, (x) => model.predict(x) as tf.Tensor | tf.Tensor[]);
  }
  const files = stockFiles(file);
  const model = await loadStock(files);
  const { signature } = files.json as { readonly signature?: TfjsSignature };
  const nodes = outputs.map((name) => signature?.outputs?.[name]?.name ?? name);
  return (image) => tensorsOf(image, (x) => model.execute({ [input]: x }, nodes));
}

async function tensorsOf(
  image: Tensor,
  run: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
): Promise<readonly Tensor[]> {
  const x = tf.tensor(image.data as Float32Array, [...image.dims]);
  const outputs = [run(x)].flat();
  const tensors = await Promise.all(
    outputs.map(async (output) => float32(Float32Array.from(await output.data()), output.shape)),
  );
  tf.dispose([x, ...outputs]);
  return tensors;
}

export interface Difference {
  /** Largest absolute difference of an element. */
  readonly largest: number;
  /** Largest absolute element. */
  readonly scale: number;
}

/** @throws where numbers of outputs or shapes differ. */
export function compare(mine: readonly Tensor[], others: readonly Tensor[]): Difference {
  if (mine.length !== others.length) throw new Error(`${mine.length} outputs, not ${others.length}`);
  let [scale, largest] = [0, 0];
  for (const [i, tensor] of inOrderOf(mine, others).entries()) {
    const other = toFloat32(tensor);
    toFloat32(mine[i]!).forEach((value, k) => {
      scale = Math.max(scale, Math.abs(other[k]!));
      const difference = Math.abs(value - other[k]!);
      if (!(difference <= largest)) largest = difference;
    });
  }
  return { scale, largest };
}

/** A converter may have put outputs in another order: each beside the nearest of its shape. */
function inOrderOf(mine: readonly Tensor[], others: readonly Tensor[]): readonly Tensor[] {
  if (mine.length === 1 && others[0]!.dims.join() === mine[0]!.dims.join()) return others;
  const left = [...others];
  return mine.map((tensor) => {
    const values = toFloat32(tensor);
    const distance = (other: Tensor): number =>
      toFloat32(other).reduce((sum, value, k) => sum + Math.abs(value - values[k]!), 0);
    const fitting = left.filter((other) => other.dims.join() === tensor.dims.join());
    const [nearest] = fitting.sort((one, other) => distance(one) - distance(other));
    if (!nearest) throw new Error(`no output of shape [${tensor.dims}]`);
    left.splice(left.indexOf(nearest), 1);
    return nearest;
  });
}
