import type { Graph } from '../../../core/graph/index.ts';
import type { TfjsArtifacts } from '../artifacts.ts';
import type { Translations } from './operation.ts';
import { TRANSLATIONS } from './ops/index.ts';
import { translateGraph } from './translate.ts';

export type { NodeAttributes } from './attributes.ts';
export type { GraphNode, Port } from './graph-def.ts';
export type { Operand } from './operand.ts';
export { Operation, type Translation, type Translations } from './operation.ts';
export type { KnownArray, OpenSize, Size } from './sizes.ts';

/**
 * A graph-model as a graph of plain ONNX ops (operator set 17), with the names, the inputs and the outputs that the model
 * has; images have their channels last, with Transposes around each op that wants them second.
 * @param translations ops to add to the built-in ones, or to use instead, by TensorFlow's names.
 * @throws MarnetError 'unsupported-model' for an op without translation, naming it and its node; 'not-a-model' for a
 * graph that does not hang together; 'external-data' for constants without a weight.
 */
export function graphModelGraph(artifacts: TfjsArtifacts, translations: Translations = {}): Graph {
  return translateGraph(artifacts, { ...TRANSLATIONS, ...translations });
}
