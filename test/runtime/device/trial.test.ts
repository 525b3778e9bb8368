import { describe, expect, it } from 'vitest';
import { HALF_TOLERANCE, tryDevice } from '../../../core/runtime/device/trial.ts';
import { useSoftwareVulkan } from './vulkan.ts';

const missing = useSoftwareVulkan();
if (missing) console.log(`skipped: float16 on WebGPU, ${missing}`);

describe('a trial of float16', () => {
  it('runs on the CPU, near float32', async () => {
    const { half } = await tryDevice('cpu', false, true);
    expect(half).toMatchObject({ works: true });
    expect((half as { readonly difference: number }).difference).toBeLessThan(HALF_TOLERANCE);
  });

  it('is left out unless asked for', async () => {
    expect((await tryDevice('cpu', false, false)).half).toBeUndefined();
  });

  it.skipIf(missing)('says whether the adapter of WebGPU has it', { timeout: 120_000 }, async () => {
    const { difference, half } = await tryDevice('webgpu', false, true);
    expect(difference).toBeLessThan(1e-3);
    // SwiftShader has none; another software driver may.
    if (half?.works) expect(half.difference).toBeLessThan(HALF_TOLERANCE);
    else expect(half).toEqual({ works: false, reason: 'its adapter lacks the feature shader-f16' });
  });
});
