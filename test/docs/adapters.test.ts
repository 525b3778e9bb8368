/** The adapters that docs/adapters.md shows do what the page says, and its tables have every field. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Node } from 'ts-morph';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { sourceProject } from '../../codegen/source/project.ts';
import { writePictures } from '../../core/wrap/matrix/pictures.ts';
import { command } from '../cli/io.ts';
import { tinyClassifier } from '../wrap/tiny.ts';
import { blocksOf, DOCUMENTS, ROOT } from './markdown.ts';

const MODEL = join(ROOT, 'node_modules/detypify-service/train/model.onnx');
const page = DOCUMENTS.find(({ path }) => path === 'docs/adapters.md')!;
const { code } = blocksOf(page).find((block) => block.language === 'ts' && block.code.includes('STAGES'))!;

let folder = '';
let adapter = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-docs-'));
  adapter = join(folder, 'mobilenet-v4.adapter.ts');
  await writeFile(adapter, code);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Properties of an interface of the contract, its bases among them. */
function fieldsOf(name: string): string[] {
  const contract = sourceProject().addSourceFileAtPath(join(ROOT, 'adapters/adapter.ts'));
  const all = contract.getInterfaceOrThrow(name);
  return [all, ...all.getBaseDeclarations().filter(Node.isInterfaceDeclaration)].flatMap((each) =>
    each.getMembers().flatMap((member) => (Node.hasName(member) ? member.getName() : [])),
  );
}

/** First cells of the page's tables of fields, without what is in brackets behind the name. */
const listed = [...page.text.matchAll(/^\| `([\w.]+)(?:\([^)]*\))?` \|/gm)].map(([, field]) => field!);

it.each([
  ['BackboneAdapter', ''],
  ['Importer', ''],
  ['FormatWriter', 'writer.'],
])('lists every field of %s', (name, prefix) => {
  const fields = fieldsOf(name).filter((field) => field !== 'writer');
  expect(fields.length).toBeGreaterThan(2);
  expect(fields.map((field) => prefix + field).filter((field) => !listed.includes(field))).toEqual([]);
});

it('reads another format and writes it, by an importer of under thirty lines, from the command line alone', async () => {
  const { code: importer } = blocksOf(page).find(
    (block) => block.language === 'ts' && block.code.includes('recognises'),
  )!;
  expect(importer.trimEnd().split('\n').length).toBeLessThan(30);
  const file = join(folder, 'gzip.adapter.ts');
  await writeFile(file, importer);
  const [model, data] = [join(folder, 'tiny.onnx.gz'), join(folder, 'pictures')];
  await writeFile(model, gzipSync(tinyClassifier()));
  const { labels } = await writePictures(data, 3);
  const run = async (...words: string[]) => {
    const { code: exit, stdout, stderr } = await command(...words, '--adapter', file);
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
    return stdout;
  };
  expect(JSON.parse(await run('inspect', model, '--json'))).toMatchObject({ format: 'gzip' });
  const job = ['--data', data, '--epochs', '1', '--no-compare', '--run', join(folder, 'run')];
  await run(model, ...job, '--cache', join(folder, 'cache'));
  const merged = join(folder, 'tiny.marnet.onnx.gz');
  expect((await readFile(merged)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  const image = (await readdir(data, { recursive: true })).find((name) => /\.(png|jpg)$/.test(name))!;
  const said = await run('predict', merged, join(data, image), '--json');
  expect(labels).toContain(JSON.parse(said).top[0].label);
});

it('is under thirty lines', () => {
  expect(code.trimEnd().split('\n').length).toBeLessThan(30);
});

it('matches a model that nothing here knows, and its stages are what last:N counts', async () => {
  const plain = JSON.parse((await command('inspect', MODEL, '--json')).stdout);
  expect(plain.adapters[0]).toMatchObject({ name: 'generic' });
  const told = JSON.parse((await command('inspect', MODEL, '--adapter', adapter, '--json')).stdout);
  expect(told.adapters[0]).toMatchObject({ name: 'mobilenet-v4', matches: true });
  expect(told.adapterProblem ?? null).toBeNull();
  const trained = ({ tuning }: typeof told): Record<string, number> =>
    Object.fromEntries(tuning.map(({ tune, parameters }: typeof told) => [tune, parameters]));
  expect(trained(told)['last:1']).toBeGreaterThanOrEqual(trained(plain)['last:1']!);
  expect(trained(told)['last:4']).toBeGreaterThan(trained(plain)['last:4']!);
});

it('leaves the blurs out of what is trained, and every other weight in', async () => {
  const of = async (...more: string[]): Promise<number> => {
    const { tuning } = JSON.parse((await command('inspect', MODEL, '--json', ...more)).stdout);
    return tuning.find(({ tune }: { tune: string }) => tune === 'full').parameters;
  };
  const { constants } = (await loadModel(MODEL)).graph;
  const blurs = [...constants].filter(([name]) => name.endsWith('.aa.filt'));
  expect(blurs).toHaveLength(4);
  const frozen = blurs.reduce((sum, [, { dims }]) => sum + dims.reduce((a, b) => a * b, 1), 0);
  expect((await of()) - (await of('--adapter', adapter))).toBe(frozen);
});

it('meets the nodes that the page shows', async () => {
  const { stdout } = await command('inspect', MODEL, '--nodes');
  const shown = blocksOf(page).find(({ code: text }) => text.includes('getitem_18'))!.code;
  for (const line of shown.trimEnd().split('\n')) {
    const [value, weights] = line.trim().split(', of ');
    const found = stdout.split('\n').find((each) => each.trim().startsWith(value!));
    for (const weight of weights!.split(', ')) expect(found).toContain(weight.replaceAll('…', ''));
  }
});
