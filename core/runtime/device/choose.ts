/** Which device a job runs on. */
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { MarnetError } from '../../errors.ts';
import { type Device, type DeviceWish, kindOf } from './name.ts';
import { checkInstalled, DEVICE_TITLES, supportedKinds } from './provider.ts';
import type { DeviceTrial } from './trial.ts';
import { tryDeviceApart } from './trial-process.ts';

export interface ChosenDevice {
  readonly device: Device;
  /** Why this one, in a sentence without its first capital. */
  readonly reason: string;
}

/** What choosing looks at; tests give their own. */
export interface Surroundings {
  /** Whether there may be a graphics card at all. */
  hasGraphics(): boolean;
  /** Devices that 'auto' considers beside the CPU. */
  candidates(): readonly Device[];
  tryDevice(device: Device, large: boolean, half?: boolean): Promise<DeviceTrial>;
}

/**
 * 'auto' takes the device on which a training step of a trial network is fastest, among those that compute what the CPU
 * does; where no graphics card can be seen it is the CPU at once. Any other wish is tried, too, so that a driver which
 * does not work shows before the job begins. Nothing is remembered from one process to the next.
 * @throws MarnetError 'device' for one that was asked for and does not work.
 */
export async function chooseDevice(
  wish: DeviceWish,
  surroundings: Surroundings = SURROUNDINGS,
): Promise<ChosenDevice> {
  if (wish === 'cpu') return { device: 'cpu', reason: 'as asked for' };
  if (wish !== 'auto') {
    checkInstalled(wish);
    const { small } = await surroundings.tryDevice(wish, false);
    return { device: wish, reason: `as asked for; a trial step took ${milliseconds(small.step)}` };
  }
  if (!surroundings.hasGraphics()) return { device: 'cpu', reason: 'no graphics card is to be seen here' };
  let best: { readonly device: Device; readonly step: number; readonly onCpu: number } | undefined;
  const others: string[] = [];
  for (const device of surroundings.candidates()) {
    const title = DEVICE_TITLES[kindOf(device)];
    try {
      const { large } = await surroundings.tryDevice(device, true);
      if (!large) others.push(`${title} is far slower`);
      else if (large.step >= Math.min(large.stepOnCpu, best?.step ?? Number.POSITIVE_INFINITY))
        others.push(`${title} takes ${milliseconds(large.step)} for a trial step`);
      else best = { device, step: large.step, onCpu: large.stepOnCpu };
    } catch (error) {
      if (!(error instanceof MarnetError)) throw error;
      others.push(`${title} does not work ("marnet-wrap doctor" says why)`);
    }
  }
  if (!best) return { device: 'cpu', reason: others.join('; ') || 'it is the only device here' };
  const beside = [`the CPU takes ${milliseconds(best.onCpu)}`, ...others].join('; ');
  return { device: best.device, reason: `a trial step takes ${milliseconds(best.step)}; ${beside}` };
}

/**
 * Looks whether a device computes in float16, by a training step of a small network.
 * @returns what to know of it there; undefined where there is nothing.
 * @throws MarnetError 'device' where it does not, with the reason.
 */
export async function checkFloat16(
  device: Device,
  surroundings: Pick<Surroundings, 'tryDevice'> = SURROUNDINGS,
): Promise<string | undefined> {
  if (kindOf(device) === 'cpu')
    return 'On the CPU, float16 is for trying it out: onnxruntime converts to float32 and back around each op, so training is slower than in float32.';
  const { half } = await surroundings.tryDevice(device, false, true);
  if (half?.works) return undefined;
  throw new MarnetError('device', `device "${device}" does not compute in float16: ${half!.reason}`, {
    hint:
      kindOf(device) === 'webgpu'
        ? 'Train with --precision float32. WebGPU has float16 where the card and its driver have the feature shader-f16: a newer driver may bring it, and "marnet-wrap doctor" tells.'
        : 'Train with --precision float32. "marnet-wrap doctor" tells which device here has float16.',
  });
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** Core ML takes weights as constants only, so it would leave a training step to the CPU. */
const AUTOMATIC: ReadonlySet<string> = new Set(['cuda', 'webgpu', 'dml']);

const SURROUNDINGS: Surroundings = {
  hasGraphics,
  candidates: () =>
    supportedKinds().filter((kind) => {
      if (!AUTOMATIC.has(kind)) return false;
      try {
        checkInstalled(kind);
        return true;
      } catch {
        return false;
      }
    }),
  tryDevice: tryDeviceApart,
};

/** On Linux a graphics card is a file; elsewhere there is always one of a kind. */
function hasGraphics(): boolean {
  if (process.platform !== 'linux') return true;
  const has = (folder: string, name: RegExp): boolean => {
    try {
      return readdirSync(folder).some((file) => name.test(file));
    } catch {
      return false;
    }
  };
  return has('/dev/dri', /^renderD/) || has('/dev', /^(nvidia\d+|dxg)$/);
}

/** "CPU, AMD EPYC", "WebGPU", "CUDA 1": for a line that says what a job runs on. */
export function deviceTitle(device: Device): string {
  const title = DEVICE_TITLES[kindOf(device)];
  if (device === 'cpu') {
    const model = cpus()[0]?.model.trim();
    return model ? `${title}, ${model}` : title;
  }
  const number = /:(\d+)$/.exec(device)?.[1];
  return number === undefined ? title : `${title} ${number}`;
}
