/** The adapter that docs/adapters.md builds does to its model what the page says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { command } from '../cli/io.ts';
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
