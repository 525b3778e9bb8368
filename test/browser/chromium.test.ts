import { afterEach, expect, it, vi } from 'vitest';
import { findChromium } from './chromium.ts';

afterEach(() => vi.unstubAllEnvs());

it('says so where CHROMIUM names no file', () => {
  vi.stubEnv('CHROMIUM', '/no/such/chromium');
  expect(() => findChromium()).toThrow('CHROMIUM is "/no/such/chromium", but there is no such file');
});
