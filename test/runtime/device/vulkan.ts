/**
 * A Vulkan driver that computes on the CPU, for WebGPU without a graphics card: SwiftShader as Chromium's package has it,
 * or the one that VK_ICD_FILENAMES names.
 */
import { existsSync } from 'node:fs';

const SWIFTSHADER = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];

/**
 * Makes the driver that of this process, before its first session on WebGPU.
 * @returns why there is none, for a skipped test to print; undefined where there is.
 */
export function useSoftwareVulkan(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `onnxruntime-node has no WebGPU with a software driver on ${process.platform} ${process.arch}`;
  const given = process.env.VK_ICD_FILENAMES;
  if (given !== undefined && existsSync(given)) return undefined;
  const found = SWIFTSHADER.find((path) => existsSync(path));
  if (!found)
    return 'no software Vulkan driver: install chromium-common and libvulkan1 (Debian), or name one in VK_ICD_FILENAMES';
  process.env.VK_ICD_FILENAMES = found;
  return undefined;
}
