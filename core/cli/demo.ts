import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { MarnetError } from '../errors.ts';
import { type Finish, newCommand } from './arguments/command.ts';
import { shellLine } from './arguments/quote.ts';
import { countOf } from './arguments/whole.ts';
import { BUDGET } from './demo/budget.ts';
import { SHIPPED_CLASSIFIER } from './demo/classifier.ts';
import type { Io } from './output/io.ts';
import { count } from './output/numbers.ts';

interface Options {
  readonly seeds: number;
  readonly epochs: number;
  readonly keep?: boolean;
  readonly writeExample?: string;
}

/** `marnet-wrap demo` */
export function demoCommand(io: Io, _finish: Finish): Command {
  return newCommand(io, 'demo', 'Shows the whole job on data made on the spot, in about a minute.', [
    'marnet-wrap demo',
    'marnet-wrap demo --seeds 1 --keep',
    'marnet-wrap demo --write-example example    a model and a data folder to try the main job on',
  ])
    .option('--seeds <n>', 'how often each way of training is repeated', countOf('--seeds'), 3)
    .option('--epochs <n>', 'passes over the pictures in each training', countOf('--epochs'), BUDGET.epochs)
    .option('--keep', 'keep the data and the models, and say where they are')
    .option('--write-example <folder>', 'write model.onnx and dishes/ there, and train nothing')
    .action(async (options: Options) => {
      if (!existsSync(SHIPPED_CLASSIFIER)) {
        throw new MarnetError(
          'internal',
          `the demo's classifier is missing from the package: ${SHIPPED_CLASSIFIER}`,
        );
      }
      if (options.writeExample !== undefined) return example(io, options.writeExample);
      const { compete } = await import('./demo/compete.ts');
      await compete(io, options);
    });
}

async function example(io: Io, folder: string): Promise<void> {
  const { writeExample } = await import('./demo/example.ts');
  const { model, data, images } = await writeExample(folder);
  io.out(
    `Written: ${model} and ${count(images, 'image')} in ${data}\n\nTry:\n` +
      `  ${shellLine(['marnet-wrap', model, '--data', data, '--out', join(folder, 'merged.onnx')])}\n`,
  );
}
