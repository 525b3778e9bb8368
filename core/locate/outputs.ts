import { distance } from 'fastest-levenshtein';
import { MarnetError } from '../errors.ts';
import { isFloating, type Shape, type ValueInfo } from '../graph/index.ts';
import { withoutOnes } from './tail.ts';
import { type GraphView, shapeText } from './view.ts';

/**
 * The outputs to look at: the one of this name, those with this many scores an image, or all.
 * @throws MarnetError 'usage' when none fits.
 */
export function chooseOutputs(view: GraphView, wanted: string | undefined): readonly ValueInfo[] {
  const { outputs } = view.graph;
  if (wanted === undefined) return outputs;
  const named = outputs.filter((output) => output.name === wanted);
  if (named.length > 0) return named;
  const sized = /^\d+$/.test(wanted)
    ? outputs.filter((output) => view.shapeOf(output.name)?.at(-1) === Number(wanted))
    : [];
  if (sized.length > 0) return sized;
  const known = outputs.map((output) => `"${output.name}" ${shapeText(view.shapeOf(output.name))}`);
  const [near] = nearestNames(
    wanted,
    outputs.map((output) => output.name),
    1,
  );
  const meant = near === undefined || /^\d+$/.test(wanted) ? '' : `Did you mean "${near}"? `;
  throw new MarnetError('usage', `the model has no output "${wanted}"`, {
    hint: `${meant}Its outputs are ${known.join(', ')}: give a name, or a number of classes.`,
  });
}

/** Why an output cannot hold one row of class scores an image; undefined when it can. */
export function whyNoScores(view: GraphView, output: ValueInfo): string | undefined {
  if (output.container) return `it is a ${output.container}, not a tensor of scores`;
  const producer = view.uses.producer(output.name);
  if (!producer) return 'it is an input or a constant handed through';
  const type = view.typeOf(output.name);
  if (picksClass(view, output.name)) return undefined;
  if (type && !isFloating(type.dtype)) return `it is ${type.dtype}, and scores are floating`;
  return type?.shape && whyNoRows(view, type.shape);
}

/** Whether an output is the index of the best class, through ops that only change its form. */
export function picksClass(view: GraphView, output: string): boolean {
  const node = view.uses.producer(output);
  if (node?.domain !== '') return false;
  if (node.op === 'ArgMax') return true;
  return ['Identity', 'Cast', 'Squeeze', 'Reshape'].includes(node.op) && picksClass(view, node.inputs[0]!);
}

/** Why a value of this shape is not one row of scores an image; undefined when it may be. */
export function whyNoRows(view: GraphView, shape: Shape): string | undefined {
  if (shape.length === 0) return 'it is a single number';
  const batch = view.graph.inputs[0]?.shape?.[0];
  const dims = withoutOnes(shape);
  if (shape.length < 2 && typeof dims[0] === 'string')
    return `its shape ${shapeText(shape)} has no axis of classes`;
  // With a batch of one, the axis of images may be gone.
  if (dims.length <= 1) return undefined;
  if (dims.length === 2 && (typeof dims[0] === 'string' || dims[0] === batch)) return undefined;
  return `its shape ${shapeText(shape)} holds scores for many positions of an image, not one row for the image`;
}

/** Up to `count` of the names, the most similar to `wanted` first. */
export function nearestNames(wanted: string, names: Iterable<string>, count = 5): string[] {
  const lower = wanted.toLowerCase();
  const ranked = [...new Set(names)].map((name) => {
    const candidate = name.toLowerCase();
    const contained = candidate.includes(lower) || lower.includes(candidate);
    return { name, far: contained ? 0.5 : distance(lower, candidate) };
  });
  return ranked
    .sort((a, b) => a.far - b.far || a.name.length - b.name.length)
    .slice(0, count)
    .map(({ name }) => name);
}
