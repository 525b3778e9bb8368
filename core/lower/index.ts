export { packableWeights, packedShape, packWeights, unpackWeights } from './blocked/packing.ts';
export { blockOfProbe, blockProbe } from './blocked/probe.ts';
export { foldBatchNorm } from './fold-batch-norm.ts';
export { recogniseGelu } from './gelu.ts';
export { type LowerOptions, lower } from './lower.ts';
export type { Target } from './lowering.ts';
export { optimize } from './optimize/index.ts';
export { type Precision, precisionsOf, toHalf } from './precision.ts';
