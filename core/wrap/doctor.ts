/** What this machine can train on: each device is tried, and where one does not work, it says what to install. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Device } from '../runtime/device/name.ts';
import { remedyFor, supportedKinds } from '../runtime/device/provider.ts';
import type { DeviceTrial } from '../runtime/device/trial.ts';
import { tryDeviceApart } from '../runtime/device/trial-process.ts';

/** Whether a device works, with what was measured, or with why not and what to do. */
export type DeviceFinding =
  | ({ readonly works: true } & DeviceTrial)
  | { readonly works: false; readonly device: Device; readonly reason: string; readonly hint: string };

/** A package that runs models. */
export interface EngineFinding {
  /** Name of the package. */
  readonly name: string;
  /** Undefined where it is not installed. */
  readonly version: string | undefined;
  /** What to know of it here; undefined where there is nothing. */
  readonly note: string | undefined;
}

/** What this machine can train on. */
export interface Diagnosis {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  /** The CPU first, then what onnxruntime-node can have on this platform. */
  readonly devices: readonly DeviceFinding[];
  readonly engines: readonly EngineFinding[];
}

/** What `diagnose` is to try. */
export interface DoctorOptions {
  /** One device to try, beside the CPU; all of the platform's unless told. */
  readonly device?: Device;
}

/** Yields each device's finding as soon as it is there; returns all of them. Takes seconds for each device. */
export async function* diagnose(options: DoctorOptions = {}): AsyncGenerator<DeviceFinding, Diagnosis> {
  const others = options.device === undefined ? supportedKinds().slice(1) : [options.device];
  const devices: DeviceFinding[] = [];
  for (const device of new Set<Device>(['cpu', ...others])) {
    const finding = await findingOf(device);
    devices.push(finding);
    yield finding;
  }
  return {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    devices,
    engines: enginesHere(),
  };
}

async function findingOf(device: Device): Promise<DeviceFinding> {
  try {
    return { works: true, ...(await tryDeviceApart(device, true, true)) };
  } catch (error) {
    if (!(error instanceof MarnetError)) throw error;
    return { works: false, device, reason: error.message, hint: error.hint ?? remedyFor(device) };
  }
}

/** Node's first version that @tensorflow/tfjs-node 4.22 does not run on: it calls util.isNullOrUndefined, which is gone. */
const TFJS_NODE_ENDS = 23;

function enginesHere(): EngineFinding[] {
  const major = Number(process.versions.node.split('.')[0]);
  const native = (name: string, more: string): EngineFinding => {
    const version = versionOf(name);
    const ended = major >= TFJS_NODE_ENDS ? ` It does not run on Node ${major}: use Node 22 or older.` : '';
    const note =
      version === undefined
        ? `Optional: "npm install ${name}" downloads TensorFlow's own library.${more}${ended}`
        : ended.trim() || undefined;
    return { name, version, note };
  };
  const plain = (name: string): EngineFinding => {
    const version = versionOf(name);
    const note = version === undefined ? `Optional, for --engine tfjs: "npm install ${name}".` : undefined;
    return { name, version, note };
  };
  return [
    { name: 'onnxruntime-node', version: versionOf('onnxruntime-node'), note: undefined },
    plain('@tensorflow/tfjs-core'),
    plain('@tensorflow/tfjs-backend-wasm'),
    native('@tensorflow/tfjs-node', ''),
    native('@tensorflow/tfjs-node-gpu', ' It needs CUDA 11.2 and cuDNN 8.1, on Linux or Windows.'),
  ];
}

/** As the working folder would load it, or this package. */
function versionOf(name: string): string | undefined {
  for (const from of [join(process.cwd(), 'index.js'), import.meta.url]) {
    for (const folder of createRequire(from).resolve.paths(name) ?? []) {
      try {
        const manifest: unknown = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
        return (manifest as { readonly version: string }).version;
      } catch {}
    }
  }
  return undefined;
}
