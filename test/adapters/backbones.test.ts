/** Each built-in family knows its own networks, whoever exported them, and no others. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BACKBONES } from '../../adapters/backbones/index.ts';
import { knowledgeOf, opinionsOf } from '../../adapters/knowledge.ts';
import { loadModel } from '../../adapters/load.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import type { Model } from '../../core/model.ts';
import { imageInput } from '../../core/runtime/image-input.ts';
import { layersOf } from '../../core/runtime/layers.ts';
import { matricesOf } from '../../core/runtime/low-rank.ts';
import { trainableConstants } from '../../core/runtime/parameters.ts';
import { resolvePreprocess } from '../../core/wrap/preprocess/resolve.ts';
import {
  allArchitectures,
  allClassifiers,
  allFixtures,
  type Expected,
  expectationsOf,
} from '../../fixtures/index.ts';
import { seededOnnx } from '../../fixtures/seeded.ts';
import { PACKAGED, temporaryFolder, writeFixture } from '../onnx/support.ts';
import { humanModel } from './tfjs/graph-model/human.ts';

/** Graphs of timm's networks without their weights, as PyTorch 2 exports them. */
const STRANGERS = join(import.meta.dirname, 'strangers');

const folder = temporaryFolder();
const architectures = await allArchitectures();
const classifiers = await allClassifiers();
const forms = await allFixtures();

const matchesOf = (model: Parameters<typeof opinionsOf>[0]): string[] =>
  opinionsOf(model)
    .filter(({ matches, specificity }) => matches && specificity > 0)
    .map(({ adapter }) => adapter.name);

/** Images, batch and feature layer; where the case file states none, there must be an error instead. */
function expectAsStated(model: Model, { image, batch, features, errors }: Expected): void {
  if (image) {
    const { channels, height = 'open', width = 'open', batch: fixed } = imageInput(model.graph);
    expect([[channels, height, width], fixed]).toEqual([image, batch]);
  } else expect(() => imageInput(model.graph)).toThrow(/does not take one batch of images/);
  if (features) {
    const [site] = locateFeatures(model);
    const { value, width, pooling, classifier } = site!;
    const found = { value, width, pooling, classes: classifier.classes, classifier: classifier.kind };
    expect(found).toEqual(features);
  } else expect(() => locateFeatures(model)).toThrow(errors.locate!.message);
}

describe('architectures', () => {
  it('are at least 25, and of every family', () => {
    expect(architectures.size).toBeGreaterThan(50);
    const known = new Set(
      [...architectures.values()].map(expectationsOf).flatMap(({ adapter, family }) => [adapter, family]),
    );
    const exporters = new Set(['paddleclas', 'generic']); // of packages, of every form
    expect(
      BACKBONES.map(({ name }) => name).filter((name) => !known.has(name) && !exporters.has(name)),
    ).toEqual([]);
  });

  it.each([...architectures.keys()])('%s', async (name) => {
    const fixture = architectures.get(name)!;
    const expected = expectationsOf(fixture);
    const model = await loadModel(writeFixture(fixture, join(folder, name)));
    // An exporter's adapter goes before a family's; beside these two, nobody may claim the network.
    const [used, ...others] = matchesOf(model);
    const families = [used, ...others].filter(
      (each) => !['keras-applications', 'teachable-machine'].includes(each!),
    );
    expect(used).toBe(expected.adapter);
    expect(families).toEqual([expected.family ?? expected.adapter].filter((each) => families.includes(each)));
    expect(families.length).toBeLessThanOrEqual(1);

    expectAsStated(model, expected);
    const { value } = expected.features!;
    expect(resolvePreprocess(model).preprocess.height).toBe(expected.image![1]);

    // Every weight below the features has its stage, and every stage something to train.
    const { stages, loraTargets } = knowledgeOf(model);
    const trainable = trainableConstants(model.graph);
    const { layers, others: unstaged } = layersOf(model.graph, trainable, value, stages!);
    expect(unstaged).toEqual([]);
    expect(layers.map((layer) => layer.name)).toEqual(stages!.map((stage) => stage.name));
    expect(layers.length).toBeGreaterThanOrEqual(3);

    // Low-rank updates are of all matrices, in attention or not.
    expect(loraTargets).toBeUndefined();
    const parameters = new Map([...trainable].map((each) => [each, model.graph.constants.get(each)!]));
    const updated = new Set(matricesOf({ graph: model.graph, parameters }));
    const multiplied = model.graph.nodes
      .filter(({ op }) => op === 'MatMul' || op === 'Gemm')
      .map(({ inputs }) => inputs[1]!)
      .filter((each) => trainable.has(each));
    expect(multiplied.filter((each) => !updated.has(each))).toEqual([]);
  });
});

describe('other classifiers', () => {
  it.each([...classifiers.keys(), ...forms.keys()])('%s is as its case file states', async (name) => {
    const fixture = (classifiers.get(name) ?? forms.get(name))!;
    const model = await loadModel(writeFixture(fixture, join(folder, `stated-${name}`)));
    const expected = expectationsOf(fixture);
    expect(matchesOf(model)).toEqual(
      [expected.adapter, expected.family].filter((each) => each !== undefined && each !== 'generic'),
    );
    expectAsStated(model, expected);
  });

  it.each(PACKAGED.map((file) => [file.split('/').slice(-2).join('/'), file] as const))(
    '%s',
    async (name, file) => {
      const expected = name.includes('ch_') ? ['paddleclas'] : [];
      const found = matchesOf(await loadModel(file));
      expect(found.filter((each) => each !== 'mobilenet-v3')).toEqual(expected);
    },
  );

  it('that make maps larger again, as HRNet’s branches do, are no ResNet', async () => {
    const model = await loadModel(
      writeFixture(architectures.get('resnet18-torch1')!, join(folder, 'enlarged')),
    );
    const pool = model.graph.nodes.find(({ op }) => op === 'MaxPool')!;
    Object.assign(pool, { op: 'Resize' });
    expect(matchesOf(model)).toEqual([]);
    expect(opinionsOf(model).find(({ adapter }) => adapter.name === 'resnet')!.because).toMatch(
      /1 map made larger/,
    );
  });

  it.each(readdirSync(STRANGERS))('%s has much of a family that it is not of', async (name) => {
    const file = join(folder, `${name}.onnx`);
    writeFileSync(file, seededOnnx(join(STRANGERS, name)));
    expect(matchesOf(await loadModel(file))).toEqual([]);
  });

  it.each([
    ['gear', []],
    ['emotion', []],
    ['antispoof', []],
  ])('human %s', async (name, expected) => {
    expect(matchesOf(await loadModel(humanModel(name)))).toEqual(expected);
  });
});
