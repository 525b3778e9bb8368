import { beforeAll, describe, expect, it } from 'vitest';
import { toGraphModel } from '../../../../adapters/tfjs/write/index.ts';
import { MarnetError } from '../../../../core/errors.ts';
import { CASES } from '../../../grad/cases/index.ts';
import { type Backend, runOnnx, runStock, useBackend } from '../stock.ts';
import { caseGraph } from './case-graph.ts';
import { expectSame, loadUnwritten } from './stock.ts';

/** What stock TensorFlow.js has no ops for, by the beginning of the case's label, and what the error says. */
const REFUSED: readonly (readonly [label: string, message: RegExp])[] = [
  ['ConvTranspose 1-D dilated', /1 spatial axes, not two/],
  ['AveragePool dilated', /no dilated average pooling/],
  ['LpPool dilated', /AveragePool\) .* no dilated average pooling/],
  ['TopK smallest along the first axis', /largest along the last axis only/],
  ['Resize of a cropped region', /outside the image/],
  ['ReverseSequence', /\(ReverseSequence\) .* no such op/],
  ['Col2Im', /\(Col2Im\) .* no such op/],
  ['GatherElements', /\(GatherElements\) .* no such op/],
  ['TensorScatter', /\(ScatterElements\) .* no such op/],
  ['ScatterElements', /\(ScatterElements\) .* no such op/],
  ['ScatterND add', /combines what meets at one place \(add\)/],
  ['ScatterND max', /combines what meets at one place \(max\)/],
  ['ScatterND min', /combines what meets at one place \(min\)/],
  ['GatherND of rows, in a grid', /counted from the end/],
  ['GatherND in a batch', /batch axes/],
  ['GridSample', /batch axes/],
];
const refusal = (label: string) => REFUSED.find(([start]) => label.startsWith(start))?.[1];

/** Cases that onnxruntime has a kernel for: it is the judge. */
const JUDGED = CASES.filter((test) => test.kernel !== false);

describe.each(['wasm', 'cpu'] as const)('on the %s backend', (backend: Backend) => {
  beforeAll(() => useBackend(backend));

  it.each(JUDGED.filter((test) => !refusal(test.label)).map((test) => [test.label, test] as const))(
    '%s',
    async (label, test) => {
      // All inputs given in the run, then all but the first constants.
      for (const constants of [false, true]) {
        if (!constants && label === 'Trilu upper, offset given in the run') continue;
        const { graph, feeds } = caseGraph(test, constants);
        const stock = await loadUnwritten(await toGraphModel(graph));
        expectSame(await runStock(stock, feeds), await runOnnx(graph, feeds), label);
      }
    },
  );
});

describe('refused, naming op and node', () => {
  it.each(JUDGED.flatMap((test) => (refusal(test.label) ? [[test.label, test] as const] : [])))(
    '%s',
    async (label, test) => {
      const error = await toGraphModel(caseGraph(test, true).graph).then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(MarnetError);
      expect(error).toMatchObject({
        code: 'unsupported-model',
        message: expect.stringMatching(refusal(label)!),
      });
      expect((error as MarnetError).message).toContain('node "');
    },
  );

  it('a triangle whose offset only a run knows', async () => {
    const test = JUDGED.find(({ label }) => label === 'Trilu upper, offset given in the run')!;
    await expect(toGraphModel(caseGraph(test, false).graph)).rejects.toThrow(/known only when it runs/);
  });

  it('has no entry that nothing meets', () => {
    const unmet = REFUSED.filter(([start]) => !JUDGED.some(({ label }) => label.startsWith(start)));
    expect(unmet).toEqual([]);
  });
});
