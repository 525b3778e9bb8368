/** The test that lies beside a scaffolded adapter: plain Node, no framework. */

/** @param paths as the test is to name them, relative to its own folder. */
export function adapterTestFile(
  name: string,
  paths: { readonly adapter: string; readonly model: string },
): string {
  return `// node --test; the command is MARNET_WRAP, or the installed one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [command, ...words] = (process.env.MARNET_WRAP ?? 'npx marnet-wrap').split(' ');
const told = execFileSync(
  command,
  [...words, 'inspect', here(${JSON.stringify(paths.model)}), '--adapter', here(${JSON.stringify(paths.adapter)}), '--json'],
  { encoding: 'utf8', maxBuffer: 1e8 },
);
const { adapters, adapterProblem, sites, stages } = JSON.parse(told);

test('the adapter knows its model', () => {
  assert.equal(adapters[0].name, ${JSON.stringify(name)});
  assert.equal(adapterProblem, undefined);
});

test('the model has what the adapter says', () => {
  assert.ok(sites[0].width > 0);
  assert.match(sites[0].reason, /the adapter .* says so/);
  assert.ok(stages.length > 0);
});
`;
}
