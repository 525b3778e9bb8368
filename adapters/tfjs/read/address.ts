/** A model at an address that the user gave, copied into a cache folder. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../../../core/errors.ts';
import { inside, LARGEST_MODEL_JSON } from './folder.ts';
import { parseModelJson, type WeightGroup } from './model-json.ts';
import { bytesOf } from './weights.ts';

export interface FetchOptions {
  /** Below which a folder for each address is made. */
  readonly cache: string;
  /** Bytes of all weight files together; 2 GB unless told. */
  readonly largest?: number;
  /** Milliseconds without a byte after which a transfer is given up; 30 000 unless told. */
  readonly patience?: number;
}

const LARGEST = 2 ** 31;
const PATIENCE = 30_000;

/**
 * Copies model.json and its weight files. model.json is always fetched; weight files that were fetched for the very same
 * model.json before are kept.
 * @param address of the model.json, or of its folder when it ends in '/'.
 * @returns the path of the copied model.json.
 * @throws MarnetError 'not-a-model', 'external-data' (with the address and what went wrong), 'output' when the cache
 * cannot be written.
 */
export async function fetchModel(address: string, options: FetchOptions): Promise<string> {
  const { largest = LARGEST, patience = PATIENCE } = options;
  const url = addressOf(address);
  const folder = path.join(
    options.cache,
    'tfjs',
    createHash('sha256').update(url.href).digest('hex').slice(0, 16),
  );
  const target = path.join(folder, 'model.json');
  const json = await download(url, 'not-a-model', LARGEST_MODEL_JSON, patience);
  const { groups } = parseModelJson(new TextDecoder().decode(json), url.href);
  const same = sizeOfFile(target) === json.length && Buffer.compare(readFileSync(target), json) === 0;
  // Written last: what it names is complete then.
  if (!same) remove(target);
  let left = largest;
  for (const group of groups) {
    const expected = bytesOf(group);
    if (expected !== undefined && expected > left) throw tooLarge(url.href, largest);
    left -= await fetchGroup(group, url, folder, { keep: same, largest: expected ?? left, patience });
  }
  if (!same) save(target, json);
  return target;
}

interface GroupOptions {
  readonly keep: boolean;
  readonly largest: number;
  readonly patience: number;
}

/** @returns the bytes that the group's files have together. */
async function fetchGroup(
  group: WeightGroup,
  base: URL,
  folder: string,
  options: GroupOptions,
): Promise<number> {
  let total = 0;
  for (const relative of group.paths) {
    const file = path.join(folder, inside(relative, base.href));
    const kept = options.keep ? sizeOfFile(file) : undefined;
    if (kept === undefined) {
      const url = new URL(relative, base);
      // As TensorFlow.js does: what follows '?' goes along, keys of storage services for instance.
      url.search = base.search;
      const bytes = await download(url, 'external-data', options.largest - total, options.patience);
      save(file, bytes);
      total += bytes.length;
    } else total += kept;
  }
  return total;
}

function addressOf(address: string): URL {
  try {
    const url = new URL(address);
    if (url.pathname.endsWith('/')) url.pathname += 'model.json';
    return url;
  } catch (cause) {
    throw new MarnetError('not-a-model', `${JSON.stringify(address)} is not an address`, {
      hint: 'Give the http(s) address of a model.json.',
      cause,
    });
  }
}

async function download(
  url: URL,
  code: 'not-a-model' | 'external-data',
  largest: number,
  patience: number,
): Promise<Uint8Array> {
  const abort = new AbortController();
  const giveUp = (): void => abort.abort(new Error(`no answer for ${patience / 1000} s`));
  let timer = setTimeout(giveUp, patience);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      size += chunk.length;
      if (size > largest) throw tooLarge(url.href, largest);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    if (cause instanceof MarnetError) throw cause;
    throw new MarnetError(code, `cannot fetch ${url.href}: ${reasonOf(cause)}`, {
      hint: 'Check the address and the connection, or download the files and give their folder.',
      cause,
    });
  } finally {
    clearTimeout(timer);
    // Also ends what is still on its way after an error.
    abort.abort();
  }
}

/** `fetch` itself says no more than "fetch failed". */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function tooLarge(address: string, largest: number): MarnetError {
  return new MarnetError('external-data', `${address} has more than the ${largest} bytes expected`, {
    hint: 'The files there are not those of one model, or it is too large to fetch: download it and give its folder.',
  });
}

const sizeOfFile = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size;

function save(file: string, bytes: Uint8Array): void {
  writing(file, () => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, bytes);
    renameSync(`${file}.${process.pid}`, file);
  });
}

function remove(file: string): void {
  writing(file, () => rmSync(file, { force: true }));
}

function writing(file: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new MarnetError('output', `cannot write ${file}: ${(cause as Error).message}`, {
      hint: 'The cache is in $XDG_CACHE_HOME, else ~/.cache: make room there or name another folder.',
      cause,
    });
  }
}
