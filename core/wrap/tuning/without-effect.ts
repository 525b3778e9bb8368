/** Options that change nothing beside the others: each with when it matters, in this one place. */
import type { WrapOptions, WrapOptionsInput } from '../options.ts';
import { augmentationOf } from './augmentation.ts';
import { parseTune } from './mode.ts';

interface Rule {
  /** As it is typed. */
  readonly option: string;
  given(input: WrapOptionsInput): boolean;
  /** What takes the effect from it; undefined where it has one. */
  idle(options: WrapOptions): string | undefined;
}

const isFrozen = ({ tune }: WrapOptions): boolean => parseTune(tune)!.kind === 'frozen';

const withFrozen = (options: WrapOptions): string | undefined =>
  isFrozen(options) ? 'with --tune frozen' : undefined;

/** A setting of the training, which is given where it has a value. */
function ofTraining(
  option: string,
  name: keyof NonNullable<WrapOptionsInput['training']>,
  idle: Rule['idle'],
): Rule {
  return { option, given: ({ training }) => training?.[name] !== undefined, idle };
}

const RULES: readonly Rule[] = [
  ofTraining('--backbone-lr', 'backboneLearningRate', withFrozen),
  ofTraining('--layer-decay', 'layerDecay', withFrozen),
  ofTraining(
    '--set backboneFactor',
    'backboneFactor',
    (options) =>
      withFrozen(options) ??
      (options.training.backboneLearningRate === undefined ? undefined : 'beside --backbone-lr'),
  ),
  ofTraining('--set batchNormMomentum', 'batchNormMomentum', ({ batchNorm }) =>
    batchNorm === 'frozen' ? 'without --batch-norm train' : undefined,
  ),
  { option: '--no-flip', given: ({ flip }) => flip === false, idle: whyNotMirrored },
  {
    option: '--augment',
    given: ({ augment }) => augment !== undefined && augment !== false,
    idle: (options) =>
      isFrozen(options) && options.views === 1
        ? 'with --tune frozen, whose features are computed once: --views 4, say, computes those of four views of each image'
        : undefined,
  },
];

/** Why images would not be mirrored in any case. */
function whyNotMirrored(options: WrapOptions): string | undefined {
  const { augment, tune, views } = options;
  if (augmentationOf({ ...options, flip: true })?.flip) return undefined;
  if (isFrozen(options) && views === 1) return 'with --tune frozen, without --views';
  if (augment === false) return 'with --no-augment';
  return augment === undefined ? `with --tune ${tune}, without --augment` : `with --augment ${augment}`;
}

/** A sentence for each option that was given and has no effect. @param input what was given. @param options all of them. */
export function withoutEffect(input: WrapOptionsInput, options: WrapOptions): string[] {
  return RULES.flatMap((rule) => {
    const why = rule.given(input) ? rule.idle(options) : undefined;
    return why === undefined ? [] : [`${rule.option} has no effect ${why}.`];
  });
}
