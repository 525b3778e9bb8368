/**
 * A graph's own normalisation of the image: the arithmetic with constants, scale * pixel + shift in all, that comes before
 * anything else is made of it.
 */
import {
  type Graph,
  knownTensor,
  type Node,
  sizeOf,
  sourceOf,
  toNumbers,
  type Uses,
  usesOf,
} from '../../graph/index.ts';

/** Ops that leave a pixel's value as it is, or mix it with its neighbours' at most. */
const PASSING = new Set(['Cast', 'Identity', 'Transpose', 'Resize', 'Upsample', 'Slice', 'Gather']);

/** Ops that ask for the form of a value alone. */
const FORM_OPS = new Set(['Shape', 'Size']);

/** Numbers of a constant that is one for each channel. */
const CHANNELS = 4;

/** A division by 255, whatever the deviation that follows. */
const SMALL = 1 / 64;

/**
 * What pixels a graph takes that normalises them itself: 'raw' 0..255, where it divides by 255 or takes off a mean above 1, or
 * 'unit' 0..1, where it takes off a mean of that size and divides by a deviation. Undefined where it does neither.
 * @param image name of the input.
 */
export function pixelsNormalised(graph: Graph, image: string): 'raw' | 'unit' | undefined {
  const uses = usesOf(graph);
  let line: Line = { scale: 1, shift: 0 };
  let value = image;
  for (;;) {
    const node = soleReader(uses, value);
    const next = node && stepOf(graph, uses, node, value, line);
    if (!next) break;
    line = next;
    value = node.outputs[0]!;
  }
  const mean = -line.shift / line.scale;
  const scale = Math.abs(line.scale);
  if (mean > 1 || (mean >= 0 && scale < SMALL)) return 'raw';
  return mean > 0.2 && mean < 0.8 && scale > 1.5 ? 'unit' : undefined;
}

/** What the values reached so far are of the pixel: scale * pixel + shift, the mean over the channels. */
interface Line {
  readonly scale: number;
  readonly shift: number;
}

/** The one node that reads a value's numbers. */
function soleReader(uses: Uses, value: string): Node | undefined {
  const readers = uses.consumers(value).filter(({ op }) => !FORM_OPS.has(op));
  return readers.length === 1 && readers[0]!.domain === '' ? readers[0] : undefined;
}

/** What the node makes of the line; undefined where it is no arithmetic with constants, nor leaves the value as it is. */
function stepOf(graph: Graph, uses: Uses, node: Node, value: string, line: Line): Line | undefined {
  const [a, b] = node.inputs;
  if (PASSING.has(node.op)) return a === value ? line : undefined;
  const { scale, shift } = line;
  const constant = meanOf(graph, uses, a === value ? b : a);
  if (constant === undefined) return undefined;
  switch (node.op) {
    case 'Add':
      return { scale, shift: shift + constant };
    case 'Sub':
      return a === value ? { scale, shift: shift - constant } : { scale: -scale, shift: constant - shift };
    case 'Mul':
      return { scale: scale * constant, shift: shift * constant };
    case 'Div':
      return a === value ? { scale: scale / constant, shift: shift / constant } : undefined;
    default:
      return undefined;
  }
}

/** The mean of a constant's numbers, where there is one for each channel at most. */
function meanOf(graph: Graph, uses: Uses, name: string | undefined): number | undefined {
  if (!name) return undefined;
  const { source } = sourceOf(uses, name);
  const dims = graph.constants.get(source)?.dims;
  if (dims && sizeOf(dims) > CHANNELS) return undefined;
  const tensor = knownTensor(graph, uses, source);
  const size = tensor && sizeOf(tensor.dims);
  if (!size || size > CHANNELS || tensor.dtype === 'string') return undefined;
  return toNumbers(tensor).reduce((sum, each) => sum + each, 0) / size;
}
