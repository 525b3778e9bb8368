/**
 * What the heads learn and what they merely carry: one list of names, shapes and first values, from which
 * initialisation, the training step, the optimizer's groups and the export all work.
 */
import { float32, sizeOf, type Tensor } from '../graph/index.ts';
import type { HeadOptions } from './options.ts';

/** Begins the name of everything that this project adds to a model. */
export const PREFIX = 'marnet/';

/**
 * Where the logits start from:
 * 'new' a linear layer on x_v, for a changed set of classes;
 * 'corrected' the original classifier's logits plus a linear correction of x_v that is zero at the start;
 * 'given' the original classifier's logits as they are, where that classifier is trained itself.
 */
export type BaseKind = 'new' | 'corrected' | 'given';

export interface HeadSizes {
  /** D, the width of the feature layer. */
  readonly features: number;
  /** C, the number of classes. */
  readonly classes: number;
  /** V, the number of words the text encoder knows. */
  readonly vocabulary: number;
  /** Values that a text encoder gives of each text; undefined where texts are words with learned vectors. */
  readonly textVectors?: number;
  readonly base: BaseKind;
}

export interface ParameterSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start:
    | { readonly kind: 'value'; readonly value: number }
    | { readonly kind: 'uniform' | 'normal'; readonly deviation: number }
    | { readonly kind: 'modulation' };
  /** False for buffers: statistics and fixed vectors that no step changes. */
  readonly trainable: boolean;
  /** Whether the exported model needs it; the text encoder and the losses' own parameters stay behind. */
  readonly exported: boolean;
  /** Whether weight decay applies: to matrices, not to biases, norms and the temperature. */
  readonly decay: boolean;
  /** The value is cut to this after each step. */
  readonly maximum?: number;
}

interface Traits {
  readonly exported: boolean;
}

const zeros = { kind: 'value', value: 0 } as const;
const ones = { kind: 'value', value: 1 } as const;

function linearSpecs(
  name: string,
  inputs: number,
  outputs: number,
  traits: Traits,
  zero = false,
): ParameterSpec[] {
  // Variance 1 / fan-in keeps the size of activations through a linear layer.
  const start = zero ? zeros : ({ kind: 'uniform', deviation: 1 / Math.sqrt(inputs) } as const);
  return [
    { name: `${name}/weight`, dims: [inputs, outputs], start, trainable: true, decay: true, ...traits },
    { name: `${name}/bias`, dims: [outputs], start: zeros, trainable: true, decay: false, ...traits },
  ];
}

function normSpecs(name: string, width: number, traits: Traits): ParameterSpec[] {
  return [
    { name: `${name}/scale`, dims: [width], start: ones, trainable: true, decay: false, ...traits },
    { name: `${name}/bias`, dims: [width], start: zeros, trainable: true, decay: false, ...traits },
  ];
}

/** Every parameter and buffer of the heads, in a fixed order. */
export function headParameters(options: HeadOptions, sizes: HeadSizes): ParameterSpec[] {
  const model = { exported: true };
  const heads = options.ema || options.cdr;
  const specs: ParameterSpec[] = [];
  if (heads || sizes.base !== 'given') {
    const buffer = { dims: [1, sizes.features], trainable: false, decay: false, exported: true } as const;
    specs.push({ name: `${PREFIX}features/mean`, start: zeros, ...buffer });
    specs.push({ name: `${PREFIX}features/scale`, start: ones, ...buffer });
  }
  if (sizes.base !== 'given')
    specs.push(...linearSpecs(`${PREFIX}base`, sizes.features, sizes.classes, model, true));
  if (!heads) return specs;
  specs.push(
    ...linearSpecs(`${PREFIX}visual/0`, sizes.features, options.visualHidden, model),
    ...linearSpecs(`${PREFIX}visual/1`, options.visualHidden, options.latent, model),
    ...normSpecs(`${PREFIX}visual/norm`, options.latent, model),
    ...textSpecs(options, sizes),
  );
  if (options.ema) {
    specs.push({
      name: `${PREFIX}ema/temperature`, // ln(1/tau)
      dims: [1],
      start: { kind: 'value', value: -Math.log(options.temperature) },
      trainable: true,
      exported: false,
      decay: false,
      maximum: Math.log(100), // as CLIP does, so that similarities cannot be sharpened without end
    });
  }
  if (options.cdr) specs.push(...denoiserSpecs(options));
  const fused = options.latent * (Number(options.ema) + Number(options.cdr));
  specs.push(
    ...normSpecs(`${PREFIX}fusion/norm`, fused, model),
    ...linearSpecs(`${PREFIX}fusion/0`, fused, options.fusionHidden, model),
    ...linearSpecs(`${PREFIX}fusion/1`, options.fusionHidden, sizes.classes, model, true),
  );
  return specs;
}

function textSpecs(options: HeadOptions, sizes: HeadSizes): ParameterSpec[] {
  const aside = { exported: false };
  const table: ParameterSpec = {
    name: `${PREFIX}text/table`,
    dims: [sizes.vocabulary, options.textWidth],
    start: { kind: 'normal', deviation: 1 / Math.sqrt(options.textWidth) },
    trainable: true,
    decay: true,
    ...aside,
  };
  return [
    ...(sizes.textVectors === undefined ? [table] : []),
    ...linearSpecs(`${PREFIX}text/0`, sizes.textVectors ?? options.textWidth, options.latent, aside),
    ...linearSpecs(`${PREFIX}text/1`, options.latent, options.latent, aside),
    ...normSpecs(`${PREFIX}text/norm`, options.latent, aside),
    ...linearSpecs(`${PREFIX}text/classifier`, options.latent, sizes.classes, aside),
  ];
}

function denoiserSpecs(options: HeadOptions): ParameterSpec[] {
  const model = { exported: true };
  const { latent, denoiserWidth: width, timeWidth } = options;
  const blocks = Array.from({ length: options.denoiserBlocks }, (_, i): ParameterSpec[] => {
    const block = `${PREFIX}cdr/block/${i}`;
    const modulation = { trainable: true, ...model };
    return [
      {
        name: `${block}/time/weight`,
        dims: [timeWidth, 3 * width],
        start: zeros,
        decay: true,
        ...modulation,
      },
      { name: `${block}/visual/weight`, dims: [latent, 3 * width], start: zeros, decay: true, ...modulation },
      {
        name: `${block}/visual/bias`,
        dims: [3 * width],
        start: { kind: 'modulation' },
        decay: false,
        ...modulation,
      },
      ...linearSpecs(`${block}/0`, width, width, model),
      ...linearSpecs(`${block}/1`, width, width, model),
    ];
  });
  return [
    {
      name: `${PREFIX}cdr/direction`,
      dims: [1, latent],
      start: { kind: 'normal', deviation: 1 },
      trainable: false,
      exported: true,
      decay: false,
    },
    ...linearSpecs(`${PREFIX}cdr/input`, latent, width, model),
    ...linearSpecs(`${PREFIX}cdr/time`, timeWidth, timeWidth, model),
    ...blocks.flat(),
    ...normSpecs(`${PREFIX}cdr/output/norm`, width, model),
    ...linearSpecs(`${PREFIX}cdr/output`, width, latent, model),
  ];
}

/** A stream of uniform numbers in [0, 1), independent for each name. */
export type UniformStreams = (name: string) => () => number;

/**
 * First values of all parameters and buffers, float32. A parameter's values depend on its own stream alone, so an
 * ablation starts from the same values as the full method.
 */
export function initializeHeads(
  options: HeadOptions,
  sizes: HeadSizes,
  streams: UniformStreams,
): Map<string, Tensor> {
  return new Map(
    headParameters(options, sizes).map((spec) => [spec.name, float32(firstValues(spec, streams), spec.dims)]),
  );
}

function firstValues(spec: ParameterSpec, streams: UniformStreams): Float32Array {
  const values = new Float32Array(sizeOf(spec.dims));
  const { start } = spec;
  if (start.kind === 'value') return values.fill(start.value);
  // [shift, scale, gate]: a scale of 1 and a closed gate make a block the identity.
  if (start.kind === 'modulation') return values.fill(1, values.length / 3, (2 * values.length) / 3);
  const next = streams(spec.name);
  for (let i = 0; i < values.length; i++) {
    const unit = start.kind === 'uniform' ? Math.sqrt(3) * (2 * next() - 1) : boxMuller(next(), next());
    values[i] = unit * start.deviation;
  }
  return values;
}

/** A standard normal number from two uniform ones (Box and Muller 1958). */
export function boxMuller(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
}
