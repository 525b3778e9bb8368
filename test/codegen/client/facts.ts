import type { ClientFacts } from '../../../codegen/client/facts.ts';

/** What a client could be made of, made up. */
export function madeUpFacts(changes: Partial<ClientFacts>): ClientFacts {
  return {
    format: 'onnx',
    file: 'merged.onnx',
    sha256: '0'.repeat(64),
    labels: ['cat', 'dog'],
    preprocess: {
      width: 8,
      height: 8,
      layout: 'NHWC',
      channels: 'gray',
      resize: 'stretch',
      resizeTo: 8,
      interpolation: 'lanczos',
      scale: 1 / 255,
      mean: [0.5],
      std: [0.5],
    },
    input: { name: 'image', dtype: 'float32', batch: undefined },
    output: { name: 'scores', dtype: 'float32' },
    logits: true,
    weightFiles: [],
    mergedBy: '0.1.0',
    ...changes,
  };
}
