import type { Command } from 'commander';
import type { ColumnNames } from '../data/dataset.ts';
import { splitNamed } from '../data/layouts/layout.ts';
import { MarnetError } from '../errors.ts';
import { tableText } from '../report/index.ts';
import type { DeviceWish } from '../runtime/device/name.ts';
import { nearest, oneOf } from '../schema/index.ts';
import type { Evaluation, Score } from '../wrap/evaluate.ts';
import { COLUMNS_ABOUT, parseColumns } from './arguments/columns.ts';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import { DEVICE_ABOUT, readDevice } from './arguments/device.ts';
import { PREPROCESS_ABOUT, preprocessFor } from './arguments/preprocess.ts';
import { countOf } from './arguments/whole.ts';
import { preprocessLine } from './output/describe.ts';
import type { Io } from './output/io.ts';
import { count, percent } from './output/numbers.ts';
import { robustnessProgress, robustnessText } from './output/robustness.ts';

const SPLITS = ['all', 'train', 'holdout', 'test'] as const;
type Part = (typeof SPLITS)[number];

interface Options {
  readonly data?: string;
  readonly base?: string;
  readonly split?: Part;
  readonly batch?: number;
  readonly device: DeviceWish;
  readonly preprocess?: string;
  readonly columns?: ColumnNames;
  readonly cache?: string;
  readonly strict?: boolean;
  readonly robustness?: boolean;
  readonly limit?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

/** `marnet-wrap eval MODEL --data FOLDER` */
export function evalCommand(io: Io, _finish: Finish): Command {
  return newCommand(
    io,
    'eval',
    'Measures a classifier on labelled images, alone or beside the model it came from.',
    [
      'marnet-wrap eval merged.onnx --data ./photos',
      'marnet-wrap eval merged.onnx --data ./photos --base model.onnx --split test',
      'marnet-wrap eval merged.onnx --data ./photos --base model.onnx --robustness --limit 200',
    ],
  )
    .argument('<model>', 'a classifier (ONNX, or TensorFlow.js), merged or not')
    .option('--data <folder>', 'images with labels, in any layout that training takes, or one table')
    .option('--base <model>', 'another classifier to measure beside it')
    .option('--split <part>', 'all, train, holdout (or validation) or test', readPart)
    .option('--batch <n>', 'images a run', countOf('--batch'))
    .option('--preprocess <spec>', PREPROCESS_ABOUT)
    .option('--columns <pairs>', COLUMNS_ABOUT, parseColumns)
    .option('--cache <folder>', 'where images that a table holds are unpacked')
    .option('--device <name>', DEVICE_ABOUT, readDevice, 'auto')
    .option('--limit <n>', 'images at most, drawn at random', countOf('--limit'))
    .option('--robustness', 'top-1 under noise, blur, changed light and viewpoint, at five severities each')
    .option('--seed <n>', 'of the draw and the corruptions (default: 0)', seedOf)
    .option('--strict', 'fail on an image that cannot be decoded, instead of leaving it out')
    .option('--json', 'print one JSON object')
    .action(async (path: string, options: Options, command: Command) => {
      const data = needed(command, '--data <folder>', options.data);
      const { evaluateModel, evaluateRobustness, loadModel } = await import('../index.ts');
      const { data: _, preprocess, json, cache: cacheFolder, robustness, ...rest } = options;
      const model = await loadModel(path);
      const wish = preprocess === undefined ? {} : { preprocess: await preprocessFor(model, preprocess) };
      const settings = { ...rest, ...wish, cacheFolder };
      if (robustness) {
        const measured = await evaluateRobustness(model, data, {
          ...settings,
          onProgress: robustnessProgress(io),
        });
        io.out(json ? `${JSON.stringify(measured)}\n` : robustnessText(io, measured));
        return;
      }
      const evaluation = await evaluateModel(model, data, settings);
      io.out(
        json ? `${JSON.stringify(evaluation)}\n` : evaluationText(io, evaluation, options.split ?? 'all'),
      );
    });
}

function seedOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new MarnetError('usage', `--seed takes a whole number of at least 0, not "${text}"`);
}

function readPart(text: string): Part {
  const found = SPLITS.find((part) => part === text) ?? splitNamed(text);
  if (found) return found;
  const near = nearest(text, SPLITS);
  throw new MarnetError(
    'usage',
    `--split takes ${oneOf(SPLITS)}, not "${text}"${near ? `; did you mean ${near}?` : ''}`,
  );
}

function evaluationText(io: Io, evaluation: Evaluation, part: Part): string {
  const { base } = evaluation;
  const skipped =
    evaluation.skipped > 0 ? `, ${evaluation.skipped} skipped because they could not be decoded` : '';
  const columns = base ? ['', 'model', 'base', 'difference'] : ['', 'model'];
  const row = (name: string, of: (e: Score) => number | undefined): string[][] => {
    const [own, before] = [of(evaluation), base && of(base)];
    if (own === undefined) return [];
    const shared = before === undefined ? ['-', '-'] : [percent(before), signed(own - before)];
    return [[name, percent(own), ...(base ? shared : [])]];
  };
  const overall = tableText(
    columns,
    [...row('top-1', (e) => e.top1), ...row('top-5', (e) => e.top5), ...row('macro-F1', (e) => e.macroF1)],
    { terminal: io.colours.out },
  );
  const before = new Map(base?.perClass.map((each) => [each.label, each.f1] as const));
  const perClass = tableText(
    ['class', 'images', 'precision', 'recall', 'F1', ...(base ? ['F1 of the base'] : [])],
    evaluation.perClass.map(({ label, images, precision, recall, f1 }) => {
      const was = before.get(label);
      const cells = [label, String(images), percent(precision), percent(recall), percent(f1)];
      return base ? [...cells, was === undefined ? '-' : percent(was)] : cells;
    }),
    { terminal: io.colours.out },
  );
  const of = part === 'all' ? 'of all parts of the data' : `of the ${part} part of the data`;
  const prepared = preprocessLine({ ...evaluation, origin: evaluation.preprocessOrigin });
  return `${prepared}\n${count(evaluation.images, 'image')} ${of}${skipped}\n\n${overall}\n${perClass}`;
}

function signed(difference: number): string {
  return `${difference < 0 ? '-' : '+'}${(100 * Math.abs(difference)).toFixed(1)}`;
}
