import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import type { DeviceWish } from '../runtime/device/name.ts';
import { type Finish, newCommand } from './arguments/command.ts';
import { DEVICE_ABOUT, readDevice } from './arguments/device.ts';
import type { Io } from './output/io.ts';

/** `marnet-wrap matrix MODEL…` */
export function matrixCommand(io: Io, finish: Finish): Command {
  return newCommand(
    io,
    'matrix',
    'Tries with each model whatever this program does: reading, training in every way, writing, in both formats.',
    ['marnet-wrap matrix model.onnx', 'marnet-wrap matrix models/*.onnx --json > matrix.jsonl'],
  )
    .argument('<models...>', 'classifiers (ONNX, or TensorFlow.js)')
    .addOption(
      new Option('--engine <name>', 'who runs the training steps')
        .choices(['onnxruntime', 'tfjs'])
        .default('onnxruntime'),
    )
    .option('--device <name>', DEVICE_ABOUT, readDevice, 'cpu')
    .option('--json', 'print one JSON object a line for each model')
    .action(
      async (
        models: string[],
        options: {
          readonly engine: 'onnxruntime' | 'tfjs';
          readonly device: DeviceWish;
          readonly json?: boolean;
        },
      ) => {
        const { matrixRow } = await import('../wrap/matrix/matrix.ts');
        const { matrixTable } = await import('../wrap/matrix/table.ts');
        const { chooseDevice } = await import('../runtime/device/choose.ts');
        const { onnxChecker } = await import('../wrap/matrix/checker.ts');
        const folder = await mkdtemp(join(tmpdir(), 'marnet-matrix-'));
        try {
          const checker = onnxChecker((io.env.MARNET_ONNX_PYTHONS ?? 'python3').split(':'));
          const { device } = await chooseDevice(options.device);
          const runner = { engine: options.engine, device };
          const rows = [];
          for (const model of models) {
            const row = await matrixRow(model, model, { folder, checker, runner });
            rows.push({ ...row, reasons: {} });
            if (options.json) io.out(`${JSON.stringify(row)}\n`);
            for (const [stage, { result, note }] of Object.entries(row.cells))
              if (result === 'no') io.err(`${model}, ${stage}: ${note}\n`);
          }
          if (!options.json) io.out(`${matrixTable(rows)}\n`);
          const failed = rows.some(({ cells }) => Object.values(cells).some(({ result }) => result === 'no'));
          finish(failed ? EXIT.failed : EXIT.done);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
    );
}
