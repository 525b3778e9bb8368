/**
 * A text encoder in ONNX: token numbers in, one vector a text out. Inputs are told by their names (input_ids,
 * attention_mask, token_type_ids). The result is the output that is called an embedding of the text, where the model has
 * one; else the mean of its vectors of tokens, those of padding left out; else any output of one vector a text. The mean
 * goes before BERT's `pooler_output`, which was trained to tell whether one sentence follows another.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MarnetError } from '../../errors.ts';
import { type DType, type Tensor, toFloat32 } from '../../graph/index.ts';
import { openSession, type PortInfo, type Session } from '../../runtime/session.ts';
import { openTokenizer, type TextTokenizer } from './tokens.ts';

/** Tokens of a text at most, where neither the model nor its tokenizer says. */
const USUAL_LONGEST = 512;
/** Texts a run, where the model leaves it open. */
const BATCH = 32;
/** Outputs that are embeddings of texts, by their usual names. */
const POOLED = ['sentence_embedding', 'text_embeds', 'text_embedding', 'embedding', 'embeddings'];

export interface TextEncoder {
  /** Values of a text. */
  readonly width: number;
  /** SHA-256 of all that its results depend on. */
  readonly identity: string;
  /** One vector a text, in their order. */
  encode(texts: readonly string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/**
 * @param tokenizerPath `tokenizer.json` beside the model unless told.
 * @throws MarnetError 'usage' for a model that is no text encoder, or a tokenizer that cannot be used.
 */
export async function openTextEncoder(path: string, tokenizerPath?: string): Promise<TextEncoder> {
  const tokenizer = await openTokenizer(tokenizerPath ?? join(dirname(path), 'tokenizer.json'));
  const model = await digestOf(path);
  const session = await openSession(path).catch((cause: unknown) => {
    throw unusable(path, `cannot be loaded: ${(cause as Error).message}`, cause);
  });
  try {
    const ports = portsOf(path, session);
    const run = (texts: readonly string[]) => runBatch(session, ports, tokenizer, texts);
    const width = ports.width ?? (await run(['a']))[0]!.length;
    const identity = createHash('sha256')
      .update(JSON.stringify([model, tokenizer.content, ports.output.name, ports.longest(tokenizer)]))
      .digest('hex');
    return {
      width,
      identity,
      encode: (texts) => encodeAll(texts, ports.batch ?? BATCH, run),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

interface Ports {
  readonly ids: TensorPort;
  readonly mask: TensorPort | undefined;
  readonly types: TensorPort | undefined;
  readonly output: TensorPort;
  /** Whether the output has a vector for each token. */
  readonly perToken: boolean;
  readonly width: number | undefined;
  /** Fixed by the model. */
  readonly batch: number | undefined;
  readonly tokens: number | undefined;
  longest(tokenizer: TextTokenizer): number;
}

interface TensorPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

function portsOf(path: string, session: Session): Ports {
  const inputs = session.inputs.map(tensorPort);
  const of = (name: string) => inputs.find((port) => port?.name === name);
  const ids =
    of('input_ids') ?? of('input_id') ?? of('tokens') ?? (inputs.length === 1 ? inputs[0] : undefined);
  const mask = of('attention_mask') ?? of('input_mask');
  const types = of('token_type_ids') ?? of('segment_ids');
  const strange = inputs.find((port) => port && port !== ids && port !== mask && port !== types);
  if (!ids || strange || !/^int(32|64)$/.test(ids.dtype))
    throw unusable(
      path,
      `is no text encoder: its inputs are ${session.inputs.map(({ name }) => JSON.stringify(name)).join(', ')}`,
    );
  const outputs = session.outputs.map(tensorPort).filter((port) => port !== undefined);
  const vectors = outputs.filter(({ shape }) => shape.length === 2);
  const named = POOLED.map((name) => vectors.find((port) => port.name === name)).find(Boolean);
  const ofTokens = outputs.find(({ shape }) => shape.length === 3);
  const output = named ?? ofTokens ?? vectors[0];
  if (!output)
    throw unusable(
      path,
      `is no text encoder: none of its outputs (${session.outputs.map(({ name }) => JSON.stringify(name)).join(', ')}) is a vector for each text or token`,
    );
  const fixed = (dim: number | string | undefined) => (typeof dim === 'number' && dim > 0 ? dim : undefined);
  const tokens = fixed(ids.shape[1]);
  return {
    ids,
    mask,
    types,
    output,
    perToken: output === ofTokens,
    width: fixed(output.shape.at(-1)),
    batch: fixed(ids.shape[0]),
    tokens,
    longest: (tokenizer) => tokens ?? tokenizer.longest ?? USUAL_LONGEST,
  };
}

function tensorPort({ name, type }: PortInfo): TensorPort | undefined {
  return type && { name, dtype: type.dtype, shape: type.shape };
}

/** Texts of about the same length go together, so that little is padding. */
async function encodeAll(
  texts: readonly string[],
  batch: number,
  run: (texts: readonly string[]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const order = texts.map((_, i) => i).sort((a, b) => texts[a]!.length - texts[b]!.length);
  const vectors = new Array<Float32Array>(texts.length);
  for (let begin = 0; begin < order.length; begin += batch) {
    const part = order.slice(begin, begin + batch);
    const made = await run(part.map((i) => texts[i]!));
    part.forEach((i, row) => {
      vectors[i] = made[row]!;
    });
  }
  return vectors;
}

async function runBatch(
  session: Session,
  ports: Ports,
  tokenizer: TextTokenizer,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const encoded = texts.map((text) => tokenizer.encode(text, ports.longest(tokenizer)));
  const rows = ports.batch ?? texts.length;
  const columns = ports.tokens ?? Math.max(1, ...encoded.map(({ ids }) => ids.length));
  const matrix = (port: TensorPort, filler: number, numberAt: (row: number, k: number) => number): Tensor => {
    const values = Array.from({ length: rows * columns }, (_, at) => {
      const [row, k] = [Math.floor(at / columns), at % columns];
      return k < (encoded[row]?.ids.length ?? 0) ? numberAt(row, k) : filler;
    });
    const data = port.dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
    return { dtype: port.dtype, dims: [rows, columns], data } as Tensor;
  };
  const feeds = {
    [ports.ids.name]: matrix(ports.ids, tokenizer.padding, (row, k) => encoded[row]!.ids[k]!),
    ...(ports.mask && { [ports.mask.name]: matrix(ports.mask, 0, () => 1) }),
    ...(ports.types && {
      [ports.types.name]: matrix(ports.types, 0, (row, k) => encoded[row]!.types[k] ?? 0),
    }),
  };
  const { [ports.output.name]: result } = await session.run(feeds, [ports.output.name]);
  const values = toFloat32(result!);
  const width = result!.dims.at(-1)!;
  return encoded.map(({ ids }, row) =>
    ports.perToken
      ? meanOf(values.subarray(row * columns * width), ids.length, width)
      : values.slice(row * width, (row + 1) * width),
  );
}

/** The mean of the first `count` vectors; zero where there are none. */
function meanOf(values: Float32Array, count: number, width: number): Float32Array {
  const mean = new Float32Array(width);
  for (let k = 0; k < count; k++) for (let j = 0; j < width; j++) mean[j]! += values[k * width + j]! / count;
  return mean;
}

/** SHA-256 of the model's file, and of the file of its weights where that lies beside it under the usual name. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [path, `${path}_data`, `${path}.data`]) {
    const info = await stat(file).catch(() => undefined);
    if (info?.isFile()) await pipeline(createReadStream(file), hash, { end: false });
    else if (file === path) throw unusable(path, 'does not exist');
  }
  return hash.digest('hex');
}

function unusable(path: string, what: string, cause?: unknown): MarnetError {
  return new MarnetError('usage', `the text encoder ${JSON.stringify(path)} ${what}`, {
    hint: 'Give an ONNX model that takes input_ids (and attention_mask, token_type_ids where it needs them) and gives a vector for each text or token.',
    cause,
  });
}
