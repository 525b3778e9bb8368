/** A program of the package that is given on Node's command line: its threads are files nonetheless. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { colourFolder, tinyClassifier } from './tiny.ts';

it('trains on a thread of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-program-'));
  try {
    const data = await colourFolder(join(folder, 'photos'));
    await writeFile(join(folder, 'model.onnx'), tinyClassifier());
    const options = {
      out: join(folder, 'merged.onnx'),
      runFolder: join(folder, 'run'),
      cacheFolder: join(folder, 'cache'),
    };
    const program = `
      const { wrap } = await import(${JSON.stringify(new URL('../../dist/core/index.js', import.meta.url).href)});
      const run = wrap(${JSON.stringify(join(folder, 'model.onnx'))}, ${JSON.stringify(data)}, ${JSON.stringify(options)});
      console.log((await run.result).path);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(stdout.trim()).toBe(options.out);
  } finally {
    await rm(folder, { recursive: true });
  }
});
