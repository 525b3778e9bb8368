/** TensorFlow.js: graph-models and layers-models, translated to ONNX ops when they are read. */
import { defineAdapter, type Importer } from '../adapter.ts';
import { tfjsTranslations } from '../registry.ts';
import type { Translations } from './graph-model/index.ts';
import type { LayerTranslations } from './layers-model/index.ts';
import { looksLikeTfjs } from './read/recognise.ts';
import { tfjsWriter } from './writer.ts';

/** What `createTfjsImporter` is to know beyond the built-in ops and layers. */
export interface TfjsImporterOptions {
  /** The importer's name; 'tfjs' unless told. Needed where one with other translations is registered beside it. */
  readonly name?: string;
  /** Ops of graph-models to add to those that are known, or to use instead, by TensorFlow's names. */
  readonly translations?: Translations;
  /** Layers of layers-models, by their class names, likewise. */
  readonly layers?: LayerTranslations;
}

/**
 * An importer of TensorFlow.js models from a model.json, a folder that holds one, or the address of one. What translates them
 * is loaded with the first of them: most models are ONNX files.
 */
export function createTfjsImporter(options: TfjsImporterOptions = {}): Importer {
  return defineAdapter({
    name: options.name ?? 'tfjs',
    recognises: looksLikeTfjs,
    writer: tfjsWriter,
    load: async (from) => {
      const { loadTfjs } = await import('./model.ts');
      const { ops, layers } = tfjsTranslations();
      return loadTfjs(from, {
        translations: { ...ops, ...options.translations },
        layers: { ...layers, ...options.layers },
      });
    },
  });
}

export const tfjsImporter: Importer = createTfjsImporter();
