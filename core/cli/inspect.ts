import type { Command } from 'commander';
import pc from 'picocolors';
import { METADATA_KEYS, readMergedMetadata } from '../export/metadata.ts';
import type { ValueInfo } from '../graph/index.ts';
import { type DeviceWish, kindOf } from '../runtime/device/name.ts';
import type { AdapterMatch } from '../wrap/events.ts';
import type { Inspection } from '../wrap/inspect.ts';
import type { TuningCost } from '../wrap/tuning/costs.ts';
import type { Batching } from '../wrap/tuning/tuning.ts';
import { type Finish, newCommand } from './arguments/command.ts';
import { readDevice } from './arguments/device.ts';
import { preprocessLine, siteLine } from './output/describe.ts';
import type { Io } from './output/io.ts';
import { bytes, count, grouped, short } from './output/numbers.ts';

interface Options {
  readonly output?: string;
  readonly at?: string;
  readonly nodes?: boolean;
  readonly device?: DeviceWish;
  readonly json?: boolean;
}

/** `marnet-wrap inspect MODEL` */
export function inspectCommand(io: Io, _finish: Finish): Command {
  return newCommand(
    io,
    'inspect',
    'Says what a model is, where its feature layer is, and what can be trained.',
    [
      'marnet-wrap inspect model.onnx',
      'marnet-wrap inspect model.onnx --nodes',
      'marnet-wrap inspect model.onnx --device webgpu',
      'marnet-wrap inspect model.onnx --json',
    ],
  )
    .argument('<model>', 'a classifier (ONNX, or TensorFlow.js), merged or not')
    .option('--output <name>', "the classifier's output, where the model has several")
    .option('--at <name>', 'the feature layer, by the name of its value, instead of the one found')
    .option('--nodes', 'also list what every node makes: the names that --at takes')
    .option(
      '--device <name>',
      'what memory and time of a step are estimated for: auto, cpu, webgpu, cuda[:id], … (default: cpu)',
      readDevice,
    )
    .option('--json', 'print one JSON object')
    .action(async (model: string, { json, ...wish }: Options) => {
      const { inspectModel } = await import('../wrap/inspect.ts');
      const inspection = await inspectModel(model, wish);
      io.out(json ? `${JSON.stringify(jsonOf(inspection))}\n` : inspectionText(io, inspection));
    });
}

function jsonOf(inspection: Inspection): object {
  return { ...inspection, metadata: Object.fromEntries(inspection.metadata) };
}

/** What a merged model says of itself, told in words. */
const OWN: ReadonlySet<string> = new Set(Object.values(METADATA_KEYS));

/** Longest value of an entry of the metadata that is printed whole. */
const LONGEST = 100;

function inspectionText(io: Io, inspection: Inspection): string {
  const { image, sites, weights, labels, metadata } = inspection;
  const colours = pc.createColors(io.colours.out);
  const lines: string[] = [];
  const fact = (name: string, text: string): void => {
    lines.push(`${colours.bold(`${name}:`.padEnd(15))} ${text}`);
  };
  fact('Format', `${inspection.format}, opset ${inspection.opset}, ${count(inspection.nodes, 'node')}`);
  for (const input of inspection.inputs) fact('Input', valueText(input));
  for (const output of inspection.outputs) fact('Output', valueText(output));
  fact(
    'Weights',
    `${count(weights.elements, 'number')} in ${count(weights.tensors, 'tensor')} that can be trained`,
  );
  if (image) {
    const size = `${image.width ?? 'any width'} x ${image.height ?? 'any height'}`;
    fact(
      'Images',
      `${size}, ${count(image.channels, 'channel')}, ${image.layout}; ${batchingText(inspection.batching)}`,
    );
  } else fact('Images', `none: ${inspection.imageProblem}`);
  if (inspection.preprocess) lines.push(preprocessLine(inspection.preprocess));
  fact('Class names', labels ? labelsText(labels) : 'the model carries none; give them with --labels');
  const [site, ...candidates] = sites;
  if (site) {
    fact('Feature layer', siteLine(site));
    lines.push(`  because ${site.reason}`);
    for (const other of candidates) lines.push(`  or --at ${other.value}: ${other.reason}`);
  } else fact('Feature layer', `none: ${inspection.siteProblem}`);
  const [used, ...otherAdapters] = inspection.adapters;
  if (inspection.adapterProblem) fact('Adapter', inspection.adapterProblem);
  else if (used?.matches) fact('Adapter', `${used.name} (${used.origin}), because ${used.because}`);
  if (inspection.stages) fact('Stages', inspection.stages.map(({ name }) => name).join(', '));
  if (site && image) fact('Full tuning', inspection.fullTuningProblem ?? 'possible');
  if (inspection.tuning.length > 0) {
    const { batch } = inspection.tuning[0]!;
    const { device, title, reason } = inspection.device;
    const where = device === 'cpu' ? '' : ` on ${title} (${reason})`;
    fact(
      'Ways of tuning',
      `numbers trained while the classes are kept, and estimated memory and time of a step of ${count(batch, 'image')}${where}`,
    );
    for (const cost of inspection.tuning) lines.push(`  ${costText(cost)}`);
    for (const sentence of inspection.missingKernels) lines.push(`  ${sentence}`);
    if (device !== 'cpu' && inspection.missingKernels.length === 0)
      lines.push(`  ${kernelsText(inspection.device)}`);
  }
  const merged = readMergedMetadata(metadata);
  if (merged) {
    fact('Merged', `by marnet-wrap ${merged.version}, seed ${merged.seed}, heads at ${merged.site.value}`);
    const metrics = Object.entries(merged.metrics).map(([name, value]) => `${name} ${short(value)}`);
    fact('Holdout', metrics.join(', '));
    const kept = merged.site.base === 'kept';
    const back = kept
      ? '"marnet-wrap unwrap" takes the heads off'
      : 'its classifier was replaced for other classes';
    fact('Original', `SHA-256 ${merged.baseSha256}; ${back}`);
  }
  const others = [...metadata].filter(([key]) => !merged || !OWN.has(key));
  if (others.length > 0) lines.push(colours.bold('Metadata:'));
  for (const [key, value] of others) {
    lines.push(`  ${key} = ${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}`);
  }
  lines.push(colours.bold('Other adapters:'));
  for (const other of otherAdapters) {
    const { name, origin, matches, because } = other;
    const verdict = matches ? `matches too, but ${whyAfter(other, used!)}` : 'does not match';
    lines.push(`  ${name} (${origin}) ${verdict}: ${because}`);
  }
  if (inspection.values) {
    lines.push(colours.bold('Values that nodes make, the names of those nodes, and their weights:'));
    for (const { name, op, node, weights, dtype, shape } of inspection.values) {
      const type = dtype ? `, ${dtype} [${shape?.join(', ') ?? 'of unknown rank'}]` : '';
      const named = node && node !== name ? `, node ${node}` : '';
      lines.push(`  ${name}: ${op}${type}${named}${weights.length > 0 ? `, of ${weights.join(', ')}` : ''}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** By what of the order of adapters another one is used. */
function whyAfter({ specificity, origin }: AdapterMatch, used: AdapterMatch): string {
  if (specificity < used.specificity) return `is less specific, ${specificity} to ${used.specificity}`;
  return `${used.name} of the same specificity ${
    origin === 'built in' && used.origin !== 'built in' ? 'is not built in' : 'was registered before it'
  }`;
}

function valueText({ name, dtype, shape }: ValueInfo): string {
  return `${name}, ${dtype} [${shape?.join(', ') ?? 'of unknown rank'}]`;
}

function labelsText(labels: readonly string[]): string {
  const shown = labels.slice(0, 6).join(', ');
  return `${labels.length}: ${shown}${labels.length > 6 ? ', …' : ''}`;
}

function costText({ tune, parameters, memory, seconds }: TuningCost): string {
  const time = seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(1)} s`;
  const columns = [tune.padEnd(7), grouped(parameters).padStart(13), bytes(memory).padStart(9), time];
  return columns.join('  ');
}

/** Where no op is known to lack a kernel. */
function kernelsText({ device, title }: Inspection['device']): string {
  return kindOf(device) === 'webgpu'
    ? 'WebGPU has a kernel for every op of these steps.'
    : `Which ops ${title} has no kernel for is not known beforehand; they run on the CPU.`;
}

function batchingText(batching: Batching): string {
  switch (batching.kind) {
    case 'dynamic':
      return 'any number a run';
    case 're-batched':
      return `${batching.fixed} a run as the file has it, more after re-batching in full tuning${batching.compared ? '' : ', if that gives the same result'}`;
    case 'accumulated':
      return `${batching.fixed} a run, and its graph cannot be re-batched: full tuning accumulates over runs`;
    case 'fixed':
      return `${batching.fixed} a run`;
  }
}
