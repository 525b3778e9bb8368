import { MarnetError } from '../errors.ts';
import { type Dim, type Graph, isFloating, type Shape } from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession, type PortInfo } from './session.ts';
import { exposeValues, internalValues, skeletonOf } from './skeleton.ts';
import { standIn } from './stand-ins.ts';

/** Batch and image sizes at which shapes are probed that onnxruntime cannot tell in general. */
const PROBES = { batch: [2, 3], side: [224, 256] } as const;

/**
 * Fills `graph.types` with the dtype and shape of every value, as onnxruntime infers them: it loads a copy without
 * weights in which every value is an output. Shapes that hang on computed sizes (a Reshape to a shape that is itself
 * made of Shape, Slice and Concat) come out by folding at fixed input sizes, two of each that the graph leaves open: a dimension that changes with
 * the batch gets the batch's name, one that changes with the image's size is '?'. What stays unknown keeps the type
 * that the file gives, if any.
 * @returns the same graph.
 * @throws MarnetError 'runtime' when onnxruntime does not accept the graph.
 */
export async function annotateTypes(graph: Graph): Promise<Graph> {
  const unknown = new Map<string, PortInfo>();
  for (const port of await portsOf(graph, 'disabled')) {
    if (!port.type) continue;
    // onnxruntime gives [] both for a scalar and for a shape that it does not know.
    if (port.type.shape.length === 0) unknown.set(port.name, port);
    else graph.types.set(port.name, port.type);
  }
  if (unknown.size === 0) return graph;
  const floats = [...unknown.values()].flatMap(({ name, type }) => (isFloating(type!.dtype) ? [name] : []));
  const probed = await probeShapes(graph, floats);
  for (const [name, { type }] of unknown) {
    const shape = probed.get(name);
    if (shape) graph.types.set(name, { dtype: type!.dtype, shape });
    else if (!graph.types.has(name)) graph.types.set(name, { dtype: type!.dtype, shape: undefined });
  }
  return graph;
}

/** How the value is named in a probe that is the shape of another. */
const shapeOf = (name: string): string => `types/shape-of/${name}`;

/** @param measured names of values whose shape is made a value too. */
async function portsOf(
  graph: Graph,
  optimization: 'disabled' | 'basic',
  measured: readonly string[] = [],
): Promise<readonly PortInfo[]> {
  const skeleton = skeletonOf(graph);
  standIn(skeleton);
  for (const name of measured)
    skeleton.nodes.push({
      op: 'Shape',
      domain: '',
      name: shapeOf(name),
      inputs: [name],
      outputs: [shapeOf(name)],
      attributes: {},
    });
  const left = new Set(['', ...skeleton.outputs.map((o) => o.name), ...internalValues(skeleton)]);
  const names = skeleton.nodes.flatMap((node) => node.outputs).filter((name) => !left.has(name));
  const session = await openSession(exposeValues(encodeGraph(skeleton), names), { optimization });
  await session.close();
  return session.outputs;
}

/**
 * Shapes by folding at fixed sizes; empty when the graph does not take them.
 * @param measured names of values for which [] is taken for a scalar only where their shape is known to be empty. Integers
 *   need no such proof: one whose shape even a probe leaves open hardly exists.
 */
async function probeShapes(graph: Graph, measured: readonly string[]): Promise<Map<string, Shape>> {
  const isImage = (shape: Shape | undefined): shape is Shape => shape?.length === 4;
  const open = (pick: (shape: Shape) => Shape): boolean =>
    graph.inputs.some((input) => pick(input.shape ?? []).some((dim) => typeof dim !== 'number'));
  const batchName = graph.inputs.map((i) => i.shape?.[0]).find((dim) => typeof dim === 'string') ?? 'batch';
  const probe = async (batch: number, side: number): Promise<Map<string, Shape>> => {
    const fixed = graph.clone();
    fixed.inputs = graph.inputs.map((input) => {
      const size = (dim: Dim, axis: number): Dim =>
        typeof dim === 'number' ? dim : axis === 0 ? batch : isImage(input.shape) && axis > 1 ? side : dim;
      return { ...input, shape: input.shape?.map(size) };
    });
    fixed.outputs = graph.outputs.map((output) => ({ ...output, shape: undefined }));
    fixed.types.clear();
    const ports = await portsOf(fixed, 'basic', measured);
    const shapes = new Map(
      ports.flatMap((port) => (port.type ? [[port.name, port.type.shape] as const] : [])),
    );
    for (const name of measured)
      if (shapes.get(name)?.length === 0 && shapes.get(shapeOf(name))?.[0] !== 0) shapes.delete(name);
    return shapes;
  };
  try {
    const base = await probe(PROBES.batch[0], PROBES.side[0]);
    const otherBatch = open((shape) => shape.slice(0, 1))
      ? await probe(PROBES.batch[1], PROBES.side[0])
      : base;
    const otherSide = open((shape) => (isImage(shape) ? shape.slice(1) : []))
      ? await probe(PROBES.batch[0], PROBES.side[1])
      : base;
    const merged = new Map<string, Shape>();
    for (const [name, shape] of base) {
      const [b, s] = [otherBatch.get(name), otherSide.get(name)];
      if (b?.length !== shape.length || s?.length !== shape.length) continue;
      merged.set(
        name,
        shape.map((dim, i) => (s[i] !== dim ? '?' : b[i] !== dim ? batchName : dim)),
      );
    }
    return merged;
  } catch (error) {
    if (error instanceof MarnetError && error.code === 'runtime') return new Map();
    throw error;
  }
}
