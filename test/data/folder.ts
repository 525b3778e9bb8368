/** Real files in a temporary folder, for the tests of this room. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished } from 'vitest';
import { MarnetError } from '../../core/errors.ts';

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marnet-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function put(folder: string, name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

export type Color = readonly [number, number, number];

/** A picture in raw RGB whose pixel at (x, y) is what `paint` says. */
export function painted(width: number, height: number, paint: (x: number, y: number) => Color) {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(paint(x, y), (y * width + x) * 3);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

let plainPng: Promise<Buffer> | undefined;

/** The bytes of a small valid PNG. */
export function smallPng(): Promise<Buffer> {
  plainPng ??= painted(4, 4, () => [10, 20, 30])
    .png()
    .toBuffer();
  return plainPng;
}

/** Puts the small PNG at each of these names. */
export async function putImages(folder: string, ...names: string[]): Promise<void> {
  const bytes = await smallPng();
  for (const name of names) put(folder, name, bytes);
}

/** Awaits a failure, checks its code and that its message has every one of these parts. */
export async function expectFailure(
  action: Promise<unknown> | (() => unknown),
  code: string,
  ...parts: string[]
): Promise<MarnetError> {
  let error: unknown;
  try {
    await (typeof action === 'function' ? action() : action);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(MarnetError);
  const failure = error as MarnetError;
  expect(failure.code).toBe(code);
  for (const part of parts) expect(failure.message).toContain(part);
  expect(failure.hint ?? '').not.toBe('');
  return failure;
}
