/** What onnxruntime needs to run on a device, and what is missing where it cannot. */
import '../no-telemetry.ts';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { MarnetError } from '../../errors.ts';
import { type Device, type DeviceKind, parseDevice } from './name.ts';

/** Names of the devices in sentences. */
export const DEVICE_TITLES: Readonly<Record<DeviceKind, string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  coreml: 'Core ML',
  dml: 'DirectML',
};

/** The execution providers of a session, best first. What none of them has a kernel for goes to the CPU. */
export function executionProviders(device: Device): ort.InferenceSession.ExecutionProviderConfig[] {
  const { kind, id } = parseDevice(device)!;
  switch (kind) {
    case 'cuda':
      return [{ name: 'cuda', deviceId: id }, 'cpu'];
    case 'dml':
      return [{ name: 'dml', deviceId: id }, 'cpu'];
    case 'webgpu':
    case 'coreml':
      return [kind, 'cpu'];
    case 'cpu':
      return ['cpu'];
  }
}

/** What to do where a device cannot be used. */
export function remedyFor(device: Device): string {
  const { kind } = parseDevice(device)!;
  const elsewhere = 'Or leave --device out: it takes what works here.';
  switch (kind) {
    case 'webgpu':
      return process.platform === 'linux'
        ? `WebGPU needs a Vulkan driver of the graphics card: install libvulkan1 and, for NVIDIA, the driver's own package, else mesa-vulkan-drivers (25 or newer where there is no card); in a container the card must be passed in (/dev/dri, or --gpus all with NVIDIA_DRIVER_CAPABILITIES=all). "marnet-wrap doctor" tries it. ${elsewhere}`
        : `WebGPU needs a current driver of the graphics card. "marnet-wrap doctor" tries it. ${elsewhere}`;
    case 'cuda':
      return `CUDA needs an NVIDIA card with its driver, CUDA 12 and cuDNN 9 on the library path, and onnxruntime-node's CUDA libraries, which its install script downloads on Linux x64: "npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12", where ONNXRUNTIME_NODE_INSTALL is not "skip". --device webgpu uses the same card with nothing to install. ${elsewhere}`;
    case 'coreml':
      return `Core ML is there on macOS only. ${elsewhere}`;
    case 'dml':
      return `DirectML is there on Windows only. ${elsewhere}`;
    case 'cpu':
      return 'Install onnxruntime-node anew.';
  }
}

/**
 * Whether onnxruntime-node has what it needs for the device; whether a driver answers shows only when it is tried.
 * @throws MarnetError 'device' with the remedy, where it has not.
 */
export function checkInstalled(device: Device): void {
  const { kind } = parseDevice(device)!;
  const backend = ort.listSupportedBackends().find(({ name }) => name === kind);
  if (backend?.bundled || (backend && kind === 'cuda' && cudaLibrary())) return;
  const why = backend
    ? 'its libraries are not installed with onnxruntime-node'
    : `onnxruntime-node has no ${DEVICE_TITLES[kind]} on ${process.platform} ${process.arch}`;
  throw unusable(device, why);
}

/** Whether the libraries that onnxruntime-node's install script downloads for CUDA are beside its own. */
export function cudaLibrary(): boolean {
  try {
    const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    const folder = join(dirname(manifest), 'bin', 'napi-v6', process.platform, process.arch);
    return existsSync(join(folder, 'libonnxruntime_providers_cuda.so'));
  } catch {
    return false;
  }
}

/** The error of a device that was asked for by name. */
export function unusable(device: Device, why: string, cause?: unknown): MarnetError {
  return new MarnetError('device', `device "${device}" cannot be used: ${why}`, {
    hint: remedyFor(device),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Devices that this platform's onnxruntime-node can have at all, the CPU first. */
export function supportedKinds(): DeviceKind[] {
  const names = new Set<string>(ort.listSupportedBackends().map(({ name }) => name));
  const kinds: readonly DeviceKind[] = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'];
  return kinds.filter((kind) => kind === 'cpu' || names.has(kind));
}
