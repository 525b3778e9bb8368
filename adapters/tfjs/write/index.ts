export { type GraphModelOptions, graphModelOf, type TfjsGraphModel, toGraphModel } from './graph-model.ts';
export type { PreparedGraph } from './prepare.ts';
export type { Quantization } from './quantize.ts';
export { TRANSLATED_OPS } from './rules/index.ts';
export {
  type EncodedGraphModel,
  encodeGraphModel,
  type GraphModelJson,
  type GraphModelWriteOptions,
  writeGraphModel,
} from './write-model.ts';
