import { resolve } from 'node:path';
import { z } from 'zod';
import { parseAugment } from '../data/augment/index.ts';
import { type Preprocess, preprocessSchema } from '../data/preprocess.ts';
import { MarnetError } from '../errors.ts';
import { headOptionsSchema } from '../marnet/options.ts';
import { type DeviceWish, deviceProblem, isDeviceWish } from '../runtime/device/name.ts';
import { hyperparametersSchema } from '../train/hyperparameters.ts';
import { augmentationProblem } from './tuning/augmentation.ts';
import { parseTune, type Tune, tuneProblem } from './tuning/mode.ts';

/** Options of a wrap, with their defaults in this one place. Paths are as the process sees them. */
export const wrapOptionsSchema = z.strictObject({
  /** Where the merged model goes; `<model>.marnet.onnx` beside the model unless told. */
  out: z.string().min(1).optional(),
  /** Keep weights in `<out>.data` beside the model. */
  externalData: z.boolean().default(false),

  /** Which of several outputs is the classifier's, by name. */
  output: z.string().optional(),
  /** The feature layer, by the name of its value, instead of the best candidate. */
  at: z.string().optional(),
  /** Class names in the order of the logits, for models that do not carry them; as many as there are classes. */
  labels: z.array(z.string()).optional(),
  /** 'keep' the model's classes, train a 'new' linear layer, or 'auto': keep where the labels or the accuracy say so. */
  classes: z.enum(['auto', 'keep', 'new']).default('auto'),
  /** What is done to images; the model's own metadata unless told, else the usual one for its input, which is said. */
  preprocess: z
    .custom<Preprocess>((value) => preprocessSchema.safeParse(value).success, 'is no valid preprocessing')
    .optional(),

  /**
   * 'frozen' trains the heads and the classifier on features computed once; 'last:N' the last N layers of the backbone
   * too, on activations computed once; 'full' every weight; 'lora:R' updates of rank R to its matrices.
   */
  tune: z
    .custom<Tune>((text) => parseTune(text) !== undefined, { error: ({ input }) => tuneProblem(input) })
    .default('frozen'),
  /**
   * Who runs the training's graphs: 'onnxruntime', or 'tfjs', which is TensorFlow.js on the best backend installed. Frozen
   * layers, and with them features, are onnxruntime's in any case.
   */
  engine: z.enum(['onnxruntime', 'tfjs']).default('onnxruntime'),
  /**
   * Where onnxruntime runs the model and the training: 'cpu', 'webgpu', 'cuda' or 'cuda:1', 'coreml', 'dml' or 'dml:1', or
   * 'auto', the fastest that works. The tfjs engine has backends of its own.
   */
  device: z.custom<DeviceWish>(isDeviceWish, { error: ({ input }) => deviceProblem(input) }).default('auto'),
  /**
   * What training steps compute in. 'float16', on devices that have it: products of matrices and convolutions in float16,
   * what is delicate, parameters and optimizer in float32, and a loss that is scaled. Features, evaluations and the merged
   * model are float32 in any case.
   */
  precision: z.enum(['float32', 'float16']).default('float32'),
  /** Also train without text and heads, for comparison; on unless told where the backbone is frozen. */
  compare: z.boolean().optional(),
  /**
   * Random crops and mirror images while the backbone is trained, or the augmentations that a text names, as
   * 'default,jitter,rotate=10'. On unless told, but off with 'last:N', where activations must then be computed at every
   * step. Frozen features are of whole images, but for `views`.
   */
  augment: z
    .custom<boolean | string>(
      (value) => value === undefined || typeof value === 'boolean' || augmentError(value) === undefined,
      { error: ({ input }) => augmentError(input) ?? 'is true, false or a text' },
    )
    .optional(),
  /** Where the backbone is frozen: views of each training image whose features are kept, the first one plain. */
  views: z.int().min(1).max(1000).default(1),
  /** Random mirror images among them; off where left and right mean something (letters, signs). */
  flip: z.boolean().default(true),
  /**
   * 'train' normalizes by each batch's own statistics where weights are trained, and writes running averages of them to
   * the merged model; 'frozen' leaves the model's.
   */
  batchNorm: z.enum(['frozen', 'train']).default('frozen'),
  /** Options of the MARNet heads; see docs/method.md. */
  heads: headOptionsSchema.prefault({}),
  /** Hyperparameters of the training; those of `FROZEN_TRAINING` have other defaults where the backbone is frozen. */
  training: hyperparametersSchema.prefault({}),

  /** Names of a table's columns, by what they are for: { path, label, text, split }; those not named are inferred. */
  columns: z
    .strictObject({
      path: z.string().optional(),
      label: z.string().optional(),
      text: z.string().optional(),
      split: z.string().optional(),
    })
    .optional(),
  /** A file with texts of classes; `classes.json` in the data's folder, where there is one, unless told. */
  classTexts: z.string().min(1).optional(),
  /** Pretrained vectors that the words of the texts start from: a file of GloVe or fastText, .txt or .vec, or .gz of it. */
  wordVectors: z.string().min(1).optional(),
  /** An ONNX model that encodes the texts, instead of learned vectors of words. */
  textEncoder: z.string().min(1).optional(),
  /** The text encoder's tokenizer file; `tokenizer.json` beside it unless told. */
  tokenizer: z.string().min(1).optional(),
  /** Which list of Ingredient-101 is the text; the complete one unless told. */
  ingredients: z.enum(['complete', 'simplified']).optional(),

  /** Share of the images of each class held out, when the data has no split of its own. */
  holdout: z.number().gt(0).lt(1).default(0.2),
  /** Everything random follows from this number. */
  seed: z.int().min(0).default(0),
  /** Fail on the first image that cannot be decoded, instead of leaving it out. */
  strict: z.boolean().default(false),

  /** Format of the merged model, 'onnx' or 'tfjs'; unless told, what `out` ends in (.onnx, .json), or the one that the model came in. */
  to: z.string().optional(),
  /** Weights in 8 bits or in half precision, where the format written has that: tfjs. */
  quantize: z.enum(['uint8', 'float16']).optional(),

  /**
   * Folder of the run: options, metrics, checkpoints; a new numbered one under ./runs unless told. One with the checkpoint
   * of a stopped run is refused without `resume`.
   */
  runFolder: z.string().min(1).optional(),
  /** Go on from the last checkpoint in `runFolder`. */
  resume: z.boolean().default(false),
  /** Folder of cached features; the user's cache folder unless told. */
  cacheFolder: z.string().min(1).optional(),
});

/** Options of `wrap`, with defaults filled in. */
export interface WrapOptions extends z.output<typeof wrapOptionsSchema> {}
/** Options of `wrap`; what is left out has its default. */
export interface WrapOptionsInput extends z.input<typeof wrapOptionsSchema> {}

function augmentError(value: unknown): string | undefined {
  if (typeof value !== 'string') return `takes true, false or a text, not ${String(value)}`;
  try {
    parseAugment(value);
    return undefined;
  } catch (error) {
    // Whose text it is, is said by whoever tells it.
    return error instanceof MarnetError
      ? `${error.message.replace(/^--augment /, '')}. ${error.hint}`
      : String(error);
  }
}

/** The options with defaults filled in. @throws MarnetError 'usage' naming each option that is unknown or out of range. */
export function parseWrapOptions(input: WrapOptionsInput): WrapOptions {
  const parsed = wrapOptionsSchema.safeParse(withDefaults(input));
  if (parsed.success) return checked(parsed.data);
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`,
  );
  throw new MarnetError('usage', `options that cannot be used: ${problems.join('; ')}`, {
    cause: parsed.error,
  });
}

/**
 * Defaults for heads on frozen features. They end where 40 epochs of 64 images at 1e-3 do, in half the time; the figures
 * are in docs/method.md.
 */
export const FROZEN_TRAINING = { epochs: 20, batch: 128, learningRate: 2e-3 } as const;

function withDefaults(input: WrapOptionsInput): WrapOptionsInput {
  const { tune, training = {} } = input;
  if (tune !== undefined && parseTune(tune)?.kind !== 'frozen') return input;
  const given = Object.entries(training).filter(([, value]) => value !== undefined);
  return { ...input, training: { ...FROZEN_TRAINING, ...Object.fromEntries(given) } };
}

function checked(options: WrapOptions): WrapOptions {
  const { kind } = parseTune(options.tune)!;
  const { textEncoder, tokenizer, wordVectors } = options;
  if (textEncoder !== undefined && wordVectors !== undefined)
    throw new MarnetError('usage', 'texts are encoded by a text encoder or by word vectors, not by both', {
      hint: 'Leave --text-encoder or --word-vectors out.',
    });
  const read = [textEncoder, tokenizer, wordVectors, options.classTexts];
  if (
    options.out !== undefined &&
    read.some((path) => path !== undefined && resolve(path) === resolve(options.out!))
  )
    throw new MarnetError('usage', `"${options.out}" is read for the texts, and would be written over`, {
      hint: 'Give another path for the merged model.',
    });
  if (tokenizer !== undefined && textEncoder === undefined)
    throw new MarnetError('usage', `a tokenizer (${JSON.stringify(tokenizer)}) without a text encoder`, {
      hint: 'Give the model too, with --text-encoder.',
    });
  if (options.precision === 'float16' && options.engine === 'tfjs')
    throw new MarnetError('usage', 'the tfjs engine has no training in float16', {
      hint: 'Leave --precision or --engine out.',
    });
  const problem = augmentationProblem(options);
  if (problem) throw new MarnetError('usage', problem.message, { hint: problem.hint });
  if (options.batchNorm === 'frozen' || kind === 'full' || kind === 'last') return options;
  throw new MarnetError('usage', `batch statistics cannot be trained with tune "${options.tune}"`, {
    hint: 'Use --tune full or last:N with --batch-norm train.',
  });
}
