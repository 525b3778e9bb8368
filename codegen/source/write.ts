import { MarnetError } from '../../core/errors.ts';
import { Rope } from '../../core/onnx/rope.ts';
import { writeFiles } from '../../core/onnx/write-file.ts';

/**
 * Writes source files all or none, each by a temporary file that is then renamed.
 * @throws MarnetError 'output' naming the file and what the system said.
 */
export function writeSources(files: readonly { readonly path: string; readonly text: string }[]): void {
  const encoder = new TextEncoder();
  writeFiles(files.map(({ path, text }) => ({ path, content: new Rope().push(encoder.encode(text)) })));
}

/** @param example a name to suggest. @throws MarnetError 'usage' for a path that is not one of a TypeScript module. */
export function checkSourcePath(out: string, example: string): void {
  if (/\.m?ts$/.test(out) && !/\.d\.m?ts$/.test(out)) return;
  throw new MarnetError('usage', `--out takes a TypeScript file, not "${out}"`, {
    hint: `Let it end in .ts: ${example}`,
  });
}
