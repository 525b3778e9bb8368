/** The workflows of GitHub Actions that the documents show are valid, and do in an empty repository what they are shown for. */
import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyClassifier } from '../wrap/tiny.ts';
import { ROOT } from './markdown.ts';
import { documentedWorkflows } from './workflow.ts';

const workflows = documentedWorkflows();
const { steps } = workflows.find(({ where }) => where.startsWith('docs/commands.md:'))!;
const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  bin: Record<string, string>;
  engines: { node: string };
};

let folder = '';
let environment: NodeJS.ProcessEnv = {};

/** A repository that has models, and the sources of this project as its only package; pip is a stand-in that installs nothing. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-workflow-'));
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'node_modules/tsx/dist/cli.mjs')}" "${join(ROOT, 'core/cli/main.ts')}" "$@"\n`;
  await write('sources/program', program);
  await write(
    'sources/package.json',
    JSON.stringify({
      name: manifest.name,
      version: manifest.version,
      bin: { [Object.keys(manifest.bin)[0]!]: 'program' },
    }),
  );
  await write(
    'package.json',
    JSON.stringify({ private: true, devDependencies: { [manifest.name]: 'file:sources' } }),
  );
  await write('tools/pip', '#!/bin/sh\ntest "$*" = "install onnx"\n');
  for (const file of ['sources/program', 'tools/pip']) await chmod(join(folder, file), 0o755);
  await write('models/tiny.onnx', tinyClassifier());
  environment = {
    ...process.env,
    PATH: `${join(folder, 'tools')}${delimiter}${process.env.PATH}`,
    npm_config_offline: 'true',
    MARNET_ONNX_PYTHONS: '',
  };
  execFileSync('npm', ['install', '--package-lock-only'], { cwd: folder, env: environment });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One step, as a runner runs it: bash that stops at the first failure. */
const shell = (command: string): Promise<{ code: number; stderr: string }> =>
  new Promise((done) => {
    execFile('bash', ['-ec', command], { cwd: folder, env: environment }, (error, _, stderr) =>
      done({ code: error ? Number(error.code) : 0, stderr }),
    );
  });

const matrix = steps.find(({ run }) => run?.includes('marnet-wrap matrix'))!.run!;

it.each(workflows)('$where is one that GitHub accepts', ({ problems, steps: all }) => {
  expect(problems).toEqual([]);
  expect(all.length).toBeGreaterThan(0);
});

it('goes through with a model that works, line by line, and keeps what is uploaded', async () => {
  for (const { run } of steps)
    if (run) expect({ run, ...(await shell(run)) }).toMatchObject({ run, code: 0 });
  const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))!;
  const lines = (await readFile(join(folder, String(upload.with!.path)), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      model: 'models/tiny.onnx',
      cells: expect.objectContaining({ full: expect.objectContaining({ result: 'yes' }) }),
    }),
  ]);
});

it('fails at a model that does not, and says which and why', async () => {
  await writeFile(join(folder, 'models/broken.onnx'), 'no model');
  const { code, stderr } = await shell(matrix);
  expect(code).toBe(1);
  expect(stderr).toContain('models/broken.onnx, import: ');
  expect(stderr).not.toContain('tiny.onnx');
});

it('runs on a Node that the package supports', () => {
  const node = steps.find(({ uses }) => uses?.startsWith('actions/setup-node@'))!;
  const least = Number(/\d+/.exec(manifest.engines.node)![0]);
  expect(Number(node.with!['node-version'])).toBeGreaterThanOrEqual(least);
});
