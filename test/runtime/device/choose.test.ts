import { describe, expect, it } from 'vitest';
import { MarnetError } from '../../../core/errors.ts';
import { checkFloat16, chooseDevice, type Surroundings } from '../../../core/runtime/device/choose.ts';
import { type Device, deviceProblem, parseDevice } from '../../../core/runtime/device/name.ts';
import { executionProviders, supportedKinds } from '../../../core/runtime/device/provider.ts';
import type { HalfTrial } from '../../../core/runtime/device/trial.ts';

/** What a trial says of float16. */
const HALVES: Readonly<Record<string, HalfTrial>> = {
  cuda: { works: true, step: 1, difference: 1e-3 },
  webgpu: { works: false, reason: 'its adapter lacks the feature shader-f16' },
};

/** Milliseconds of a larger step by device; an error for one that does not work, undefined for one that is hopeless. */
function machine(
  steps: Readonly<Record<string, number | string | undefined>>,
): Surroundings & { tried: string[] } {
  const tried: string[] = [];
  return {
    tried,
    hasGraphics: () => true,
    candidates: () => Object.keys(steps) as Device[],
    async tryDevice(device, large, half) {
      tried.push(device);
      const step = steps[device];
      if (typeof step === 'string') throw new MarnetError('device', step);
      const small = { forward: 1, step: 2 };
      return {
        device,
        difference: 0,
        small,
        smallOnCpu: small,
        large: large && step !== undefined ? { step, stepOnCpu: 100 } : undefined,
        onCpu: {},
        half: half ? HALVES[device] : undefined,
      };
    },
  };
}

describe('auto', () => {
  it('takes the fastest device that works, and says what the others do', async () => {
    const chosen = await chooseDevice('auto', machine({ cuda: 'no driver', webgpu: 8, dml: 20 }));
    expect(chosen.device).toBe('webgpu');
    expect(chosen.reason).toBe(
      'a trial step takes 8.0 ms; the CPU takes 100 ms; CUDA does not work ("marnet-wrap doctor" says why); DirectML takes 20 ms for a trial step',
    );
  });

  it('takes the CPU where the others are slower', async () => {
    expect(await chooseDevice('auto', machine({ cuda: 130, webgpu: undefined }))).toEqual({
      device: 'cpu',
      reason: 'CUDA takes 130 ms for a trial step; WebGPU is far slower',
    });
  });

  it('tries nothing where there is no graphics card', async () => {
    const here = { ...machine({ webgpu: 1 }), hasGraphics: () => false };
    expect(await chooseDevice('auto', here)).toEqual({
      device: 'cpu',
      reason: 'no graphics card is to be seen here',
    });
    expect(here.tried).toEqual([]);
  });
});

describe('a device that is named', () => {
  it('is tried, and its error is the end', async () => {
    const here = machine({ webgpu: 'no adapter' });
    await expect(chooseDevice('webgpu', here)).rejects.toMatchObject({
      code: 'device',
      message: 'no adapter',
    });
    expect(here.tried).toEqual(['webgpu']);
  });

  const absent = (['dml', 'coreml'] as const).find((kind) => !supportedKinds().includes(kind));
  if (!absent) console.log('skipped: onnxruntime-node has every device on this platform');
  it.skipIf(!absent)('is refused where onnxruntime-node cannot have it', async () => {
    await expect(chooseDevice(absent!)).rejects.toMatchObject({
      code: 'device',
      message: expect.stringContaining(`onnxruntime-node has no`),
      hint: expect.stringContaining('--device'),
    });
  });

  // A software driver would let it work.
  const driver = process.env.VK_ICD_FILENAMES;
  const reason = process.platform === 'linux' && !driver ? undefined : 'a Vulkan driver may be there';
  if (reason) console.log(`skipped: WebGPU without a driver, ${reason}`);
  it.skipIf(reason)('is tried in a process of its own', async () => {
    process.env.VK_ICD_FILENAMES = '/nowhere.json';
    try {
      await expect(chooseDevice('webgpu')).rejects.toMatchObject({
        code: 'device',
        message: expect.stringMatching(/^device "webgpu" cannot be used: /),
        hint: expect.stringContaining('Vulkan'),
      });
    } finally {
      delete process.env.VK_ICD_FILENAMES;
    }
  });
});

describe('float16', () => {
  it('is an error where a trial of the device fails, and slow on the CPU', async () => {
    const here = machine({ cuda: 1, webgpu: 1 });
    expect(await checkFloat16('cuda', here)).toBeUndefined();
    await expect(checkFloat16('webgpu', here)).rejects.toMatchObject({
      code: 'device',
      message: 'device "webgpu" does not compute in float16: its adapter lacks the feature shader-f16',
      hint: expect.stringContaining('--precision float32'),
    });
    expect(here.tried).toEqual(['cuda', 'webgpu']);
    expect(await checkFloat16('cpu', here)).toMatch(/^On the CPU, float16 is for trying it out/);
    expect(here.tried.length).toBe(2);
  });
});

describe('names', () => {
  it('are read with the number of a card where there can be several', () => {
    expect(parseDevice('cuda')).toEqual({ kind: 'cuda', id: 0 });
    expect(parseDevice('cuda:2')).toEqual({ kind: 'cuda', id: 2 });
    expect(parseDevice('dml:1')).toEqual({ kind: 'dml', id: 1 });
    for (const wrong of ['cpu:1', 'webgpu:0', 'cuda:', 'cuda:x', 'gpu', '', 'CUDA'])
      expect(parseDevice(wrong), wrong).toBeUndefined();
    expect(executionProviders('cuda:2')).toEqual([{ name: 'cuda', deviceId: 2 }, 'cpu']);
  });

  it.each([
    ['gpu', 'auto'],
    ['web-gpu', 'webgpu'],
    ['webgp', 'webgpu'],
    ['metal', 'webgpu'],
    ['CUDA:0', 'cuda'],
    ['directml', 'dml'],
  ])('"%s" was probably meant as %s', (typed, meant) => {
    expect(deviceProblem(typed)).toMatch(new RegExp(`did you mean ${meant}\\?$`));
  });
});
