/** The axis counted from the front. */
export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function productOf(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}

/** A value computed at most once, and only when asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
