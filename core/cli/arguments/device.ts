import { MarnetError } from '../../errors.ts';
import { type DeviceWish, deviceProblem, isDeviceWish } from '../../runtime/device/name.ts';

export const DEVICE_ABOUT = 'where the model runs: auto, cpu, webgpu, cuda[:id], coreml or dml[:id]';

/** The text of --device. @throws MarnetError 'usage' with the nearest valid one. */
export function readDevice(text: string): DeviceWish {
  if (isDeviceWish(text)) return text;
  throw new MarnetError('usage', `--device ${deviceProblem(text)}`);
}
