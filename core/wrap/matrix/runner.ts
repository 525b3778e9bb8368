/** Who runs the training steps of a matrix, and where. */
import { MarnetError } from '../../errors.ts';
import { chooseDevice } from '../../runtime/device/choose.ts';
import type { Device } from '../../runtime/device/name.ts';
import { graphEngineFor } from '../engine.ts';

export interface Runner {
  readonly engine: 'onnxruntime' | 'tfjs';
  /** onnxruntime's; the tfjs engine takes the best of its own backends. */
  readonly device: Device;
}

export const ON_CPU: Runner = { engine: 'onnxruntime', device: 'cpu' };

/** "webgpu", "tfjs" */
export function titleOf({ engine, device }: Runner): string {
  return engine === 'tfjs' ? engine : device;
}

/** Why nothing can be run there, on this machine; undefined where something can. */
export async function absenceOf({ engine, device }: Runner): Promise<string | undefined> {
  try {
    await graphEngineFor({ engine }, (await chooseDevice(device)).device);
    return undefined;
  } catch (error) {
    if (error instanceof MarnetError) return error.message.split('\n')[0]!;
    throw error;
  }
}
