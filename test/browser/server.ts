/** Files served on 127.0.0.1 as a static site would: a page, stock TensorFlow.js and a graph-model, or others. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

const distOf = (name: string): string =>
  join(dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`))), 'dist');

export interface Site {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * The page, the bundles and the wasm binaries by `/tf/NAME`, else files of the model's folder.
 * @param model folder of a graph-model
 * @param pixels what `/pixels` answers, as float32 in the machine's order of bytes
 */
export function serve(model: string, pixels: Float32Array): Promise<Site> {
  return serveFiles((path) => {
    const name = basename(path);
    if (path === '/') return fileURLToPath(new URL('page.html', import.meta.url));
    if (path === '/pixels') return Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    if (!path.startsWith('/tf/')) return join(model, name);
    return join(distOf(name === 'tf.min.js' ? '@tensorflow/tfjs' : '@tensorflow/tfjs-backend-wasm'), name);
  });
}

/** @param answer to a URL's path: that of a file, or bytes. */
export async function serveFiles(answer: (path: string) => string | Uint8Array): Promise<Site> {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url ?? '/', 'http://127.0.0.1');
    try {
      const found = answer(decodeURIComponent(pathname));
      const body = typeof found === 'string' ? await readFile(found) : found;
      const type = pathname === '/' ? '.html' : extname(pathname);
      response.writeHead(200, { 'content-type': TYPES[type] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
