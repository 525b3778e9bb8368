/** The options of the main job that stand for one setting each, in the order of the help text. */

import { COLUMNS_ABOUT, parseColumns } from './columns.ts';

/** How the text after a flag is read; a switch takes none, and `on-or-text` may do without. */
export type SettingKind = 'number' | 'text' | 'columns' | 'on' | 'off' | 'on-or-text';

export interface Setting {
  readonly flags: string;
  /** Where it goes in the options of `wrap`. */
  readonly path: readonly string[];
  readonly kind: SettingKind;
  readonly about: string;
  readonly group: string;
}

const MODEL = 'Model and classes:';
const TRAINING = 'Training:';
const DATA = 'Data:';
const RUN = 'Run and files:';

function setting(
  group: string,
  flags: string,
  path: string,
  about: string,
  kind: SettingKind = 'text',
): Setting {
  return { flags, path: path.split('.'), kind, about, group };
}

export const SETTINGS: readonly Setting[] = [
  setting(MODEL, '--output <name>', 'output', "the classifier's output, where the model has several"),
  setting(
    MODEL,
    '--at <name>',
    'at',
    'the feature layer, by the name of its value, instead of the one found',
  ),
  setting(
    MODEL,
    '--classes <how>',
    'classes',
    'auto, keep (the classes of the model) or new (a new classifier layer)',
  ),

  setting(DATA, '--columns <pairs>', 'columns', COLUMNS_ABOUT, 'columns'),
  setting(
    DATA,
    '--class-texts <file>',
    'classTexts',
    'texts of classes, in .json, .jsonl, .csv, .tsv or .txt; else classes.json beside the images',
  ),
  setting(
    DATA,
    '--word-vectors <file>',
    'wordVectors',
    'vectors that words start from: GloVe or fastText, .txt, .vec or .gz of one',
  ),
  setting(
    DATA,
    '--text-encoder <model>',
    'textEncoder',
    'an ONNX model that encodes the texts, instead of vectors of words',
  ),
  setting(
    DATA,
    '--tokenizer <file>',
    'tokenizer',
    "the text encoder's; tokenizer.json beside it unless told",
  ),
  setting(DATA, '--ingredients <list>', 'ingredients', 'of Ingredient-101: complete or simplified'),
  setting(
    DATA,
    '--holdout <share>',
    'holdout',
    'share of each class held out, where the data has no split',
    'number',
  ),
  setting(
    DATA,
    '--strict',
    'strict',
    'fail on an image that cannot be decoded, instead of leaving it out',
    'on',
  ),

  setting(
    TRAINING,
    '--tune <part>',
    'tune',
    'frozen (heads and classifier), last:N (and N layers), full (every weight) or lora:R (updates of rank R)',
  ),
  setting(
    TRAINING,
    '--engine <name>',
    'engine',
    'who runs the training: onnxruntime, or tfjs (TensorFlow.js, on the best backend installed)',
  ),
  setting(
    TRAINING,
    '--device <name>',
    'device',
    'auto (the fastest that works), cpu, webgpu, cuda[:id], coreml or dml[:id]; "doctor" tries them',
  ),
  setting(
    TRAINING,
    '--precision <type>',
    'precision',
    'float32, or float16 (products in float16, parameters in float32, the loss scaled) where the device has it',
  ),
  setting(TRAINING, '--epochs <n>', 'training.epochs', 'passes over the training images', 'number'),
  setting(TRAINING, '--batch <n>', 'training.batch', 'images a step', 'number'),
  setting(TRAINING, '--lr <x>', 'training.learningRate', 'learning rate after the warm-up', 'number'),
  setting(
    TRAINING,
    '--backbone-lr <x>',
    'training.backboneLearningRate',
    'learning rate of the backbone; a tenth of --lr unless told',
    'number',
  ),
  setting(
    TRAINING,
    '--layer-decay <x>',
    'training.layerDecay',
    "a layer's learning rate relative to that of the layer above it",
    'number',
  ),
  setting(
    TRAINING,
    '--accumulate <n>',
    'training.accumulate',
    'batches whose gradients make one step',
    'number',
  ),
  setting(TRAINING, '--weight-decay <x>', 'training.weightDecay', 'decoupled weight decay', 'number'),
  setting(
    TRAINING,
    '--batch-norm <how>',
    'batchNorm',
    'frozen (statistics as they are) or train (those of each batch, averages exported)',
  ),
  setting(
    TRAINING,
    '--label-smoothing <x>',
    'training.labelSmoothing',
    'share of a label spread over all classes',
    'number',
  ),
  setting(
    TRAINING,
    '--patience <n>',
    'training.patience',
    'epochs without a better holdout until it stops; 0 never',
    'number',
  ),
  setting(TRAINING, '--balanced', 'training.balanced', 'draw all classes equally often', 'on'),
  setting(
    TRAINING,
    '--augment [spec]',
    'augment',
    'with random crops and mirror images, the default with full and lora:R; or with what is named: default, crop, flip, jitter, rotate, perspective, blur, noise, erase, mixup, cutmix, as in default,jitter,rotate=10',
    'on-or-text',
  ),
  setting(TRAINING, '--no-augment', 'augment', 'without random crops and mirror images', 'off'),
  setting(
    TRAINING,
    '--views <k>',
    'views',
    'where the backbone is frozen: augmented views of each image to compute features of, the plain one among them',
    'number',
  ),
  setting(TRAINING, '--no-flip', 'flip', 'without mirror images: for letters, signs and the like', 'off'),
  setting(TRAINING, '--no-ema', 'heads.ema', 'without the alignment of images and texts', 'off'),
  setting(TRAINING, '--no-cdr', 'heads.cdr', 'without the diffusion reconstruction', 'off'),
  setting(
    TRAINING,
    '--compare',
    'compare',
    'also train without text and heads; the default where the backbone is frozen',
    'on',
  ),
  setting(TRAINING, '--no-compare', 'compare', 'train MARNet alone', 'off'),
  setting(TRAINING, '--seed <n>', 'seed', 'everything random follows from it', 'number'),

  setting(
    RUN,
    '--out <path>',
    'out',
    'the merged model, a folder for tfjs; <model>.marnet.onnx or <model>.marnet beside the model unless told',
  ),
  setting(
    RUN,
    '--to <format>',
    'to',
    "onnx or tfjs; unless told, what --out ends in (.onnx, .json), or the model's own format",
  ),
  setting(RUN, '--quantize <how>', 'quantize', 'with tfjs: weights as uint8 or float16'),
  setting(
    RUN,
    '--external-data',
    'externalData',
    'keep weights in <file>.data beside the merged model',
    'on',
  ),
  setting(
    RUN,
    '--run <folder>',
    'runFolder',
    'options, metrics and checkpoints; a new one under ./runs unless told',
  ),
  setting(RUN, '--cache <folder>', 'cacheFolder', 'computed features and unpacked images, for later runs'),
];

/** The name of the flag alone: --lr. */
export function flagOf(setting: Setting): string {
  return setting.flags.split(' ')[0]!;
}

/** The setting's text as a value; what is no number is left for the schema to refuse. */
export function readSetting(kind: SettingKind, text: unknown): unknown {
  if (kind === 'on') return true;
  if (kind === 'off') return false;
  if (kind === 'columns') return parseColumns(String(text));
  if (kind === 'on-or-text' && text === true) return true;
  return kind === 'number' ? numberOr(String(text)) : String(text);
}

function numberOr(text: string): number | string {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? text : value;
}
