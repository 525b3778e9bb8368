/** `marnet-wrap scaffold`: an adapter for one model, and a test of it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadModel } from '../../adapters/load.ts';
import { checkSourcePath, writeSources } from '../source/write.ts';
import { scaffoldFacts } from './facts.ts';
import { adapterTestFile } from './test-file.ts';

/** What was written. */
export interface Scaffolded {
  /** The adapter's file. */
  readonly adapter: string;
  /** The file of its test, which is written once and then left alone. */
  readonly test: string;
  /** Whether the file was there, and what a person wrote in it was kept. */
  readonly updated: boolean;
}

/**
 * @param out the adapter's file, .ts.
 * @throws MarnetError as `loadModel` and `locateFeatures` do; 'usage' for a file that is something else, 'output'.
 */
export async function scaffold(modelPath: string, out: string): Promise<Scaffolded> {
  checkSourcePath(out, 'my.adapter.ts');
  // Brings a TypeScript compiler with it: loaded by those alone who write programs.
  const { newAdapterFile, updatedAdapterFile } = await import('./adapter-file.ts');
  const { facts, notes } = await scaffoldFacts(await loadModel(modelPath), path.basename(modelPath));
  const updated = existsSync(out);
  const name = path.basename(out).replace(/(\.adapter)?\.[cm]?ts$/, '');
  const text = updated
    ? updatedAdapterFile(readFileSync(out, 'utf8'), out, facts, notes)
    : newAdapterFile(name, facts, notes);
  const test = out.replace(/\.[cm]?ts$/, '.test.mjs');
  const relative = (file: string): string =>
    `./${path.relative(path.dirname(test), file).replaceAll(path.sep, '/')}`;
  const files = [{ path: out, text }];
  if (!existsSync(test))
    files.push({
      path: test,
      text: adapterTestFile(name, { adapter: relative(out), model: relative(modelPath) }),
    });
  writeSources(files);
  return { adapter: out, test, updated };
}
