/**
 * Scales what is drawn for the weights of a fixture's graph, so that what each layer gives has unit variance on pictures, one
 * layer after the other (Mishkin & Matas 2016, "All you need is a good init"; without its orthonormal matrices). For graphs
 * whose exporter folded batch normalization into the convolutions: with weights drawn anew nothing else keeps their size.
 *
 * usage: npx tsx scripts/fixture-graphs/calibrate.ts FOLDER...    folders of fixtures/architectures, whose graph is written anew
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadModel } from '../../adapters/load.ts';
import { randomStream } from '../../core/data/random.ts';
import { constantOf, float32, type Graph, removeDead, sizeOf, toFloat32 } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { imageInput, imageShape } from '../../core/runtime/image-input.ts';
import { openSession } from '../../core/runtime/session.ts';
import { rescaledOnnx, rescaledTfjs, seededOnnx, seededTfjs } from '../../fixtures/seeded.ts';

const LAYERS = ['Conv', 'Gemm', 'MatMul'];
const BATCH = 4;

/** Each channel of each image one brightness with noise: neighbours are alike, as in pictures of any kind. */
function picturesOf([images, ...rest]: readonly number[]): Float32Array {
  const { normal } = randomStream(3, 'pictures');
  const planes = 3 * images!;
  return Float32Array.from(
    Array.from({ length: planes }, normal).flatMap((level) =>
      Array.from({ length: sizeOf(rest) / 3 }, () => level + 0.3 * normal()),
    ),
  );
}

/** Standard deviation of a value on such pictures. */
async function deviationOf(graph: Graph, value: string): Promise<number> {
  const part = graph.clone();
  part.outputs = [{ name: value, dtype: 'float32', shape: undefined }];
  removeDead(part);
  const input = imageInput(graph);
  const dims = imageShape(input, input.batch ?? BATCH, input.height!, input.width!);
  const pixels = float32(picturesOf(dims), dims);
  const session = await openSession(encodeGraph(part));
  const result = await session.run({ [input.name]: pixels });
  await session.close();
  const data = toFloat32(result[value]!);
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  return Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length);
}

/** Factors by the names that the weights have in the file. */
async function calibrated(graph: Graph): Promise<Map<string, number>> {
  const factors = new Map<string, number>();
  for (const node of graph.nodes) {
    const weight = node.inputs[1] ?? '';
    const constant = graph.constants.get(weight);
    if (!LAYERS.includes(node.op) || !constant || factors.has(weight)) continue;
    const factor = Number((1 / (await deviationOf(graph, node.outputs[0]!))).toPrecision(4));
    factors.set(weight, factor);
    const values = toFloat32(constant.read()).map((x) => x * factor);
    graph.constants.set(weight, constantOf(float32(values, constant.dims)));
  }
  return factors;
}

async function modelIn(folder: string): Promise<Graph> {
  if (existsSync(join(folder, 'graph.onnx.gz'))) return (await loadModel(seededOnnx(folder))).graph;
  const place = mkdtempSync(join(tmpdir(), 'marnet-calibrate-'));
  try {
    for (const [file, bytes] of Object.entries(seededTfjs(folder))) writeFileSync(join(place, file), bytes);
    return (await loadModel(join(place, 'model.json'))).graph;
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Writes a compressed file anew. */
function change(file: string, how: (content: Buffer) => Uint8Array | string): void {
  writeFileSync(file, gzipSync(how(gunzipSync(readFileSync(file))), { level: 9 }));
}

for (const folder of process.argv.slice(2)) {
  const factors = await calibrated(await modelIn(folder));
  const onnx = join(folder, 'graph.onnx.gz');
  if (existsSync(onnx)) change(onnx, (model) => rescaledOnnx(model, factors));
  else change(join(folder, 'model.json.gz'), (text) => rescaledTfjs(text.toString(), factors));
  const all = [...factors.values()];
  console.log(`${folder}: ${all.length} layers, by ${Math.min(...all)} to ${Math.max(...all)}`);
}
