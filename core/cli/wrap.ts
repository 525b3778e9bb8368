import { type Command, Option } from 'commander';
import { MarnetError } from '../errors.ts';
import type { Model } from '../model.ts';
import { parseWrapOptions, type WrapOptionsInput } from '../wrap/options.ts';
import type { Tune } from '../wrap/tuning/mode.ts';
import { adapterOption } from './arguments/adapters.ts';
import { needed, newCommand } from './arguments/command.ts';
import { readLabelsFile } from './arguments/labels-file.ts';
import { PREPROCESS_ABOUT, preprocessFor } from './arguments/preprocess.ts';
import { folderToResume, resumeCommand } from './arguments/resume.ts';
import { SETTINGS, type Setting } from './arguments/settings.ts';
import { wrapInput } from './arguments/wrap-input.ts';
import { Bars } from './output/bars.ts';
import { stopOnInterrupt } from './output/interrupt.ts';
import type { Io } from './output/io.ts';
import { JsonLines, Silence } from './output/json-lines.ts';
import { Lines } from './output/lines.ts';
import type { Progress } from './output/progress.ts';
import { type Started, summaryText } from './output/summary.ts';

interface Options {
  readonly data?: string;
  readonly labels?: string;
  readonly preprocess?: string;
  readonly resume?: string | true;
  readonly set: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `marnet-wrap MODEL --data FOLDER`, the main job. @param argv quoted in the command that goes on after a stop. */
export function wrapCommand(io: Io, argv: readonly string[]): Command {
  const command = newCommand(
    io,
    'wrap',
    'Fine-tunes MODEL and writes the merged model; the default, needs no name.',
    [
      'marnet-wrap model.onnx --data ./photos',
      'marnet-wrap model.onnx --data ./photos --out better.onnx --tune full --epochs 20',
      'marnet-wrap model.onnx --data ./photos --preprocess size=192x192,mean=0.5,std=0.5',
      'marnet-wrap ./nsfw-model --data ./photos --out ./better    a TensorFlow.js model, given back as one',
      'marnet-wrap model.onnx --data ./photos --set samplingSteps=8 --set wCdr=1',
      'marnet-wrap model.onnx --data ./photos --json > events.jsonl',
      'marnet-wrap model.onnx --data ./photos --resume runs/3',
    ],
  )
    .argument(
      '<model>',
      'the classifier to start from: an ONNX file, or a model.json of TensorFlow.js, its folder or address',
    )
    .option(
      '--data <folder>',
      'images with labels and, where there are any, texts: a folder, or a table in one',
    );
  for (const option of commandOptions()) command.addOption(option);
  return command.action(async (model: string, options: Options) => {
    const data = needed(command, '--data <folder>', options.data);
    const input = await readOptions(command, options);
    const loaded = options.preprocess === undefined ? undefined : await load(model);
    if (loaded) input.preprocess = await preprocessFor(loaded, options.preprocess!);
    await runJob(io, argv, { model, data, loaded }, options, input);
  });
}

/** The settings, and among them the options that are more than one setting, each in its group. */
function commandOptions(): Option[] {
  const options = SETTINGS.map((setting) => {
    const about = `${setting.about}${defaultText(setting)}`;
    return new Option(setting.flags, about).helpGroup(setting.group);
  });
  const besides = (group: string, option: Option): void => {
    const last = options.findLastIndex((each) => each.helpGroupHeading === group);
    options.splice(last + 1, 0, option.helpGroup(group));
  };
  const collect = (text: string, before: string[]): string[] => [...before, text];
  besides(
    'Model and classes:',
    new Option('--labels <file>', "the model's class names: one a line, or JSON"),
  );
  besides('Model and classes:', adapterOption());
  besides('Data:', new Option('--preprocess <spec>', PREPROCESS_ABOUT));
  besides(
    'Training:',
    new Option('--set <key=value>', 'any option of the heads or the training by its name; may be repeated')
      .argParser(collect)
      .default([], 'none'),
  );
  besides(
    'Run and files:',
    new Option('--resume [folder]', 'go on with a stopped run; the newest under ./runs unless told'),
  );
  besides('Run and files:', new Option('--json', 'one JSON object a line on standard output for each event'));
  besides('Run and files:', new Option('--quiet', 'no progress and no notices'));
  return options;
}

/** Told in the help alone: what is not typed is left to `wrap`, which has the defaults. */
function defaultText({ kind, path }: Setting): string {
  if (kind === 'on' || kind === 'off') return '';
  const defaultOf = (tune?: Tune): unknown => {
    let value: unknown = parseWrapOptions(tune ? { tune } : {});
    for (const name of path) value = (value as Readonly<Record<string, unknown>>)[name];
    return value;
  };
  const value = defaultOf();
  if (value === undefined) return '';
  const other = path[0] === 'training' ? defaultOf('full') : value;
  return other === value
    ? ` (default: ${value})`
    : ` (default: ${value}, or ${other} where the backbone is tuned)`;
}

async function load(path: string): Promise<Model> {
  const { loadModel } = await import('../../adapters/load.ts');
  return loadModel(path);
}

async function readOptions(command: Command, options: Options): Promise<WrapOptionsInput> {
  const typed = (setting: Setting): unknown => {
    const name = new Option(setting.flags).attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return undefined;
    const value: unknown = command.getOptionValue(name);
    if (setting.kind === 'on-or-text') return value === false ? undefined : value;
    const switched = setting.kind === 'on' || setting.kind === 'off';
    return switched && value !== (setting.kind === 'on') ? undefined : value;
  };
  const input: WrapOptionsInput = wrapInput(typed, options.set);
  if (options.labels !== undefined) input.labels = await readLabelsFile(options.labels);
  if (options.resume !== undefined) {
    input.runFolder = await folderToResume(options.resume === true ? input.runFolder : options.resume);
    input.resume = true;
  }
  return input;
}

async function runJob(
  io: Io,
  argv: readonly string[],
  { model, data, loaded }: Started & { readonly loaded: Model | undefined },
  options: Options,
  input: WrapOptionsInput,
): Promise<void> {
  const { wrap } = await import('../wrap/wrap.ts');
  const progress = progressFor(io, options);
  const run = wrap(loaded ?? model, data, input);
  const release = stopOnInterrupt(
    io,
    () => {
      progress.settle();
      run.abort();
    },
    (text) => progress.say(text),
  );
  // A new run has a checkpoint from its training on alone; one that goes on may have one already.
  let folder = input.resume ? input.runFolder : undefined;
  try {
    for await (const event of run) {
      // The other stage keeps its own in a folder within this one.
      if (event.type === 'stage' && event.stage === 'marnet') folder = event.folder;
      progress.show(event);
    }
    progress.close();
    if (!options.json) io.out(summaryText(io, await run.result, { model, data }));
  } catch (error) {
    progress.close();
    throw error instanceof MarnetError && error.code === 'interrupted'
      ? await stopped(error, argv, folder)
      : error;
  } finally {
    release();
  }
}

async function stopped(
  error: MarnetError,
  argv: readonly string[],
  folder: string | undefined,
): Promise<MarnetError> {
  const { hasCheckpoint } = await import('../wrap/run-folder.ts');
  const hint =
    folder === undefined || !hasCheckpoint(folder)
      ? 'Training had not begun; features that were computed are in the cache. Start again with the same command.'
      : `A checkpoint is in ${folder}. Go on with:\n  ${resumeCommand(argv, folder)}`;
  return new MarnetError('interrupted', error.message, { hint, cause: error });
}

function progressFor(io: Io, options: Options): Progress {
  if (options.json) return new JsonLines(io);
  if (options.quiet) return new Silence(io);
  return io.terminal ? new Bars(io) : new Lines(io);
}
