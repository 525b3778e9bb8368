/**
 * Padding as TensorFlow computes it. SAME: the output has ceil(in / stride) positions, for which
 *   total = max((ceil(in / stride) - 1) * stride + (window - 1) * dilation + 1 - in, 0)
 * elements are added, floor(total / 2) of them before. With stride 1 that is (window - 1) * dilation whatever the size.
 */
import { MarnetError } from '../../../core/errors.ts';
import { type AttributeOf, type Dim, ints, str } from '../../../core/graph/index.ts';

/** `explicit` has [before, after] for each spatial axis. */
export type Padding = 'SAME' | 'VALID' | { readonly explicit: readonly (readonly [number, number])[] };

export interface Window {
  readonly kind: 'convolution' | 'pooling';
  /** Sizes of the input's spatial axes. */
  readonly sizes: readonly Dim[];
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** What Conv and the pools have in common. */
export interface PaddingAttributes {
  readonly pads?: AttributeOf<'ints'>;
  readonly auto_pad?: AttributeOf<'string'>;
}

/**
 * The attribute that makes an ONNX convolution or pooling pad like this: `pads`, or `auto_pad` where a size is not known.
 * @throws MarnetError 'unsupported-model' for SAME on an unknown size where ONNX Runtime has no `auto_pad`: with a
 * dilation, and with windows shorter than their stride.
 */
export function paddingAttributes(padding: Padding, at: Window): PaddingAttributes {
  if (padding === 'VALID') return {};
  if (padding !== 'SAME') return padsAttribute(padding.explicit);
  const pairs = at.sizes.map((size, i) => samePadding(size, at.window[i]!, at.strides[i]!, at.dilations[i]!));
  if (pairs.every((pair) => pair !== undefined)) return padsAttribute(pairs);
  const undilated = at.dilations.every((d) => d === 1);
  // Windows shorter than their stride can give negative totals: ONNX Runtime's pooling refuses them, and its
  // convolution cuts elements off where TensorFlow adds none.
  const overlapping = at.window.every((k, i) => k >= at.strides[i]!);
  if (undilated && overlapping) return { auto_pad: str('SAME_UPPER') };
  throw new MarnetError(
    'unsupported-model',
    `SAME padding of a ${at.kind} with window [${at.window}], strides [${at.strides}] and dilations [${at.dilations}] on the size [${at.sizes}], which is not known`,
    { hint: 'Give the model fixed image sizes and convert it again.' },
  );
}

/** SAME padding along one axis as [before, after]; undefined where it depends on a size that is not known. */
export function samePadding(
  size: Dim,
  window: number,
  stride: number,
  dilation: number,
): readonly [number, number] | undefined {
  const extent = (window - 1) * dilation + 1;
  if (stride === 1 || extent === 1) return halves(stride === 1 ? extent - 1 : 0);
  if (typeof size !== 'number') return undefined;
  return halves(Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0));
}

/** A total of padding, the odd element after. */
export function halves(total: number): readonly [number, number] {
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** ONNX's order: all that come before, then all that come after. */
export function padsAttribute(pairs: readonly (readonly [number, number])[]): PaddingAttributes {
  if (pairs.every(([before, after]) => before === 0 && after === 0)) return {};
  return { pads: ints([...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)]) };
}
