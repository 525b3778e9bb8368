/** The source of a client: the parts that its model and platform need, and what is so of that model alone. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { describePreprocess } from '../../core/data/index.ts';
import { VERSION } from '../../core/wrap/version.ts';
import { commentText, literal, quoted } from '../source/literal.ts';
import { sourceProject } from '../source/project.ts';
import type { ClientFacts } from './facts.ts';
import { gather } from './gather.ts';

/** What runs a client. */
export type ClientPlatform = 'node' | 'browser';

/** What a generated file is known by. */
export const CLIENT_MARK = 'Written by `marnet-wrap client`';

export interface ClientSource {
  readonly text: string;
  /** Packages that it imports. */
  readonly packages: readonly string[];
  /** Paths of this project's modules that it was made of. */
  readonly modules: ReadonlySet<string>;
}

/** This package's folder: the parts are read as they are in its sources, from there too when it is installed. */
const ROOT = path.dirname(createRequire(import.meta.url).resolve('marnet-wrap/package.json'));
const part = (name: string): string => path.join(ROOT, 'codegen/client/parts', `${name}.ts`);
/** In JavaScript for clients: pages may forbid WebAssembly, and a client has one image at a time. */
const KERNELS = ['apply-taps', 'look-up'].map((name): [string, string] => [
  path.join(ROOT, 'core/data/pixels/kernel', `${name}.ts`),
  part(name),
]);

/** The parts name one another for ONNX in Node; others stand in for them. */
function substitutes(facts: ClientFacts, platform: ClientPlatform): [string, string][] {
  const { format, input, output } = facts;
  const browser = platform === 'browser';
  return [
    ...(format === 'tfjs'
      ? [['engine.onnxruntime-node', 'engine.tfjs'] as [string, string]]
      : browser
        ? [['engine.onnxruntime-node', 'engine.onnxruntime-web'] as [string, string]]
        : []),
    ['tfjs-source.browser', `tfjs-source.${platform}`],
    ['image.node', `image.${platform}`],
    ['input.float32', `input.${input.dtype}`],
    ['output.float32', output.dtype === 'float16' ? 'output.float16' : 'output.float32'],
  ];
}

export function clientFile(facts: ClientFacts, platform: ClientPlatform): ClientSource {
  const project = sourceProject();
  const model = project.addSourceFileAtPath(part('model'));
  const set = (name: string, initializer: string): void => {
    model.getVariableDeclarationOrThrow(name).getInitializerOrThrow().replaceWithText(initializer);
  };
  set('labels', `[\n${facts.labels.map((label) => `  ${quoted(label)},`).join('\n')}\n] as const`);
  set('preprocess', fieldsOf(facts.preprocess));
  model
    .getVariableStatementOrThrow('preprocess')
    .addJsDoc(
      `What is done to an image before the model sees it:\n${commentText(describePreprocess(facts.preprocess))}.`,
    );
  set(
    'MODEL',
    fieldsOf({
      file: facts.file,
      sha256: facts.sha256,
      input: facts.input.name,
      output: facts.output.name,
      logits: facts.logits,
      batch: facts.input.batch,
      weightFiles: facts.weightFiles,
    }),
  );
  const engine = part(
    facts.format === 'tfjs' ? 'engine.tfjs' : `engine.onnxruntime-${platform === 'browser' ? 'web' : 'node'}`,
  );
  const source = facts.format === 'tfjs' ? part(`tfjs-source.${platform}`) : engine;
  const { imports, statements, packages, modules } = gather({
    project,
    wanted: [
      { module: part('model'), names: ['labels', 'Label', 'preprocess'] },
      { module: part(`image.${platform}`), names: ['Image'] },
      { module: part('pixels'), names: ['RawPixels'] },
      { module: source, names: ['ModelSource'] },
      { module: part('classifier'), names: ['Classifier', 'Classification', 'ClassifierOptions'] },
      { module: part('classifier'), names: ['createClassifier', 'topClasses'] },
    ],
    instead: new Map([
      ...KERNELS,
      ...substitutes(facts, platform).map((pair) => pair.map(part) as [string, string]),
    ]),
    packages: new Map(platform === 'browser' ? [['onnxruntime-node', 'onnxruntime-web']] : []),
  });
  const text = `${header(facts, platform, packages)}
/* eslint-disable */
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
${imports.join('\n')}

${statements.join('\n\n')}
`;
  return { text, packages, modules };
}

function header(facts: ClientFacts, platform: ClientPlatform, packages: readonly string[]): string {
  const { file, sha256, labels, format, mergedBy } = facts;
  const image = platform === 'browser' ? 'fileInput.files[0]' : "'photo.jpg'";
  const model = quoted(platform === 'browser' ? `/${file}` : file);
  const lines = [
    `A typed client of the image classifier ${file}: ${labels.length} classes, ${format === 'onnx' ? 'ONNX' : 'TensorFlow.js'}, for ${platform === 'browser' ? 'browsers' : 'Node'}.`,
    `${CLIENT_MARK} ${VERSION}; the next run writes it anew: change what uses it, not this file.`,
    '',
    `Model: SHA-256 ${sha256}${format === 'tfjs' ? ' of its weights' : ''}, merged by marnet-wrap ${mergedBy}.`,
    `Needs: npm install ${packages.join(' ')}`,
    '',
    `    const classifier = await createClassifier(${model});`,
    `    const { label, probability, scores } = await classifier.classify(${image});`,
    '    await classifier.dispose();',
  ];
  return `/**\n${commentText(lines.join('\n'))
    .split('\n')
    .map((line) => ` * ${line}`.trimEnd())
    .join('\n')}\n */`;
}

/** An object, a field a line. */
function fieldsOf(object: object): string {
  const fields = Object.entries(object).map(([key, value]) => `  ${key}: ${literal(value)},`);
  return `{\n${fields.join('\n')}\n}`;
}
