// Compiles core/ and adapters/ to dist/ and copies the demo's classifier beside them, makes the command executable.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
copyFileSync('core/cli/demo/classifier.onnx', 'dist/core/cli/demo/classifier.onnx');
chmodSync('dist/core/cli/main.js', 0o755);
