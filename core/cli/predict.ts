import type { Command } from 'commander';
import { EXIT, MarnetError } from '../errors.ts';
import type { DeviceWish } from '../runtime/device/name.ts';
import { type Finish, newCommand } from './arguments/command.ts';
import { DEVICE_ABOUT, readDevice } from './arguments/device.ts';
import { PREPROCESS_ABOUT, preprocessFor } from './arguments/preprocess.ts';
import { countOf } from './arguments/whole.ts';
import { preprocessLine } from './output/describe.ts';
import type { Io } from './output/io.ts';
import { percent } from './output/numbers.ts';

interface Options {
  readonly top: number;
  readonly preprocess?: string;
  readonly device: DeviceWish;
  readonly json?: boolean;
}

/** `marnet-wrap predict MODEL IMAGE…` */
export function predictCommand(io: Io, finish: Finish): Command {
  return newCommand(io, 'predict', 'Names the most likely classes of images.', [
    'marnet-wrap predict merged.onnx photo.jpg',
    'marnet-wrap predict merged.onnx photos/*.jpg --top 1 --json',
  ])
    .argument('<model>', 'a classifier (ONNX, or TensorFlow.js), merged or not')
    .argument('<images...>', 'image files')
    .option('--top <n>', 'classes to name of each image', countOf('--top'), 3)
    .option('--preprocess <spec>', PREPROCESS_ABOUT)
    .option('--device <name>', DEVICE_ABOUT, readDevice, 'cpu')
    .option('--json', 'one JSON object a line for each image')
    .action(async (path: string, images: string[], options: Options) => {
      const { loadModel, predictImages } = await import('../index.ts');
      const model = await loadModel(path);
      const wanted =
        options.preprocess === undefined ? undefined : await preprocessFor(model, options.preprocess);
      const { resolvePreprocess } = await import('../wrap/preprocess/resolve.ts');
      const resolved = resolvePreprocess(model, wanted);
      io.err(`${preprocessLine(resolved)}\n`);
      const { preprocess } = resolved;
      const wish = { top: options.top, device: options.device, preprocess };
      let failed = 0;
      for await (const prediction of predictImages(model, images, wish)) {
        if ('error' in prediction) {
          failed++;
          const { error } = prediction;
          const message = error instanceof Error ? error.message : String(error);
          if (options.json) io.out(`${JSON.stringify({ file: prediction.file, error: message })}\n`);
          io.err(`error: ${message}\n`);
          if (error instanceof MarnetError && error.hint) io.err(`${error.hint}\n`);
        } else if (options.json) {
          io.out(`${JSON.stringify(prediction)}\n`);
        } else {
          const named = prediction.top.map(({ label, probability }) => `${label} ${percent(probability)}`);
          io.out(`${prediction.file}: ${named.join(', ')}\n`);
        }
      }
      finish(failed > 0 ? EXIT.failed : EXIT.done);
    });
}
