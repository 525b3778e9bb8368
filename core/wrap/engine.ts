import { type GraphEngine, onnxruntimeEngine } from '../runtime/graph-engine.ts';
import type { WrapOptions } from './options.ts';

/**
 * The engine that the options name.
 * @throws MarnetError 'runtime' where it is not installed, with what to install.
 */
export async function graphEngineFor({ engine }: Pick<WrapOptions, 'engine'>): Promise<GraphEngine> {
  if (engine === 'onnxruntime') return onnxruntimeEngine;
  // Its packages are loaded where they are asked for alone.
  const { openTfjsEngine } = await import('../../adapters/tfjs/engine/index.ts');
  return openTfjsEngine();
}
