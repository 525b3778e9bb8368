import type { Device } from '../runtime/device/name.ts';
import { type GraphEngine, onnxruntimeOn } from '../runtime/graph-engine.ts';
import type { WrapOptions } from './options.ts';

/**
 * The engine that the options name.
 * @param device of onnxruntime; the tfjs engine takes the best of its own backends.
 * @throws MarnetError 'runtime' where it is not installed, with what to install.
 */
export async function graphEngineFor(
  { engine }: Pick<WrapOptions, 'engine'>,
  device: Device,
): Promise<GraphEngine> {
  if (engine === 'onnxruntime') return onnxruntimeOn(device);
  // Its packages are loaded where they are asked for alone.
  const { openTfjsEngine } = await import('../../adapters/tfjs/engine/index.ts');
  return openTfjsEngine();
}
