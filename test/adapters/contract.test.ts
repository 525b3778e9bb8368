/** What adapters may say, how one is chosen, and what becomes of those that fail or say what is not so. */
import { afterEach, describe, expect, it } from 'vitest';
import { type BackboneAdapter, defineAdapter } from '../../adapters/adapter.ts';
import { knowledgeOf, opinionsOf } from '../../adapters/knowledge.ts';
import { loadModel } from '../../adapters/load.ts';
import { registerAdapter, unregisterAdapter } from '../../adapters/registry.ts';
import { builtInRegistry } from '../../core/grad/index.ts';
import { inspectModel } from '../../core/wrap/inspect.ts';
import { sitesOf } from '../../core/wrap/located.ts';
import { tinyClassifier } from '../wrap/tiny.ts';

const given: string[] = [];
function register(adapter: Parameters<typeof registerAdapter>[0], origin?: string): void {
  registerAdapter(adapter, origin);
  given.push(adapter.name);
}
afterEach(() => {
  for (const name of given.splice(0)) unregisterAdapter(name);
});

const tiny = () => loadModel(tinyClassifier());
const always = (name: string, more: Partial<BackboneAdapter> = {}): BackboneAdapter =>
  defineAdapter({ name, matches: () => true, freeze: () => [], ...more });

describe('the choice', () => {
  it('is the most specific one, whoever was first', async () => {
    register(always('family'));
    register(always('model', { specificity: 100 }));
    register(always('exporter', { specificity: 20 }));
    const matching = opinionsOf(await tiny()).filter(({ matches }) => matches);
    expect(matching.map(({ adapter }) => adapter.name)).toEqual(['model', 'family', 'exporter', 'generic']);
  });

  it("is a user's before a built-in one of the same number, then the first", async () => {
    register(always('late', { specificity: 0 }), 'late.ts');
    register(always('later', { specificity: 0 }), 'later.ts');
    const [first, second, third] = opinionsOf(await tiny());
    expect([first, second, third].map((each) => each!.adapter.name)).toEqual(['late', 'later', 'generic']);
    expect(first).toMatchObject({ origin: 'late.ts', specificity: 0, because: 'it says so' });
  });

  it('keeps the reasons of those that do not match', async () => {
    register(always('other', { matches: () => ({ matches: false, because: 'it has no Loop' }) }));
    const { adapters } = await inspectModel(await tiny(), { deep: false });
    expect(adapters[0]).toMatchObject({ name: 'generic', matches: true });
    expect(adapters).toContainEqual(
      expect.objectContaining({ name: 'other', matches: false, because: 'it has no Loop' }),
    );
    expect(adapters.find(({ name }) => name === 'vit')!.because).toMatch(/no attentions/);
  });

  it('sees the format, the producer and the metadata', async () => {
    let seen: unknown;
    register(
      always('curious', {
        matches: (_, facts) => {
          seen = facts;
          return false;
        },
      }),
    );
    const model = await tiny();
    opinionsOf(model);
    expect(seen).toMatchObject({ format: 'onnx', producer: 'marnet-wrap', metadata: model.metadata });
  });
});

describe('what an adapter supplies', () => {
  const at = async (features: NonNullable<BackboneAdapter['features']>) => {
    register(always('mine', { features }));
    const model = await tiny();
    return sitesOf(model, knowledgeOf(model));
  };

  it('is the place of the features, with its reason', async () => {
    const model = await tiny();
    const [found] = sitesOf(model, knowledgeOf(model));
    const [site] = await at(() => found!.value);
    expect(site).toMatchObject({ value: found!.value, width: 12, classifier: { kind: 'linear' } });
    expect(site!.reason).toMatch(/^the adapter "mine" says so/);
  });

  it('may be the classifier', async () => {
    const model = await tiny();
    const { classifier, value } = sitesOf(model, knowledgeOf(model))[0]!;
    const [site] = await at(() => ({
      value,
      classifier: { logits: classifier.logits, weight: 'fc.weight', bias: 'fc.bias', layout: 'CD' },
    }));
    expect(site!.classifier).toMatchObject({ kind: 'linear', weight: 'fc.weight', layout: 'CD', classes: 3 });
  });

  it.each<[string, BackboneAdapter['features'], RegExp]>([
    [
      'a value that is not there',
      () => 'pol',
      /"mine" .* says that the features are at "pol", but .* no value or node "pol"/,
    ],
    ['the result itself', () => 'probabilities', /says that the features are at "probabilities", but/],
    [
      'a pooling that the shape does not have',
      (graph) => ({
        value: graph.nodes.find(({ op }) => op === 'Flatten')!.outputs[0]!,
        pooling: 'class-token',
      }),
      /says pooling "class-token", but ".*" is \[N, 12\]/,
    ],
    [
      'a weight in the wrong layout',
      (graph) => ({
        value: graph.nodes.find(({ op }) => op === 'Flatten')!.outputs[0]!,
        classifier: { logits: 'x', weight: 'fc.weight', layout: 'DC' },
      }),
      /says that "fc.weight" \[3, 12\] classify 12 features in the layout DC/,
    ],
  ])('is refused where it is %s', async (_, features, message) => {
    await expect(at(features!)).rejects.toMatchObject({
      code: 'adapter',
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, Partial<BackboneAdapter>, RegExp]>([
    [
      'stages of unknown constants',
      { stages: () => [['fc.weights']] },
      /in stage "stage 1" that the graph does not have: "fc.weights"/,
    ],
    [
      'a constant in two stages',
      { stages: () => [['fc.bias'], { name: 'top', constants: ['fc.bias'] }] },
      /"fc.bias" in two stages, "stage 1" and "top"/,
    ],
    ['frozen parts that are not there', { freeze: () => ['nothing'] }, /in freeze .*"nothing"/],
    [
      'updates of what is no matrix',
      { loraTargets: () => ['conv1.weight'] },
      /"conv1.weight" \[8, 3, 3, 3\] in loraTargets, which is no matrix/,
    ],
    [
      'a member that throws',
      { stages: () => ([] as { x: [] }[]).at(0)!.x },
      /"mine" \(registered by the program\) failed in stages/,
    ],
    [
      'a recognition that throws',
      {
        matches: () => {
          throw new Error('out of luck');
        },
      },
      /failed in matches: out of luck/,
    ],
  ])('is refused: %s', async (_, more, message) => {
    const model = await tiny();
    register(always('mine', more));
    expect(() => knowledgeOf(model)).toThrow(
      expect.objectContaining({ code: 'adapter', message: expect.stringMatching(message) }),
    );
    const { adapterProblem } = await inspectModel(model, { deep: false });
    expect(adapterProblem).toMatch(message);
  });

  it('names what was probably meant', async () => {
    register(always('mine', { stages: () => [['fc.weights']] }));
    const model = await tiny();
    expect(() => knowledgeOf(model)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('"fc.weight"') }),
    );
  });

  it('is a preprocessing that must fit the input', async () => {
    register(
      always('mine', {
        preprocess: () => ({
          width: 32,
          height: 32,
          layout: 'NCHW',
          channels: 'RGB',
          resize: 'crop',
          resizeTo: 36,
          interpolation: 'bilinear',
          scale: 1 / 255,
          mean: [0, 0, 0],
          std: [1, 1, 1],
        }),
      }),
    );
    const { wrap } = await import('../../core/wrap/wrap.ts');
    await expect(wrap(await tiny(), '.', { out: '/nowhere.onnx' }).result).rejects.toMatchObject({
      message: expect.stringMatching(/the adapter "mine" gives NCHW images of 32x32/),
    });
  });
});

describe('extensions of the engine', () => {
  const rule = { op: 'Fold', domain: 'house', gradient: 'none' } as const;

  it('give gradients of unknown ops, as long as they are registered', () => {
    register({ name: 'house-ops', gradientRules: [rule] });
    expect(builtInRegistry.find({ op: 'Fold', domain: 'house' })).toBe(rule);
    unregisterAdapter('house-ops');
    expect(builtInRegistry.find({ op: 'Fold', domain: 'house' })).toBeUndefined();
  });

  it('never take the place of a rule', () => {
    const other = { name: 'relu', gradientRules: [{ op: 'Relu', gradient: 'none' } as const] };
    expect(() => registerAdapter(other)).toThrow(
      /adapter "relu" has a gradient rule for op Relu .* so has the engine/,
    );
    register({ name: 'house-ops', gradientRules: [rule] });
    expect(() => registerAdapter({ name: 'again', gradientRules: [rule] })).toThrow(
      /so has adapter "house-ops"/,
    );
  });
});
