/** Where merged models go as TensorFlow.js graph-models; what writes them is loaded when one is written. */
import path from 'node:path';
import type { FormatWriter } from '../adapter.ts';

const MODEL = 'model.json';

/** A folder, or a path that ends in .json. */
function fileOf(out: string): string {
  return /\.json$/i.test(out) ? out : path.join(out, MODEL);
}

/** `net.onnx` and `net.json` give the folder `net.marnet`, and `net/model.json` too. */
function besides(from: string | undefined): string {
  if (from === undefined) return 'model.marnet';
  const folder = path.dirname(from);
  if (path.basename(from).toLowerCase() === MODEL) return `${folder}.marnet`;
  return path.join(folder, `${path.basename(from, path.extname(from))}.marnet`);
}

export const tfjsWriter: FormatWriter = {
  fileOf,
  besides,
  write: async (graph, out, options) => {
    const { publishGraphModel } = await import('./write/publish.ts');
    return publishGraphModel(graph, path.resolve(fileOf(out)), out, options);
  },
};
