/** Values of 8-bit integers, of models that are quantized op by op. */
import type { Node } from '../graph/index.ts';
import type { Dequantization } from './site.ts';
import type { GraphView } from './view.ts';

/** Ops whose first three inputs are integers, their scale and their zero point. */
const READING = /^(QLinear.*|QGemm|DequantizeLinear)$/;

/** How an op reads its first input; undefined where that is not of integers. */
export function dequantizationIn(node: Node): Dequantization | undefined {
  if (!READING.test(node.op)) return undefined;
  const [, scale, zeroPoint] = node.inputs;
  return { scale: scale!, zeroPoint: zeroPoint || undefined };
}

/** The field of a site or a layer whose value is read so, if it is of integers. */
export function asRead(dequantization: Dequantization | undefined): {
  readonly dequantization?: Dequantization;
} {
  return dequantization ? { dequantization } : {};
}

/** How those read a value that compute with it; undefined where none says, or with a scale for each channel. */
export function dequantizationOf(view: GraphView, name: string): Dequantization | undefined {
  for (const node of view.uses.consumers(name)) {
    const dequantization = node.inputs[0] === name ? dequantizationIn(node) : undefined;
    if (dequantization && view.numbers(dequantization.scale)?.length === 1) return dequantization;
  }
  return undefined;
}
