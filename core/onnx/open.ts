import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import { MarnetError } from '../errors.ts';
import { type OnnxFile, readOnnx } from './file.ts';
import { describeBytes, hintFor, looksLikeOnnx } from './first-bytes.ts';
import { type ByteSource, fileSource, memorySource } from './source.ts';

/** Files up to this size are read whole; of larger ones the weights stay on disk until they are asked for. */
const IN_MEMORY = 64 * 1024 * 1024;

/**
 * A model by its path or as bytes, which must not be changed while it is in use.
 * @throws MarnetError 'not-a-model', saying what the file is instead where its first bytes tell, or where it ends
 * too early; 'external-data' when a file with weights is missing; 'unsupported-model'.
 */
export function openOnnx(from: string | Uint8Array): OnnxFile {
  if (typeof from !== 'string') return interpret(memorySource(from));
  const size = sizeOfFile(from);
  const source =
    size <= IN_MEMORY
      ? memorySource(
          readable<Uint8Array>(from, (f) => readFileSync(f)),
          from,
        )
      : readable(from, fileSource);
  const file = interpret(source, path.dirname(from));
  for (const [location, [tensor]] of file.external.named) file.external.resolve(tensor!, location);
  return file;
}

function interpret(source: ByteSource, folder?: string): OnnxFile {
  if (source.size === 0)
    throw new MarnetError('not-a-model', `${source.label} is empty`, {
      hint: 'Export or download the model again.',
    });
  const head = source.bytes(0, 512);
  const kind = looksLikeOnnx(head) ? undefined : describeBytes(head);
  if (kind)
    throw new MarnetError('not-a-model', `${source.label} is ${kind}, not an ONNX model`, {
      hint: hintFor(kind),
    });
  return readOnnx(source, folder);
}

function readable<T>(file: string, read: (file: string) => T): T {
  try {
    return read(file);
  } catch (cause) {
    throw new MarnetError('not-a-model', `cannot read ${file}: ${(cause as Error).message}`, {
      hint: 'Check the permissions of the file.',
      cause,
    });
  }
}

function sizeOfFile(file: string): number {
  const stat = existsSync(file) ? statSync(file) : undefined;
  if (stat?.isDirectory()) {
    const models = readdirSync(file).filter((name) => name.endsWith('.onnx'));
    throw new MarnetError('not-a-model', `${file} is a folder, not a model file`, {
      hint:
        models.length > 0
          ? `It holds ${models.join(', ')}.`
          : 'Give the path of an .onnx file, or of a TensorFlow.js model.json or its folder.',
    });
  }
  if (!stat) {
    const near = nearestName(file);
    throw new MarnetError('not-a-model', `${file} does not exist`, {
      hint: near ? `Did you mean ${near}?` : 'Check the path.',
    });
  }
  return stat.size;
}

function nearestName(file: string): string | undefined {
  const folder = path.dirname(file);
  const wanted = path.basename(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return undefined;
  // The ending is no likeness: most models have it.
  const letters = path.parse(wanted).name.length;
  const [best] = readdirSync(folder)
    .map((name) => ({ name, far: distance(name.toLowerCase(), wanted.toLowerCase()) }))
    .filter(({ far }) => far <= Math.max(2, letters / 3))
    .sort((a, b) => a.far - b.far);
  return best && path.join(folder, best.name);
}
