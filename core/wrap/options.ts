import { resolve } from 'node:path';
import * as v from 'valibot';
import { parseAugment } from '../data/augment/index.ts';
import { preprocessSchema } from '../data/preprocess.ts';
import { MarnetError } from '../errors.ts';
import { headOptionsSchema } from '../marnet/options.ts';
import { type DeviceWish, deviceProblem, isDeviceWish } from '../runtime/device/name.ts';
import { choice, parseOptions, strictObject, text, whole } from '../schema/index.ts';
import { hyperparametersSchema } from '../train/hyperparameters.ts';
import { augmentationProblem } from './tuning/augmentation.ts';
import { parseTune, type Tune, tuneProblem } from './tuning/mode.ts';

/** Options of a wrap, with their defaults in this one place. Paths are as the process sees them. */
export const wrapOptionsSchema = strictObject({
  /** Where the merged model goes; `<model>.marnet.onnx` beside the model unless told. */
  out: v.optional(text(1)),
  /** Keep weights in `<out>.data` beside the model. */
  externalData: v.optional(v.boolean(), false),

  /** Which of several outputs is the classifier's, by name. */
  output: v.optional(v.string()),
  /** The feature layer, by the name of its value, instead of the best candidate. */
  at: v.optional(v.string()),
  /** Class names in the order of the logits, for models that do not carry them; as many as there are classes. */
  labels: v.optional(v.array(v.string())),
  /** 'keep' the model's classes, train a 'new' linear layer, or 'auto': keep where the labels or the accuracy say so. */
  classes: v.optional(choice(['auto', 'keep', 'new']), 'auto'),
  /** What is done to images; the model's own metadata unless told, else the usual one for its input, which is said. */
  preprocess: v.optional(preprocessSchema),

  /**
   * 'frozen' trains the heads and the classifier on features computed once; 'last:N' the last N layers of the backbone
   * too, on activations computed once; 'full' every weight; 'lora:R' updates of rank R to its matrices.
   */
  tune: v.optional(
    v.custom<Tune>(
      (value) => parseTune(value) !== undefined,
      ({ input }) => tuneProblem(input),
    ),
    'frozen',
  ),
  /**
   * Who runs the training's graphs: 'onnxruntime', or 'tfjs', which is TensorFlow.js on the best backend installed. Frozen
   * layers, and with them features, are onnxruntime's in any case.
   */
  engine: v.optional(choice(['onnxruntime', 'tfjs']), 'onnxruntime'),
  /**
   * Where onnxruntime runs the model and the training: 'cpu', 'webgpu', 'cuda' or 'cuda:1', 'coreml', 'dml' or 'dml:1', or
   * 'auto', the fastest that works. The tfjs engine has backends of its own.
   */
  device: v.optional(
    v.custom<DeviceWish>(isDeviceWish, ({ input }) => deviceProblem(input)),
    'auto',
  ),
  /**
   * What training steps compute in. 'float16', on devices that have it: products of matrices and convolutions in float16,
   * what is delicate, parameters and optimizer in float32, and a loss that is scaled. Features, evaluations and the merged
   * model are float32 in any case.
   */
  precision: v.optional(choice(['float32', 'float16']), 'float32'),
  /** Also train without text and heads, for comparison; on unless told where the backbone is frozen. */
  compare: v.optional(v.boolean()),
  /**
   * Random crops and mirror images while the backbone is trained, or the augmentations that a text names, as
   * 'default,jitter,rotate=10'. On unless told, but off with 'last:N', where activations must then be computed at every
   * step. Frozen features are of whole images, but for `views`.
   */
  augment: v.optional(
    v.custom<boolean | string>(
      (value) => typeof value === 'boolean' || augmentError(value) === undefined,
      ({ input }) => augmentError(input)!,
    ),
  ),
  /** Where the backbone is frozen: views of each training image whose features are kept, the first one plain. */
  views: v.optional(whole(1, 1000), 1),
  /** Random mirror images among them; off where left and right mean something (letters, signs). */
  flip: v.optional(v.boolean(), true),
  /**
   * 'train' normalizes by each batch's own statistics where weights are trained, and writes running averages of them to
   * the merged model; 'frozen' leaves the model's.
   */
  batchNorm: v.optional(choice(['frozen', 'train']), 'frozen'),
  /** Options of the MARNet heads; see docs/method.md. */
  heads: v.optional(headOptionsSchema, {}),
  /** Hyperparameters of the training; those of `FROZEN_TRAINING` have other defaults where the backbone is frozen. */
  training: v.optional(hyperparametersSchema, {}),

  /** Names of a table's columns, by what they are for: { path, label, text, split }; those not named are inferred. */
  columns: v.optional(
    strictObject({
      path: v.optional(v.string()),
      label: v.optional(v.string()),
      text: v.optional(v.string()),
      split: v.optional(v.string()),
    }),
  ),
  /** A file with texts of classes; `classes.json` in the data's folder, where there is one, unless told. */
  classTexts: v.optional(text(1)),
  /** Pretrained vectors that the words of the texts start from: a file of GloVe or fastText, .txt or .vec, or .gz of it. */
  wordVectors: v.optional(text(1)),
  /** An ONNX model that encodes the texts, instead of learned vectors of words. */
  textEncoder: v.optional(text(1)),
  /** The text encoder's tokenizer file; `tokenizer.json` beside it unless told. */
  tokenizer: v.optional(text(1)),
  /** Which list of Ingredient-101 is the text; the complete one unless told. */
  ingredients: v.optional(choice(['complete', 'simplified'])),

  /** Share of the images of each class held out, when the data has no split of its own. */
  holdout: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.2),
  /** Everything random follows from this number. */
  seed: v.optional(whole(0), 0),
  /** Fail on the first image that cannot be decoded, instead of leaving it out. */
  strict: v.optional(v.boolean(), false),

  /** Format of the merged model, 'onnx' or 'tfjs'; unless told, what `out` ends in (.onnx, .json), or the one that the model came in. */
  to: v.optional(v.string()),
  /** Weights in 8 bits or in half precision, where the format written has that: tfjs. */
  quantize: v.optional(choice(['uint8', 'float16'])),

  /**
   * Folder of the run: options, metrics, checkpoints; a new numbered one under ./runs unless told. One with the checkpoint
   * of a stopped run is refused without `resume`.
   */
  runFolder: v.optional(text(1)),
  /** Go on from the last checkpoint in `runFolder`. */
  resume: v.optional(v.boolean(), false),
  /** Folder of cached features; the user's cache folder unless told. */
  cacheFolder: v.optional(text(1)),
});

/** Options of `wrap`, with defaults filled in. */
export interface WrapOptions extends v.InferOutput<typeof wrapOptionsSchema> {}
/** Options of `wrap`; what is left out has its default. */
export interface WrapOptionsInput extends v.InferInput<typeof wrapOptionsSchema> {}

function augmentError(value: unknown): string | undefined {
  if (typeof value !== 'string') return `takes true, false or a text, not ${String(value)}`;
  try {
    parseAugment(value);
    return undefined;
  } catch (error) {
    // Whose text it is, is said by whoever tells it.
    return error instanceof MarnetError
      ? `${error.message.replace(/^--augment /, '').replace(/[^?]$/, '$&.')} ${error.hint}`
      : String(error);
  }
}

/** The options with defaults filled in. @throws MarnetError 'usage' naming each option that is unknown or out of range. */
export function parseWrapOptions(input: WrapOptionsInput): WrapOptions {
  return checked(parseOptions(wrapOptionsSchema, withDefaults(input)));
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
