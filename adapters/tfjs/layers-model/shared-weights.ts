import { GraphBuilder, type Tensor, type Value } from '../../../core/graph/index.ts';

/** A layer that is called more than once asks for the same weights again: they stay one constant, so that they are tuned as one. */
export class SharedWeightsBuilder extends GraphBuilder {
  override weight(name: string, tensor: Tensor): Value {
    const known = this.graph.constants.get(name);
    if (known && known.dtype === tensor.dtype && sameElements(known.read(), tensor))
      return { name, dtype: known.dtype, shape: known.dims };
    return super.weight(name, tensor);
  }
}

function sameElements(a: Tensor, b: Tensor): boolean {
  return (
    a.dims.length === b.dims.length &&
    a.dims.every((d, i) => d === b.dims[i]) &&
    (a.data as Float32Array).every((v, i) => Object.is(v, b.data[i]))
  );
}
