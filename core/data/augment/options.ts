/**
 * What may be done to training images. Parts are independent: each draws from a stream of its own, so that adding one
 * changes nothing of the others. They are applied in this order: random resized crop, rotation and perspective, colour,
 * blur, noise, erasing, mirroring; then images of a batch are mixed.
 */

export interface AugmentOptions {
  /** Probability of a mirror image; 0 where left and right mean something (letters, signs). */
  readonly flip: number;
  /** Smallest and largest share of the image's area; undefined for no random crop. */
  readonly scale: readonly [number, number] | undefined;
  /** Smallest and largest aspect ratio of the window, relative to the model's input. */
  readonly ratio: readonly [number, number];
  /**
   * torchvision's ColorJitter, in random order: factors of brightness, contrast and saturation uniform in
   * [max(0, 1 - x), 1 + x], a turn of the hue uniform in [-x, x] of the circle, x at most 0.5.
   */
  readonly jitter?: {
    readonly brightness: number;
    readonly contrast: number;
    readonly saturation: number;
    readonly hue: number;
  };
  /** Degrees: uniform in [-rotate, rotate]. */
  readonly rotate?: number;
  /** torchvision's RandomPerspective: each corner moves inwards by up to distortion / 2 of the sides. */
  readonly perspective?: { readonly distortion: number; readonly probability: number };
  /** A Gaussian of sigma uniform between these, in pixels of the model's input. */
  readonly blur?: { readonly sigma: readonly [number, number]; readonly probability: number };
  /** Gaussian noise whose deviation is uniform in [0, deviation], a share of the whole range. */
  readonly noise?: { readonly deviation: number; readonly probability: number };
  /** torchvision's RandomErasing: a rectangle of an area between these shares becomes the value that the model sees as 0. */
  readonly erase?: { readonly probability: number; readonly area: readonly [number, number] };
  /** Zhang et al. 2018: images of a batch in pairs, the share of the first drawn from Beta(alpha, alpha). */
  readonly mixup?: { readonly alpha: number; readonly probability: number };
  /** Yun et al. 2019: a rectangle of one image in another, its share of the area 1 - Beta(alpha, alpha). */
  readonly cutmix?: { readonly alpha: number; readonly probability: number };
}

/** Nothing at all. */
export const NO_AUGMENT: AugmentOptions = { flip: 0, scale: undefined, ratio: [3 / 4, 4 / 3] };

/**
 * torchvision's default, 0.08 to 1, is for training from nothing: a fine-tuned model knows its features already, and a
 * twelfth of a picture often does not show what its label says.
 */
export const DEFAULT_AUGMENT: AugmentOptions = { flip: 0.5, scale: [0.5, 1], ratio: [3 / 4, 4 / 3] };
