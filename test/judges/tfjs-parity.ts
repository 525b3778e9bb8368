/**
 * Compares our translation of TensorFlow.js models, run by ONNX Runtime, with stock TensorFlow.js (wasm).
 *
 *   npx tsx test/judges/tfjs-parity.ts FOLDER...
 *
 * Each FOLDER holds a model.json, or folders that do (what keras_applications.py writes). Prints a line a model: the
 * number of nodes and of Transposes, the largest absolute value of the outputs, and the largest difference relative to
 * that (to 1 where it is less). A layers-model that stock TensorFlow.js cannot run is compared with the graph-model in the
 * folder `graph` beside it. Exits with 1 when a difference is above 1e-4, or a model
 * could not be translated or compared.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tfjsGraph } from '../../adapters/tfjs/index.ts';
import { readTfjs } from '../../adapters/tfjs/read/index.ts';
import { float32, type Graph, type Tensor, toFloat32 } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { picture, stockGraphModel, stockLayersModel, tf } from '../adapters/tfjs/stock.ts';

const BOUND = 1e-4;

function modelsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
  if (entries.some((entry) => entry.name === 'model.json')) return [folder];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => modelsIn(join(folder, entry.name)));
}

/** A picture of values in [-1, 1]. */
function imageFor(graph: Graph): { readonly name: string; readonly image: Tensor } {
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input?.shape?.length !== 4) throw new Error('not a model of one image');
  const [height, width] = input.shape.slice(1, 3).map((d) => (typeof d === 'number' ? d : 128)) as [
    number,
    number,
  ];
  return { name: input.name, image: float32(picture(height, width, 1, -1, 1), [1, height, width, 3]) };
}

async function ours(graph: Graph, feeds: Record<string, Tensor>): Promise<Tensor[]> {
  const session = await openSession(encodeGraph(graph));
  const results = await session.run(feeds);
  await session.close();
  return graph.outputs.map((output) => results[output.name]!);
}

async function theirs(folder: string, kind: string, image: Tensor, graph: Graph): Promise<tf.Tensor[]> {
  const x = tf.tensor(image.data as Float32Array, [...image.dims]);
  if (kind === 'layers-model') {
    const outputs = (await stockLayersModel(folder)).predict(x);
    return Array.isArray(outputs) ? outputs : [outputs];
  }
  const model = await stockGraphModel(folder);
  const names = graph.outputs.map((output) => output.name);
  const outputs = model.execute({ [graph.inputs[0]!.name]: x }, names);
  return Array.isArray(outputs) ? outputs : [outputs];
}

interface Difference {
  readonly scale: number;
  readonly largest: number;
}

function compare(a: readonly Tensor[], b: readonly tf.Tensor[]): Difference {
  if (a.length !== b.length) throw new Error(`${a.length} outputs, not ${b.length}`);
  let [scale, largest] = [0, 0];
  a.forEach((tensor, i) => {
    const [mine, other] = [toFloat32(tensor), b[i]!.dataSync() as Float32Array];
    if (tensor.dims.join() !== b[i]!.shape.join()) throw new Error(`[${tensor.dims}], not [${b[i]!.shape}]`);
    const top = other.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    scale = Math.max(scale, top);
    mine.forEach((v, k) => {
      const d = Math.abs(v - other[k]!) / Math.max(1, top);
      if (!(d <= largest)) largest = d;
    });
  });
  return { scale, largest };
}

async function judge(folder: string): Promise<boolean> {
  const artifacts = await readTfjs(folder);
  let graph: Graph;
  try {
    graph = tfjsGraph(artifacts);
  } catch (error) {
    console.log(`${folder}  ${artifacts.kind}  not translated: ${(error as Error).message}`);
    return false;
  }
  const transposes = graph.nodes.filter((node) => node.op === 'Transpose').length;
  const size = `${graph.nodes.length} nodes, ${transposes} Transposes`;
  const { name, image } = imageFor(graph);
  const mine = await ours(graph, { [name]: image });
  let stock: tf.Tensor[];
  let beside = '';
  try {
    stock = await theirs(folder, artifacts.kind, image, graph);
  } catch (error) {
    // tfjs-layers lacks some of Keras' layers and options; the graph-model of the same network has the same outputs.
    const twin = join(folder, '../graph');
    beside = ` (as a graph-model: stock TensorFlow.js does not run it: ${(error as Error).message.slice(0, 90)})`;
    if (artifacts.kind !== 'layers-model' || !existsSync(twin)) {
      console.log(`${folder}  ${size}${beside}`);
      return false;
    }
    const outputs = await theirs(twin, 'graph-model', image, tfjsGraph(await readTfjs(twin)));
    stock = outputs;
  }
  const { scale, largest } = compare(mine, stock);
  console.log(
    `${folder}  ${size}, values to ${scale.toPrecision(3)}, difference ${largest.toExponential(1)}${beside}`,
  );
  return largest <= BOUND;
}

await tf.setBackend('wasm');
let passed = true;
for (const folder of process.argv.slice(2).flatMap(modelsIn)) passed = (await judge(folder)) && passed;
process.exitCode = passed ? 0 : 1;
