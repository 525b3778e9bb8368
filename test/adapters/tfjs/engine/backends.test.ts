/** Which backend is taken, and what is said of those that are not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokenReason, chooseBackend } from '../../../../adapters/tfjs/engine/backends.ts';
import { loadTfjs, openTfjsEngine } from '../../../../adapters/tfjs/engine/index.ts';
import { loadPackage } from '../../../../adapters/tfjs/engine/packages.ts';
import { Graph, GraphBuilder } from '../../../../core/graph/index.ts';

describe('the backend', () => {
  it('is the best that is installed, and the run says why not a better one', async () => {
    const engine = await openTfjsEngine();
    expect(engine.backend).toBe('wasm');
    expect(engine.notices()).toEqual([
      'Engine: TensorFlow.js 4.22.0, backend wasm (@tensorflow/tfjs-node-gpu is not installed; @tensorflow/tfjs-node is not installed)',
    ]);
    expect(engine.notices()).toEqual([]);
  });

  it('is an error with what to install where none is', async () => {
    const none = chooseBackend(loadTfjs(), ['tfjs-node-gpu', 'tfjs-node']);
    await expect(none).rejects.toMatchObject({
      code: 'runtime',
      message:
        'the engine "tfjs" has no backend that works: @tensorflow/tfjs-node-gpu is not installed; @tensorflow/tfjs-node is not installed',
      hint: expect.stringContaining('npm install @tensorflow/tfjs-core@4'),
    });
  });
});

describe('a backend that is broken', () => {
  it.each([
    ['util_1.isNullOrUndefined is not a function', 23, /fails on Node 23 .*works up to Node 22/],
    [
      'The Node.js native addon module (tfjs_binding.node) can not be found at path: /x\nmore',
      20,
      /^its native library is missing .*npm rebuild @tensorflow\/tfjs-node/,
    ],
    [
      'libtensorflow.so.2: cannot open shared object file: No such file or directory',
      22,
      /native library is missing/,
    ],
    ['something else', 20, /^it fails \("something else"\): install it anew, or uninstall it$/],
  ])('%s', (message, node, words) => {
    const reason = brokenReason('tfjs-node', new Error(message), node);
    expect(reason).toMatch(words);
    expect(reason).not.toContain('\n');
  });
});

describe('packages in the folder of the command', () => {
  const before = process.cwd();
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'marnet-packages-'));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  const install = (name: string, code: string): void => {
    const place = join(folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    writeFileSync(join(place, 'index.js'), code);
  };

  it('are found there too', () => {
    install('only-here', 'exports.answer = 42;');
    expect(loadPackage('only-here')).toEqual({ answer: 42 });
    expect(loadPackage('not-anywhere')).toBeUndefined();
  });

  it('and one that does not load is passed over, in words', async () => {
    install(
      '@tensorflow/tfjs-node',
      "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found');",
    );
    const { backend, passedOver } = await chooseBackend(loadTfjs(), ['tfjs-node', 'cpu']);
    expect(backend).toBe('cpu');
    const old = Number.parseInt(process.versions.node, 10) < 23;
    const why = old ? 'its native library is missing' : 'it fails on Node';
    expect(passedOver).toEqual([expect.stringContaining(`@tensorflow/tfjs-node: ${why}`)]);
  });
});

describe('a graph that the backend has no kernel for', () => {
  it('runs on the next one, and the run says so', async () => {
    const engine = await openTfjsEngine({ backends: ['wasm', 'cpu'] });
    engine.notices();
    const { core } = engine.tfjs;
    const kernel = core.getKernel('Floor', 'wasm')!;
    core.unregisterKernel('Floor', 'wasm');
    try {
      const graph = new Graph();
      graph.opsets.set('', 21);
      const b = new GraphBuilder(graph);
      b.output(b.op('Floor', [b.input('x', 'float32', [2, 2])]), 'y');
      const opened = await engine.open(graph);
      const y = { dtype: 'float32', dims: [2, 2], data: new Float32Array(4) } as const;
      const x = { dtype: 'float32', dims: [2, 2], data: Float32Array.of(0.5, 1.5, -0.5, 3) } as const;
      for (const _ of [0, 1]) await opened.run({ x }, { y });
      expect([...y.data]).toEqual([0, 1, -1, 3]);
      expect(engine.notices()).toEqual([
        expect.stringMatching(
          /^The backend wasm cannot run a graph of this training \(.*Floor.*\): that graph runs on cpu\.$/,
        ),
      ]);
      await opened.close();
    } finally {
      core.registerKernel(kernel);
    }
  });

  it('is an error in words where there is no next one', async () => {
    const engine = await openTfjsEngine({ backends: ['cpu'] });
    const { core } = engine.tfjs;
    const kernel = core.getKernel('Floor', 'cpu')!;
    core.unregisterKernel('Floor', 'cpu');
    try {
      const graph = new Graph();
      graph.opsets.set('', 21);
      const b = new GraphBuilder(graph);
      b.output(b.op('Floor', [b.input('x', 'float32', [1])]), 'y');
      const opened = await engine.open(graph);
      const one = { dtype: 'float32', dims: [1], data: new Float32Array(1) } as const;
      const alive = core.memory().numTensors;
      await expect(opened.run({ x: one }, { y: one })).rejects.toMatchObject({
        code: 'runtime',
        message: expect.stringContaining('TensorFlow.js (cpu) failed in a run'),
      });
      expect(core.memory().numTensors).toBe(alive);
    } finally {
      core.registerKernel(kernel);
    }
  });
});
