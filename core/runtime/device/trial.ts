/** Whether a device computes a training step as the CPU does, how fast, and which nodes it left to the CPU. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarnetError } from '../../errors.ts';
import type { Graph, Tensor } from '../../graph/index.ts';
import { toHalf } from '../../lower/index.ts';
import { encodeGraph } from '../../onnx/index.ts';
import { openSession } from '../session.ts';
import type { Device } from './name.ts';
import { LARGE, SMALL, type TrialGraphs, trialGraphs } from './trial-graph.ts';

/** Largest difference from the CPU that counts as agreement, relative to the largest element of an output. */
export const TRIAL_TOLERANCE = 1e-3;

/** The same for float16 beside the CPU in float32: rounding is 1e-3 of each number, and adds up. */
export const HALF_TOLERANCE = 3e-2;

/** Times of a network, in milliseconds. */
export interface Timed {
  /** Milliseconds of a run, after one that warms up. */
  readonly forward: number;
  readonly step: number;
}

/** Whether a device computes in float16. */
export type HalfTrial =
  | {
      readonly works: true;
      /** Milliseconds of a step of the small network. */
      readonly step: number;
      /** Largest difference of an output from the CPU's in float32, relative to the largest of that output. */
      readonly difference: number;
    }
  | { readonly works: false; readonly reason: string };

/** What a trial of a device measured. */
export interface DeviceTrial {
  readonly device: Device;
  /** Largest difference of an output from the CPU's, relative to the largest of that output. */
  readonly difference: number;
  /** Of a small network. */
  readonly small: Timed;
  /** The CPU's, measured in the same process. */
  readonly smallOnCpu: Timed;
  /** Milliseconds of a step of a larger network, here and on the CPU; undefined where the small one was hopeless. */
  readonly large: { readonly step: number; readonly stepOnCpu: number } | undefined;
  /** Ops of the step's nodes that ran on the CPU, with how many. */
  readonly onCpu: Readonly<Record<string, number>>;
  /** Undefined where it was not tried. */
  readonly half: HalfTrial | undefined;
}

/** A device this much slower than the CPU in the small trial is not tried with the larger one. */
const HOPELESS = 10;
const RUNS = 3;

/**
 * @param large whether to try the larger network, too. @param half whether to try float16, too.
 * @throws MarnetError 'device' where the device does not work or does not agree.
 */
export async function tryDevice(device: Device, large: boolean, half: boolean): Promise<DeviceTrial> {
  const graphs = trialGraphs(SMALL);
  const here = await measure(graphs, device);
  const cpu = device === 'cpu' ? here : await measure(graphs, 'cpu');
  const difference = Math.max(differenceOf(here.outputs, cpu.outputs), differenceOf(here.logits, cpu.logits));
  if (!(difference <= TRIAL_TOLERANCE))
    throw new MarnetError(
      'device',
      `device "${device}" computes something else than the CPU: a training step differs by ${difference.toPrecision(2)} of its largest number`,
      { hint: 'Update the graphics driver, or use another device.' },
    );
  const hopeless = here.timed.step > HOPELESS * cpu.timed.step;
  return {
    device,
    difference,
    small: here.timed,
    smallOnCpu: cpu.timed,
    large: large && !hopeless ? await race(device) : undefined,
    onCpu: device === 'cpu' ? {} : await nodesOnCpu(graphs, device),
    half: half ? await tryHalf(graphs, device, cpu.outputs) : undefined,
  };
}

async function tryHalf({ step, feeds }: TrialGraphs, device: Device, expected: Outputs): Promise<HalfTrial> {
  try {
    const { milliseconds, outputs } = await timeRuns(toHalf(step), feeds, device);
    const difference = differenceOf(outputs, expected);
    if (difference <= HALF_TOLERANCE) return { works: true, step: milliseconds, difference };
    const reason = `a training step differs from the CPU's in float32 by ${difference.toPrecision(2)} of its largest number`;
    return { works: false, reason };
  } catch (error) {
    if (!(error instanceof MarnetError)) throw error;
    return { works: false, reason: reasonOf(error.message) };
  }
}

/** Of onnxruntime's message, the part that says why. */
function reasonOf(message: string): string {
  return /does not support it/.test(message) && /requires f16/.test(message)
    ? 'its adapter lacks the feature shader-f16'
    : message.split('\n')[0]!;
}

async function race(device: Device): Promise<DeviceTrial['large']> {
  const { step, feeds } = trialGraphs(LARGE);
  const time = async (where: Device) => (await timeRuns(step, feeds, where)).milliseconds;
  const stepOnCpu = await time('cpu');
  return { step: device === 'cpu' ? stepOnCpu : await time(device), stepOnCpu };
}

type Outputs = Readonly<Record<string, Tensor>>;

async function measure(
  { forward, step, feeds }: TrialGraphs,
  device: Device,
): Promise<{ readonly timed: Timed; readonly logits: Outputs; readonly outputs: Outputs }> {
  const first = await timeRuns(forward, feeds, device);
  const second = await timeRuns(step, feeds, device);
  return {
    timed: { forward: first.milliseconds, step: second.milliseconds },
    logits: first.outputs,
    outputs: second.outputs,
  };
}

async function timeRuns(
  graph: Graph,
  feeds: Outputs,
  device: Device,
): Promise<{ readonly milliseconds: number; readonly outputs: Outputs }> {
  const session = await openSession(encodeGraph(graph), { device });
  try {
    const given = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
    let outputs = await session.run(given);
    let milliseconds = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const began = performance.now();
      outputs = await session.run(given);
      milliseconds = Math.min(milliseconds, performance.now() - began);
    }
    return { milliseconds, outputs };
  } finally {
    await session.close();
  }
}

function differenceOf(actual: Outputs, expected: Outputs): number {
  let worst = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    const [a, e] = [actual[name]!.data as Float32Array, data as Float32Array];
    let [most, scale] = [0, 0];
    for (let i = 0; i < e.length; i++) {
      const gap = Math.abs(a[i]! - e[i]!);
      most = Number.isFinite(gap) ? Math.max(most, gap) : Number.POSITIVE_INFINITY;
      scale = Math.max(scale, Math.abs(e[i]!));
    }
    worst = Math.max(worst, scale === 0 ? most : most / scale);
  }
  return worst;
}

/** Read off onnxruntime's own profile of a run. */
async function nodesOnCpu({ step, feeds }: TrialGraphs, device: Device): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-trial-'));
  try {
    const session = await openSession(encodeGraph(step), { device, profile: join(folder, 'run') });
    await session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!])));
    await session.close();
    const counts: Record<string, number> = {};
    for (const file of await readdir(folder)) {
      const events: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
      for (const { cat, args } of events as ProfileEvent[]) {
        if (cat !== 'Node' || args?.provider !== 'CPUExecutionProvider' || !args.op_name) continue;
        counts[args.op_name] = (counts[args.op_name] ?? 0) + 1;
      }
    }
    return counts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ProfileEvent {
  readonly cat?: string;
  readonly args?: { readonly provider?: string; readonly op_name?: string };
}
