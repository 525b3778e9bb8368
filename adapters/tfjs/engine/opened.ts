/** One graph in TensorFlow.js: written as a graph-model, executed by stock tfjs-converter. */
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type * as core from '@tensorflow/tfjs-core';
import type { Tensor } from '../../../core/graph/index.ts';
import { encodeGraphModel, type TfjsGraphModel } from '../write/index.ts';
import type { Tfjs } from './packages.ts';

/** A graph-model on the backend that was in use when it was made. */
export class LoadedGraph {
  readonly #tfjs: Tfjs;
  readonly #written: TfjsGraphModel;
  readonly #model: GraphModel;

  private constructor(tfjs: Tfjs, written: TfjsGraphModel, model: GraphModel) {
    this.#tfjs = tfjs;
    this.#written = written;
    this.#model = model;
  }

  static async load(tfjs: Tfjs, written: TfjsGraphModel): Promise<LoadedGraph> {
    const { json, shards } = encodeGraphModel(written);
    const artifacts = {
      ...(JSON.parse(JSON.stringify(json)) as object),
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(Buffer.concat([...shards.values()])).buffer,
    } as unknown as core.io.ModelArtifacts;
    const model = await tfjs.converter.loadGraphModel({ load: async () => artifacts });
    return new LoadedGraph(tfjs, written, model);
  }

  /** Feeds and fetches by the names in the ONNX graph. Every tensor that a run makes is gone after it. */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor>>,
  ): Promise<void> {
    const { inputs, outputs } = this.#written.signature;
    const { core } = this.#tfjs;
    const given: core.NamedTensorMap = {};
    let made: core.Tensor[] = [];
    try {
      for (const [name, tensor] of Object.entries(feeds))
        given[inputs![name]!.name.replace(/:0$/, '')] = tensorOf(core, tensor);
      const names = Object.keys(fetches);
      made = [
        this.#model.execute(
          given,
          names.map((name) => outputs![name]!.name),
        ),
      ].flat();
      for (const [i, name] of names.entries())
        (fetches[name]!.data as Float32Array).set((await made[i]!.data()) as Float32Array);
    } finally {
      core.dispose([...made, ...Object.values(given)]);
    }
  }

  close(): void {
    this.#model.dispose();
  }
}

function tensorOf({ tensor }: typeof core, { dtype, dims, data }: Tensor): core.Tensor {
  if (dtype === 'float32') return tensor(data as Float32Array, [...dims], 'float32');
  // Pixels in bytes: TensorFlow.js' integers have 32 bits.
  return tensor(Int32Array.from(data as Uint8Array), [...dims], 'int32');
}
