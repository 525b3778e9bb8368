/** Names of the devices that a graph can run on, as they are typed. */
import { distance } from 'fastest-levenshtein';

/** Kinds of devices; those of `NUMBERED` may say which one of several. */
export const DEVICE_KINDS = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
/** Kinds of devices, by onnxruntime's names of its providers: 'cpu', 'webgpu', 'cuda', 'coreml', 'dml'. */
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** `cuda:1` is the second NVIDIA card, `dml:1` the second adapter of DirectML; without a number it is the first. */
export type Device = DeviceKind | `cuda:${number}` | `dml:${number}`;

/** 'auto' takes the fastest that works. */
export type DeviceWish = 'auto' | Device;

const NUMBERED: ReadonlySet<string> = new Set(['cuda', 'dml']);

export const DEVICE_FORMS = 'auto, cpu, webgpu, cuda[:id], coreml or dml[:id]';

/** undefined for what is no device. */
export function parseDevice(text: unknown): { readonly kind: DeviceKind; readonly id: number } | undefined {
  const [, name, digits] = /^([a-z]+)(?::(\d{1,3}))?$/.exec(String(text)) ?? [];
  const kind = DEVICE_KINDS.find((each) => each === name);
  if (!kind || (digits !== undefined && !NUMBERED.has(kind))) return undefined;
  return { kind, id: Number(digits ?? 0) };
}

export function isDeviceWish(text: unknown): text is DeviceWish {
  return text === 'auto' || parseDevice(text) !== undefined;
}

export function kindOf(device: Device): DeviceKind {
  return parseDevice(device)!.kind;
}

/** What people call these devices elsewhere. */
const OTHER_NAMES: Readonly<Record<string, DeviceWish>> = {
  gpu: 'auto',
  nvidia: 'cuda',
  vulkan: 'webgpu',
  metal: 'webgpu',
  mps: 'webgpu',
  directml: 'dml',
  dx12: 'dml',
};

/** What is said of a text that names no device. */
export function deviceProblem(text: unknown): string {
  const typed = String(text).toLowerCase();
  const name = /^[^:]*/.exec(typed)![0].replace(/[^a-z0-9]/g, '');
  const known = ['auto', ...DEVICE_KINDS];
  const best = known.reduce((a, b) => (distance(b, name) < distance(a, name) ? b : a));
  const near = OTHER_NAMES[name] ?? (name !== '' && distance(best, name) <= 2 ? best : undefined);
  return `takes ${DEVICE_FORMS}, not "${text}"${near ? `; did you mean ${near}?` : ''}`;
}
