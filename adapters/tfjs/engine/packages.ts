/** Packages of TensorFlow.js, none of which is this one's own: whoever wants the engine installs them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as converter from '@tensorflow/tfjs-converter';
import type * as core from '@tensorflow/tfjs-core';
import { MarnetError } from '../../../core/errors.ts';

export interface Tfjs {
  readonly core: typeof core;
  readonly converter: typeof converter;
}

/** Beside this package, then in the folder that the command was started in, which may be another project's. */
const places = (): NodeJS.Require[] =>
  [import.meta.url, join(process.cwd(), 'package.json')].map((place) => createRequire(place));

/** Where a package's file is; undefined where it is not installed. */
export function installedFile(specifier: string): string | undefined {
  for (const place of places()) {
    try {
      return place.resolve(specifier);
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

/**
 * What a package exports. All copies of tfjs-core share their backends and kernels, so that it does not matter which one
 * a package brings along.
 * @returns undefined where it is not installed. @throws what the package throws while it is loaded.
 */
export function loadPackage<T>(specifier: string): T | undefined {
  const file = installedFile(specifier);
  return file === undefined ? undefined : (createRequire(file)(file) as T);
}

/** @throws MarnetError 'runtime' where one of the two is missing. */
export function loadTfjs(): Tfjs {
  const loaded = loadPackage<typeof core>('@tensorflow/tfjs-core');
  const reader = loadPackage<typeof converter>('@tensorflow/tfjs-converter');
  if (!loaded || !reader)
    throw new MarnetError(
      'runtime',
      `the engine "tfjs" needs the package ${loaded ? '@tensorflow/tfjs-converter' : '@tensorflow/tfjs-core'}, which is not installed`,
      { hint: INSTALL },
    );
  // Else the cpu backend recommends another package on standard error.
  loaded.enableProdMode();
  return { core: loaded, converter: reader };
}

export const INSTALL =
  'Install TensorFlow.js: npm install @tensorflow/tfjs-core@4 @tensorflow/tfjs-converter@4 @tensorflow/tfjs-backend-wasm@4; or leave --engine out.';
