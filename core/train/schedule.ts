/**
 * The step size: it rises linearly over the first `warmup` share of the steps and then falls to zero along half a
 * cosine (Loshchilov and Hutter 2017).
 * @param step 0-based. @param total number of steps of the whole run. @returns the factor of the base step size.
 */
export function rateFactor(step: number, total: number, warmup: number): number {
  const rising = Math.round(total * warmup);
  if (step < rising) return (step + 1) / rising;
  return 0.5 * (1 + Math.cos((Math.PI * (step - rising)) / Math.max(1, total - rising)));
}
