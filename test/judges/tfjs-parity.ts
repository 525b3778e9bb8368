/**
 * Compares TensorFlow.js models, translated and run by ONNX Runtime, with stock TensorFlow.js, on painted plates; and the
 * way out, the translated graph written as a graph-model and run by stock TensorFlow.js, with ONNX Runtime.
 *
 *   npx tsx test/judges/tfjs-parity.ts [--write] [FOLDER...]
 *
 * The models are those of the development dependencies and, where a FOLDER is given, what lies in it: a model.json, or
 * folders that hold one (what keras_applications.py writes; where a folder `reference` lies beside the model's, also
 * against what Keras computed). Prints a table of each; --write puts them and the lists of ops into docs/tensorflow.md.
 * Exits with 1 when a difference is above 1e-4 of an output's largest value (of 1 where that is less), or a model could not
 * be translated or compared with anything.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { tfjsImporter } from '../../adapters/tfjs/index.ts';
import { readTfjs } from '../../adapters/tfjs/read/index.ts';
import { toGraphModel, writeGraphModel } from '../../adapters/tfjs/write/index.ts';
import { DISHES, paintPlate } from '../../core/cli/demo/plates.ts';
import { float32, type Graph, type Tensor } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { useBackend } from '../adapters/tfjs/stock.ts';
import { PUBLISHED_MODELS } from './tfjs-models.ts';
import { opLists, table, writePart } from './tfjs-page.ts';
import { compare, type Difference, type Stock, stockOf } from './tfjs-stock.ts';

const BOUND = 1e-4;
const PICTURES = 3;
const HEADER = ['Model', 'Kind', 'Outputs', 'Nodes', 'Transposes', 'Loading, ms', 'From stock', 'Way out'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});

let passed = true;

function modelsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
  if (entries.some((entry) => entry.name === 'model.json')) return [join(folder, 'model.json')];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => modelsIn(join(folder, entry.name)));
}

/** Plates of the input's size, 0 to 1, one a batch. */
async function platesFor(graph: Graph): Promise<readonly Tensor[]> {
  const shape = graph.inputs[0]?.shape;
  if (graph.inputs.length !== 1 || shape?.length !== 4) throw new Error('not a model of one image');
  const [height, width, channels] = shape.slice(1).map((d) => (typeof d === 'number' ? d : 224)) as [
    number,
    number,
    number,
  ];
  return Promise.all(
    DISHES.slice(0, PICTURES).map(async (dish, seed) => {
      const plate = await paintPlate(dish, seed, { size: Math.max(96, height) });
      const image = sharp(plate).resize(width, height);
      const pixels = await (channels === 1 ? image.greyscale() : image).raw().toBuffer();
      return float32(
        Float32Array.from(pixels, (pixel) => pixel / 255),
        [1, height, width, channels],
      );
    }),
  );
}

async function ours(graph: Graph, images: readonly Tensor[]): Promise<Tensor[][]> {
  const session = await openSession(encodeGraph(graph));
  const outputs: Tensor[][] = [];
  for (const image of images) {
    const results = await session.run({ [graph.inputs[0]!.name]: image });
    outputs.push(graph.outputs.map(({ name }) => results[name]!));
  }
  await session.close();
  return outputs;
}

async function furthest(
  images: readonly Tensor[],
  expected: readonly Tensor[][],
  open: () => Promise<Stock>,
): Promise<Difference> {
  const stock = await open();
  let found: Difference = { largest: 0, scale: 0 };
  for (const [i, image] of images.entries()) {
    const { largest, scale } = compare(expected[i]!, await stock(image));
    found = { largest: Math.max(found.largest, largest), scale: Math.max(found.scale, scale) };
  }
  return found;
}

/** On wasm, or on cpu where wasm lacks a kernel; a cell of the table. */
async function differenceCell(measure: () => Promise<Difference>): Promise<{ cell: string; fits?: boolean }> {
  const reasons: string[] = [];
  for (const backend of ['wasm', 'cpu'] as const) {
    await useBackend(backend);
    try {
      const difference = await measure();
      const where = backend === 'wasm' ? '' : ` (${backend})`;
      return { cell: `${inWords(difference)}${where}`, fits: isNear(difference) };
    } catch (error) {
      reasons.push((error as Error).message.split(/\n|[.] /)[0]!.slice(0, 120));
    }
  }
  return { cell: `stock cannot run it: ${reasons.at(-1)!.replaceAll('|', '\\|')}` };
}

const isNear = ({ largest, scale }: Difference): boolean => largest <= BOUND * Math.max(1, scale);

function inWords({ largest, scale }: Difference): string {
  return `${largest.toExponential(1)}${scale > 2 ? ` (of ${scale.toPrecision(2)})` : ''}`;
}

/** What Keras computed of an input of its own; undefined where no folder beside the model's tells. */
function kerasReference(file: string): { readonly image: Tensor; readonly outputs: Tensor[] } | undefined {
  const beside = join(dirname(file), '../reference');
  if (!existsSync(beside)) return undefined;
  const shapes = JSON.parse(readFileSync(join(beside, 'shapes.json'), 'utf8')) as {
    readonly input: number[];
    readonly outputs: number[][];
  };
  const floats = (name: string): Float32Array =>
    new Float32Array(new Uint8Array(readFileSync(join(beside, name))).buffer);
  return {
    image: float32(floats('input.bin'), shapes.input),
    outputs: shapes.outputs.map((shape, i) => float32(floats(`output${i}.bin`), shape)),
  };
}

async function wayOut(graph: Graph, images: readonly Tensor[], expected: readonly Tensor[][]) {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-parity-'));
  const [, height, width] = images[0]!.dims as [number, number, number];
  try {
    const file = writeGraphModel(await toGraphModel(graph, { size: { height, width } }), folder);
    const names = graph.outputs.map(({ name }) => name);
    return await differenceCell(() =>
      furthest(images, expected, () => stockOf(file, 'graph-model', graph.inputs[0]!.name, names)),
    );
  } catch (error) {
    return { cell: (error as Error).message.split('\n')[0]!, fits: false };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param keras whether a column tells how far it is from Keras. */
async function row(name: string, file: string, keras: boolean): Promise<string[]> {
  const { kind } = await readTfjs(file);
  const began = performance.now();
  const { graph } = await tfjsImporter.load(file);
  const milliseconds = performance.now() - began;
  const transposes = graph.nodes.filter((node) => node.op === 'Transpose').length;
  const images = await platesFor(graph);
  const mine = await ours(graph, images);
  const input = graph.inputs[0]!.name;
  const names = graph.outputs.map((output) => output.name);
  const stock = await differenceCell(() => furthest(images, mine, () => stockOf(file, kind, input, names)));
  const reference = keras ? kerasReference(file) : undefined;
  const [same] = reference ? await ours(graph, [reference.image]) : [];
  const fromKeras = same && compare(same, reference!.outputs);
  const out = await wayOut(graph, images, mine);
  const fits = [stock.fits, fromKeras && isNear(fromKeras), out.fits];
  passed &&= fits.some((fit) => fit !== undefined) && fits.every((fit) => fit !== false);
  const counts = [names.length, graph.nodes.length, transposes, Math.round(milliseconds)].map(String);
  const besides = keras ? [fromKeras ? inWords(fromKeras) : '-'] : [];
  const cells = [name, kind, ...counts, stock.cell, ...besides, out.cell];
  console.log(`| ${cells.join(' | ')} |`);
  return cells;
}

async function judged(name: string, file: string, keras: boolean): Promise<string[]> {
  try {
    return await row(name, file, keras);
  } catch (error) {
    passed = false;
    console.log(`${name}: ${(error as Error).stack}`);
    return [name, (error as Error).message.split('\n')[0]!];
  }
}

// What is read and compiled at the first use only is no part of a model's loading.
await PUBLISHED_MODELS.at(-1)!.use((file) => tfjsImporter.load(file));
const published: string[][] = [];
for (const { name, use } of PUBLISHED_MODELS) published.push(await use((file) => judged(name, file, false)));
const given: string[][] = [];
for (const file of positionals.flatMap(modelsIn))
  given.push(await judged(basename(join(dirname(file), '..')), file, true));
if (options.write) {
  for (const part of ['ops', 'layers', 'written'] as const) writePart(part, opLists()[part]);
  writePart('parity', table(HEADER, published));
  const header = HEADER.toSpliced(-1, 0, 'From Keras');
  if (given.length > 0) writePart('keras', table(header, given));
}
process.exitCode = passed ? 0 : 1;
