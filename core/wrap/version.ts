import { createRequire } from 'node:module';

/** This package's version; the package's own exports lead there from the sources and from the build alike. */
export const VERSION: string = (
  createRequire(import.meta.url)('marnet-wrap/package.json') as { version: string }
).version;
