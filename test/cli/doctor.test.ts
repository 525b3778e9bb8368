import { describe, expect, it } from 'vitest';
import { supportedKinds } from '../../core/runtime/device/provider.ts';
import { command } from './io.ts';

describe('doctor', () => {
  it('tries the CPU, and lists the engines', async () => {
    const { code, stdout, stderr } = await command('doctor', '--device', 'cpu', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { node, devices, engines } = JSON.parse(stdout);
    expect(node).toBe(process.version);
    expect(devices).toEqual([
      expect.objectContaining({ device: 'cpu', works: true, difference: 0, onCpu: {} }),
    ]);
    const { small, large } = devices[0];
    expect(devices[0].half).toMatchObject({ works: true, difference: expect.any(Number) });
    expect(devices[0].half.difference).toBeLessThan(3e-2);
    for (const milliseconds of [small.forward, small.step, large.step]) {
      expect(milliseconds).toBeGreaterThan(0);
    }
    expect(engines[0]).toMatchObject({ name: 'onnxruntime-node', version: expect.stringMatching(/^1\./) });
    expect(engines.map(({ name }: { name: string }) => name)).toContain('@tensorflow/tfjs-node-gpu');
  });

  const absent = (['dml', 'coreml'] as const).find((kind) => !supportedKinds().includes(kind));
  if (!absent) console.log('skipped: onnxruntime-node has every device on this platform');
  it.skipIf(!absent)(
    'ends with 1 where the device that was asked for does not work, and says what to do',
    async () => {
      const { code, stdout } = await command('doctor', '--device', absent!);
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /^cpu: {5}works\n {2}small network: forward [\d.]+ ms, training step [\d.]+ ms\n/,
      );
      expect(stdout).toMatch(
        /^ {2}float16: small network's training step [\d.]+ ms \(float32 [\d.]+ ms\), within /m,
      );
      expect(stdout).toMatch(new RegExp(`^${absent}: +does not work\\n.*onnxruntime-node has no`, 'm'));
    },
  );

  it('refuses what is no device', async () => {
    const typed = await command('doctor', '--device', 'gpu');
    expect([typed.code, typed.stderr]).toEqual([2, expect.stringContaining('did you mean auto?')]);
    expect((await command('doctor', '--device', 'auto')).code).toBe(2);
    const main = await command('model.onnx', '--data', 'photos', '--device', 'cuda0');
    expect([main.code, main.stderr]).toEqual([2, expect.stringContaining('did you mean cuda?')]);
  });
});
