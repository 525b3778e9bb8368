import type { Tensor } from './tensor.ts';

/**
 * A node's attribute. Integers are plain numbers: nothing in a classifier needs more than 53 bits but
 * "to the end" (2^63 - 1), which stays huge when rounded, and unchanged nodes are copied as bytes anyway.
 */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  /** A body of If, Loop or Scan, kept as its bytes; `captures` are the outer values that it reads. */
  | { readonly kind: 'graph'; readonly bytes: Uint8Array; readonly captures: readonly string[] }
  /** Any other kind (sparse tensors, types, lists of tensors or graphs), kept as the bytes of its AttributeProto. */
  | { readonly kind: 'opaque'; readonly bytes: Uint8Array; readonly captures: readonly string[] };

/** An attribute of one kind. */
export type AttributeOf<Kind extends Attribute['kind']> = Extract<Attribute, { readonly kind: Kind }>;

/** A node's attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): AttributeOf<'int'> => ({ kind: 'int', value });
export const float = (value: number): AttributeOf<'float'> => ({ kind: 'float', value });
export const str = (value: string): AttributeOf<'string'> => ({ kind: 'string', value });
export const ints = (value: readonly number[]): AttributeOf<'ints'> => ({ kind: 'ints', value });
export const floats = (value: readonly number[]): AttributeOf<'floats'> => ({ kind: 'floats', value });
export const tensorAttribute = (value: Tensor): AttributeOf<'tensor'> => ({ kind: 'tensor', value });
