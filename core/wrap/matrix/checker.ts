import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SCRIPT = `
import sys, onnx
from onnx import checker, defs
model = onnx.load(sys.argv[1])
newest = max(o.version for o in model.opset_import if o.domain in ('', 'ai.onnx'))
if newest > defs.onnx_opset_version() or model.ir_version > onnx.IR_VERSION:
    print('too new for onnx ' + onnx.__version__); sys.exit(3)
checker.check_model(sys.argv[1], full_check=True)
`;

/** Says undefined where ONNX's own checker accepts the file, else why not; `skipped` where no checker can say. */
export type Checker = (file: string) => Promise<{ readonly skipped?: string; readonly refused?: string }>;

/**
 * ONNX's checker in Python. @param pythons interpreters to try, the last first; the first that has onnx and knows the
 * model's operator set judges.
 */
export function onnxChecker(pythons: readonly string[]): Checker {
  return async (file) => {
    let why = 'no Python with onnx';
    for (const python of [...pythons].reverse()) {
      try {
        await run(python, ['-c', SCRIPT, file]);
        return {};
      } catch (error) {
        const { code, stdout, stderr } = error as {
          code?: number | string;
          stdout?: string;
          stderr?: string;
        };
        if (code === 3) why = (stdout ?? '').trim();
        else if (code !== 'ENOENT' && !/No module named 'onnx'/.test(stderr ?? ''))
          return { refused: (stderr ?? '').trim().split('\n').at(-1) ?? 'refused' };
      }
    }
    return { skipped: why };
  };
}
