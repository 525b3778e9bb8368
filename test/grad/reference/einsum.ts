import { type Array64, array, at, forEachIndex, offsetOf } from './array.ts';
import type { Call, Operators } from './operator.ts';

/** A sum of products over every value of every index. */
function einsum(call: Call): Array64 {
  const equation = call.text('equation', '').replaceAll(' ', '');
  const operands = call.inputs.map((_, i) => call.input(i));
  const [left, right] = equation.split('->');
  const terms = left!.split(',');
  const widest = Math.max(
    ...terms.map((term, i) =>
      term.includes('...') ? operands[i]!.dims.length - term.replace('...', '').length : 0,
    ),
  );
  // Axes of an ellipsis get digits, the last axis the highest one.
  const digits = Array.from({ length: widest }, (_, i) => String(i));
  const letters = (term: string, count: number): string[] => {
    const [before, after] = term.split('...') as [string, string?];
    return after === undefined ? [...before] : [...before, ...digits.slice(widest - count), ...after];
  };
  const inputs = terms.map((term, i) =>
    letters(term, operands[i]!.dims.length - term.replace('...', '').length),
  );
  const all = inputs.flat();
  const single = [...new Set(all)].filter((l) => l >= 'A' && all.filter((m) => m === l).length === 1).sort();
  const output = right === undefined ? [...digits, ...single] : letters(right, widest);
  const size = new Map<string, number>();
  inputs.forEach((labels, i) => {
    labels.forEach((l, axis) => {
      size.set(l, Math.max(size.get(l) ?? 1, operands[i]!.dims[axis]!));
    });
  });
  const order = [...size.keys()];
  const result = array(
    output.map((l) => size.get(l)!),
    new Float64Array(output.reduce((n, l) => n * size.get(l)!, 1)),
  );
  forEachIndex([...size.values()], (index) => {
    const value = (l: string) => index[order.indexOf(l)]!;
    let product = 1;
    inputs.forEach((labels, i) => {
      const { dims } = operands[i]!;
      product *= at(
        operands[i]!,
        labels.map((l, axis) => (dims[axis] === 1 ? 0 : value(l))),
      );
    });
    result.data[offsetOf(result.dims, output.map(value))]! += product;
  });
  return result;
}

export const EINSUM: Operators = { Einsum: einsum };
