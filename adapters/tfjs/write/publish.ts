/** Merged models as files: written beside their place, checked, then moved there. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { asOutputError } from '../../../core/export/output-path.ts';
import type { Graph } from '../../../core/graph/index.ts';
import type { FormatWriteOptions } from '../../adapter.ts';
import { toGraphModel } from './graph-model.ts';
import { shardsIn, writeGraphModel } from './write-model.ts';

/**
 * As `FormatWriter.write` says it.
 * @param target the model.json.
 * @param out what the caller calls it, for messages.
 */
export async function publishGraphModel(
  graph: Graph,
  target: string,
  out: string,
  options: FormatWriteOptions,
): Promise<number> {
  const folder = path.dirname(target);
  const model = await toGraphModel(graph, options.size ? { size: options.size } : {});
  let staging: string | undefined;
  try {
    staging = mkdtempSync(path.join(path.dirname(folder), `.${path.basename(folder)}.`));
    const staged = path.join(staging, path.basename(target));
    writeGraphModel(model, staged, { metadata: userMetadata(options.metadata), quantize: options.quantize });
    await options.check?.(staged);
    return publish(staging, folder, path.basename(target));
  } catch (error) {
    throw asOutputError(out, error);
  } finally {
    if (staging) rmSync(staging, { recursive: true, force: true });
  }
}

/** The model last: once it is there, what it names is there too. Weights that only an earlier one named are taken away. */
function publish(staging: string, folder: string, name: string): number {
  mkdirSync(folder, { recursive: true });
  const target = path.join(folder, name);
  const before = existsSync(target) ? shardsIn(target) : [];
  const files = readdirSync(staging).sort((a, b) => Number(a === name) - Number(b === name));
  let size = 0;
  for (const file of files) {
    renameSync(path.join(staging, file), path.join(folder, file));
    size += statSync(path.join(folder, file)).size;
  }
  for (const shard of before) if (!files.includes(shard)) rmSync(path.join(folder, shard), { force: true });
  return size;
}

/** All entries as they are, which is what this project reads again, and what a page wants to use as plain JSON. */
function userMetadata(entries: Readonly<Record<string, string>>): Record<string, unknown> {
  const parsed = (key: string): unknown =>
    entries[key] === undefined ? undefined : JSON.parse(entries[key]);
  const labels = parsed('marnet.labels');
  const preprocess = parsed('marnet.preprocess');
  return { ...(labels ? { labels } : {}), ...(preprocess ? { preprocess } : {}), ...entries };
}
