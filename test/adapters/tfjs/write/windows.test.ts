import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { toGraphModel } from '../../../../adapters/tfjs/write/index.ts';
import { int, ints, str } from '../../../../core/graph/index.ts';
import { runOnnx, runStock, useBackend } from '../stock.ts';
import { image, network } from './networks.ts';
import { expectSame, loadUnwritten } from './stock.ts';

/** Windows of any size, stride, dilation and padding that leave at least one output. */
const windows = fc
  .record({
    size: fc.tuple(fc.integer({ min: 5, max: 11 }), fc.integer({ min: 5, max: 11 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    auto: fc.constantFrom('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
    ceil: fc.boolean(),
    counted: fc.boolean(),
    batch: fc.integer({ min: 1, max: 2 }),
  })
  .filter(({ size, kernel, dilations }) => size.every((s, i) => (kernel[i]! - 1) * dilations[i]! < s));

type Windows = typeof windows extends fc.Arbitrary<infer T> ? T : never;

async function agrees(given: Windows, op: 'Conv' | 'MaxPool' | 'AveragePool', groups = 1): Promise<void> {
  const { size, kernel, auto, ceil, counted, batch } = given;
  // Neither a padding of a whole window nor a dilation in an average is anything that a model has.
  const pads = given.pads.map((p, i) => (op === 'Conv' ? p : Math.min(p, kernel[i % 2]! - 1)));
  // onnxruntime itself takes no dilation with SAME, nor pools there with gaps between the windows.
  const isSame = auto.startsWith('SAME');
  const dilations = op === 'AveragePool' || isSame ? [1, 1] : given.dilations;
  const strides =
    op !== 'Conv' && isSame ? given.strides.map((d, i) => Math.min(d, kernel[i]!)) : given.strides;
  const padding = auto === 'NOTSET' ? { pads: ints(pads) } : { auto_pad: str(auto) };
  const shared = {
    strides: ints(strides),
    dilations: ints(dilations),
    kernel_shape: ints(kernel),
    ...padding,
  };
  const rounding = auto === 'NOTSET' && ceil ? { ceil_mode: int(1) } : {};
  const counting = op === 'AveragePool' ? { count_include_pad: int(counted ? 1 : 0) } : {};
  const graph = network(19, ({ b, weight }) => {
    const x = b.input('x', 'float32', ['batch', 4, ...size]);
    const y =
      op === 'Conv'
        ? b.op('Conv', [x, weight('w', [4, 4 / groups, ...kernel])], { ...shared, group: int(groups) })
        : b.op(op, [x], { ...shared, ...rounding, ...counting });
    return { y };
  });
  const feeds = { x: image([batch, 4, ...size]) };
  const stock = await loadUnwritten(await toGraphModel(graph));
  expectSame(await runStock(stock, feeds), await runOnnx(graph, feeds), JSON.stringify(given));
}

describe.each(['wasm', 'cpu'] as const)('windows on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));
  const settings = { numRuns: 60, seed: 7 };

  it.each([1, 2, 4])('convolutions in %i groups', async (groups) => {
    await fc.assert(
      fc.asyncProperty(windows, (given) => agrees(given, 'Conv', groups)),
      settings,
    );
  });

  it.each(['MaxPool', 'AveragePool'] as const)('%s', async (op) => {
    await fc.assert(
      fc.asyncProperty(windows, (given) => agrees(given, op)),
      settings,
    );
  });
});
