/** A text encoder small enough to compute by hand: each token's vector from a table, and a WordLevel tokenizer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32, Graph, GraphBuilder, int } from '../../../core/graph/index.ts';
import { encodeGraph } from '../../../core/onnx/index.ts';

export const WIDTH = 3;
export const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'egg', 'rice', ',', 'soup'];

/** The vector of token i: [i, i * i, 1 / (i + 1)]. */
export const vectorOf = (token: number): number[] => [token, token * token, Math.fround(1 / (token + 1))];

export interface TinyOptions {
  /** Also give an output of one vector a text, of this name: the first token's. */
  readonly pooled?: string;
  readonly ids?: 'int64' | 'int32';
  /** Fixed sizes of its inputs. */
  readonly shape?: readonly [number, number];
  readonly longest?: number;
}

/** Writes encoder.onnx and tokenizer.json into the folder. @returns the model's path. */
export function writeTinyEncoder(folder: string, options: TinyOptions = {}): string {
  const { pooled, ids = 'int64', shape = ['batch', 'tokens'], longest } = options;
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const tokens = b.input('input_ids', ids, shape);
  b.input('attention_mask', ids, shape);
  const table = b.weight(
    'table',
    float32(Float32Array.from(WORDS.flatMap((_, i) => vectorOf(i))), [WORDS.length, WIDTH]),
  );
  const node = (op: string, inputs: string[], output: string, attributes = {}) =>
    graph.nodes.push({ op, domain: '', name: output, inputs, outputs: [output], attributes });
  node('Gather', [table.name, tokens.name], 'last_hidden_state');
  graph.outputs.push({ name: 'last_hidden_state', dtype: 'float32', shape: [shape[0], shape[1], WIDTH] });
  if (pooled !== undefined) {
    const first = b.weight('first', { dtype: 'int64', dims: [], data: BigInt64Array.of(0n) });
    node('Gather', ['last_hidden_state', first.name], pooled, { axis: int(1) });
    graph.outputs.push({ name: pooled, dtype: 'float32', shape: [shape[0], WIDTH] });
  }
  writeFileSync(join(folder, 'encoder.onnx'), encodeGraph(graph));
  const special = (content: string, id: number) => ({
    ...{ id, content, special: true, single_word: false },
    ...{ lstrip: false, rstrip: false, normalized: false },
  });
  const tokenizer = {
    version: '1.0',
    truncation:
      longest === undefined
        ? null
        : { max_length: longest, direction: 'Right', strategy: 'LongestFirst', stride: 0 },
    padding: null,
    added_tokens: WORDS.slice(0, 4).map(special),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [
          token,
          { id: token, ids: [WORDS.indexOf(token)], tokens: [token] },
        ]),
      ),
    },
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(WORDS.map((word, i) => [word, i])),
      unk_token: '[UNK]',
    },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  return join(folder, 'encoder.onnx');
}
