import { basename, dirname, extname, join } from 'node:path';
import type { FormatWriter } from '../../adapters/adapter.ts';
import { knowledgeOf } from '../../adapters/knowledge.ts';
import { loadModel } from '../../adapters/load.ts';
import { importerFor } from '../../adapters/registry.ts';
import { type Dataset, loadDataset } from '../data/dataset.ts';
import { FileHashes } from '../data/file-hashes.ts';
import { MarnetError } from '../errors.ts';
import { checkOutputFolder, checkOutputPath, METADATA_KEYS } from '../export/index.ts';
import type { Node } from '../graph/index.ts';
import type { Model } from '../model.ts';
import { checkFloat16, chooseDevice, deviceTitle } from '../runtime/device/choose.ts';
import { NO_KERNEL_HINT } from '../runtime/session.ts';
import { lacksKernel } from '../runtime/stand-ins.ts';
import type { FeatureView, TrainResult } from '../train/index.ts';
import { graphEngineFor } from './engine.ts';
import type { WrapEvent } from './events.ts';
import { exportTrained, roundingOf } from './export/export-trained.ts';
import { targetOf } from './export/target.ts';
import { extractorOf } from './features/extractor.ts';
import { type FeatureTable, featuresOf } from './features/features.ts';
import { viewsOf } from './features/views.ts';
import { checkLabelCount, decideLabels } from './labels.ts';
import { matchOf, sitesOf } from './located.ts';
import { parseWrapOptions, type WrapOptions, type WrapOptionsInput } from './options.ts';
import { choosePreprocess } from './preprocess/choose.ts';
import { resolvePreprocess } from './preprocess/resolve.ts';
import { checkReplaceable } from './replaceable.ts';
import type { WrapResult } from './result.ts';
import { Run } from './run.ts';
import { clearRunFolder, keepOptions, openRunFolder, refuseUnfinishedRun } from './run-folder.ts';
import { scoreLogits } from './score.ts';
import { lostClassesNotice, type Prepared, type SplitRows, splitRows, trainStage } from './stage.ts';
import { prepareTexts } from './text/texts.ts';
import { openSource } from './tuning/source.ts';
import { withoutEffect } from './tuning/without-effect.ts';

/**
 * Fine-tunes a classifier on a folder of images with text and writes one merged model.
 *
 * @param model its path, or a model that `loadModel` gave.
 * @param data the folder, or a dataset that `loadDataset` gave.
 * @returns the job under way: iterate it for its events, await its `result`, `abort()` it.
 * @example
 * const run = wrap('model.onnx', './photos', { out: 'better.onnx' });
 * for await (const event of run) if (event.type === 'epoch') console.log(event.metrics.holdoutAccuracy);
 * const { path, scores } = await run.result;
 * @throws MarnetError 'usage' at once, for options that are out of range or unknown.
 */
export function wrap(model: string | Model, data: string | Dataset, options: WrapOptionsInput = {}): Run {
  const settings = parseWrapOptions(options);
  return new Run((signal) => job(model, data, settings, withoutEffect(options, settings), signal));
}

/** Where the merged model goes when nobody says: beside the original. */
function defaultOut(modelPath: string | undefined, writer: FormatWriter | undefined): string {
  if (writer) return writer.besides(modelPath);
  if (modelPath === undefined) return 'model.marnet.onnx';
  return join(dirname(modelPath), `${basename(modelPath, extname(modelPath))}.marnet.onnx`);
}

async function* job(
  from: string | Model,
  data: string | Dataset,
  options: WrapOptions,
  remarks: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, WrapResult> {
  const began = performance.now();
  const model = typeof from === 'string' ? await loadModel(from) : from;
  refuseMerged(model);
  refuseWithoutKernel(model);
  const { format, writer } = targetOf(model, options);
  const out = options.out ?? defaultOut(model.path, writer);
  if (writer)
    checkOutputFolder(writer.fileOf(out), model, {
      isModel: (head) => importerFor(head, undefined) !== undefined,
    });
  else checkOutputPath(out, model, options);
  if (options.runFolder !== undefined && !options.resume) await refuseUnfinishedRun(options.runFolder);

  const { device, reason } = await chooseDevice(options.device);
  yield { type: 'device', device, title: deviceTitle(device), reason };
  const aboutHalf = options.precision === 'float16' ? await checkFloat16(device) : undefined;
  if (aboutHalf !== undefined) yield { type: 'notice', message: aboutHalf };
  const engine = await graphEngineFor(options, device);
  for (const message of [...engine.notices(), ...remarks]) yield { type: 'notice', message };

  const knowledge = knowledgeOf(model);
  const { adapter, frozen, stages, loraTargets } = knowledge;
  if (adapter && adapter.specificity > 0) {
    const named = knowledge.others.filter(({ specificity }) => specificity > 0);
    yield { type: 'adapter', adapter: matchOf(adapter), others: named.map(matchOf) };
  }
  const [site, ...others] = sitesOf(model, knowledge, {
    ...(options.output === undefined ? {} : { output: options.output }),
    ...(options.at === undefined ? {} : { at: options.at }),
  });
  yield { type: 'located', site: site!, others };
  checkLabelCount(options.labels, site!.classifier.classes);
  const resolved = resolvePreprocess(model, options.preprocess);
  yield { type: 'preprocess', ...resolved };

  const known = options.labels ?? model.labels;
  const { holdout, seed, strict, columns, classTexts, ingredients, cacheFolder } = options;
  const dataset =
    typeof data === 'string'
      ? await loadDataset(data, {
          ...{ holdout, seed, strict, columns, classTexts, ingredients, cacheFolder },
          ...(known ? { classes: known } : {}),
        })
      : data;
  yield { type: 'data', dataset };
  const chosen = await choosePreprocess({ model, site: site!, resolved, dataset, known, options, signal });
  if (chosen.measured) yield { type: 'preprocess', ...chosen };
  const { preprocess } = chosen;

  const extractor = extractorOf(model, site!, preprocess, device);
  let table: FeatureTable;
  let rows: SplitRows;
  let views: readonly FeatureView[];
  try {
    const features = {
      model,
      site: site!,
      preprocess,
      extractor,
      images: dataset.samples,
      hashes: new FileHashes(),
      options,
      signal,
    };
    table = yield* featuresOf(features);
    rows = splitRows(dataset, table);
    const lost = lostClassesNotice(dataset, rows);
    if (lost !== undefined) yield { type: 'notice', message: lost };
    views = yield* viewsOf(features, table, rows.train);
  } finally {
    await extractor.close();
  }
  const labels = decideLabels({
    wish: options.classes,
    modelLabels: known,
    modelClasses: table.classes,
    dataClasses: dataset.classes,
    accuracy: () => ({
      top1: scoreLogits(table.logits, table.classes, dataset, rows.train, rows.train).top1,
      images: rows.train.length,
    }),
  });
  yield { type: 'labels', ...labels };
  if (labels.plan === 'new') await checkReplaceable(model, site!, dataset.classes.length);

  const folder = await openRunFolder(options.runFolder);
  if (!options.resume) await clearRunFolder(folder);
  const startedWith = { model: model.path, data: dataset.root, ...options, out };
  if (!options.resume) await keepOptions(folder, startedWith);
  const prepared: Prepared = {
    model,
    site: site!,
    preprocess,
    dataset,
    table,
    rows,
    plan: labels.plan,
    frozen,
    stages,
    loraTargets,
    device,
    engine,
    texts: yield* prepareTexts(dataset, rows.train, options, signal),
    options,
  };

  const compare = options.compare ?? options.tune === 'frozen';
  const { source, weightsOf, close } = yield* openSource(prepared, views, signal);
  let trained: TrainResult;
  let plain: TrainResult | undefined;
  try {
    const stage = trainStage('marnet', prepared, source, folder, signal);
    const marnet = yield* options.resume
      ? onceAccepted(stage, () => keepOptions(folder, startedWith))
      : stage;
    trained = { ...marnet, parameters: weightsOf(marnet.parameters) };
    plain = compare ? yield* trainStage('plain', prepared, source, folder, signal) : undefined;
  } finally {
    await close();
  }

  const classes = dataset.classes.length;
  const all = rows.holdout.map((_, i) => i);
  const scores = {
    base:
      labels.plan === 'kept'
        ? scoreLogits(table.logits, classes, dataset, rows.holdout, rows.holdout)
        : undefined,
    plain: plain && scoreLogits(plain.holdoutLogits, classes, dataset, rows.holdout, all),
    merged: scoreLogits(trained.holdoutLogits, classes, dataset, rows.holdout, all),
  };
  const rounding = roundingOf(model.graph, trained);
  if (rounding) yield { type: 'notice', message: rounding };
  const exported = await exportTrained(prepared, trained, scores, { out, format, writer }).catch(
    (error: unknown) => {
      throw trainingKept(error, folder);
    },
  );
  yield { type: 'exported', path: exported.path, size: exported.size };
  yield { type: 'verified', ...exported.verification };
  if (exported.conversion) yield { type: 'converted', ...exported.conversion };
  const result: WrapResult = {
    path: exported.path,
    runFolder: folder,
    labels: dataset.classes,
    labelPlan: labels.plan,
    images: { train: rows.train.length, holdout: rows.holdout.length, skipped: table.skipped },
    scores,
    best: trained.best,
    epochs: trained.history.length,
    verification: exported.verification,
    conversion: exported.conversion,
    seconds: (performance.now() - began) / 1000,
  };
  // The model is written: a disk that is full by now takes nothing from the result.
  await keepOptions(folder, { ...startedWith, finished: true }).catch(() => {});
  yield { type: 'finished', result };
  return result;
}

/** Heads on heads: what the first ones learned would be trained no further, and only the names would clash. */
function refuseMerged(model: Model): void {
  if (!model.metadata.has(METADATA_KEYS.version)) return;
  const named = model.path === undefined ? '' : ` "${model.path}"`;
  throw new MarnetError(
    'unsupported-model',
    `the model${named} is a merged one already: it has MARNet heads`,
    {
      hint:
        model.format === 'onnx'
          ? 'Start from the original; `marnet-wrap unwrap` gives it back, with the weights that were tuned.'
          : 'Start from the original.',
    },
  );
}

/** What is merged keeps the original's nodes, and is compared with what was trained on a CPU, whatever trained it. */
function refuseWithoutKernel(model: Model): void {
  const lacking = model.graph.nodes.filter(lacksKernel);
  if (lacking.length === 0) return;
  const [first] = lacking as [Node];
  const others = lacking.length === 1 ? '' : `, and of ${lacking.length - 1} more nodes`;
  throw new MarnetError(
    'unsupported-model',
    `onnxruntime has no kernel on CPUs of ${first.op} of domain "${first.domain}" (node "${first.name || first.outputs[0]}")${others}, so that the merged model could not be verified`,
    { hint: NO_KERNEL_HINT },
  );
}

/** The stage as it is; what a stopped run was started with is replaced once its checkpoint was not refused. */
async function* onceAccepted(
  stage: AsyncGenerator<WrapEvent, TrainResult>,
  accepted: () => Promise<void>,
): AsyncGenerator<WrapEvent, TrainResult> {
  for (let waits = true; ; ) {
    const { done, value } = await stage.next();
    if (waits && (done || value.type !== 'stage')) {
      waits = false;
      await accepted();
    }
    if (done) return value;
    yield value;
  }
}

/** Where the training is done and only the file could not be written, it need not be done again. */
function trainingKept(error: unknown, folder: string): unknown {
  if (!(error instanceof MarnetError) || error.code !== 'output') return error;
  const kept = `The training is kept: --resume ${folder} with another --out writes the model without repeating it.`;
  const { code, message, hint } = error;
  return new MarnetError(code, message, { hint: hint ? `${hint} ${kept}` : kept, cause: error });
}
