/** Models at an address, served by this process. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTfjs } from '../../../../adapters/tfjs/read/index.ts';

let server: Server;
let base = '';
let cache = '';
let requests: string[] = [];
/** What is served, by path; a function never ends its answer. */
let content: Record<string, Uint8Array | string | 'silence'> = {};

beforeEach(async () => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'marnet-tfjs-cache-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url!);
    const body = content[request.url!.split('?')[0]!];
    if (body === undefined) response.writeHead(404).end();
    else if (body === 'silence') response.write('{');
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(cache, { recursive: true, force: true });
});

const weights = [{ name: 'w', shape: [3], dtype: 'float32' }];
const model = (more: object = {}): string =>
  JSON.stringify({
    modelTopology: { node: [] },
    weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights }],
    ...more,
  });
const bytes = new Uint8Array(Float32Array.of(1, 2, 3).buffer);

describe('a model at an address', () => {
  beforeEach(() => {
    content = { '/m/model.json': model(), '/m/a.bin': bytes.subarray(0, 5), '/m/b.bin': bytes.subarray(5) };
  });

  it('is copied to the cache once, with what follows "?"', async () => {
    const address = `${base}/m/model.json?key=1`;
    const read = await readTfjs(address, { cache });
    expect(read.weights.get('w')!.data).toEqual(Float32Array.of(1, 2, 3));
    expect(requests).toEqual(['/m/model.json?key=1', '/m/a.bin?key=1', '/m/b.bin?key=1']);
    expect(read.files.every((file) => file.startsWith(cache))).toBe(true);
    await readTfjs(address, { cache });
    expect(requests.slice(3)).toEqual(['/m/model.json?key=1']);
  });

  it('is fetched anew when its model.json changed, and by its folder', async () => {
    await readTfjs(`${base}/m/`, { cache });
    content['/m/model.json'] = model({ generatedBy: 'another' });
    content['/m/b.bin'] = new Uint8Array(7);
    const { weights: changed } = await readTfjs(`${base}/m/`, { cache });
    expect(requests).toHaveLength(6);
    expect(changed.get('w')!.data[2]).toBe(0);
  });

  it('is given up with the address and the reason', async () => {
    const fail = (address: string, options = {}) => readTfjs(address, { cache, ...options });
    await expect(fail(`${base}/nowhere.json`)).rejects.toMatchObject({
      code: 'not-a-model',
      message: `cannot fetch ${base}/nowhere.json: the server answers 404 Not Found`,
    });
    content['/slow.json'] = 'silence';
    await expect(fail(`${base}/slow.json`, { patience: 100 })).rejects.toMatchObject({
      message: expect.stringContaining('no answer for 0.1 s'),
    });
    await expect(fail(`${base}/m/model.json`, { largest: 11 })).rejects.toMatchObject({
      code: 'external-data',
    });
    content['/m/b.bin'] = new Uint8Array(1000);
    await expect(fail(`${base}/m/model.json`)).rejects.toMatchObject({
      code: 'external-data',
      message: expect.stringContaining('b.bin has more than the 7 bytes expected'),
    });
    delete content['/m/b.bin'];
    await expect(fail(`${base}/m/model.json`)).rejects.toMatchObject({ code: 'external-data' });
    // Nothing half-fetched is taken for a model later.
    expect(readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('.json'))).toEqual(
      [],
    );
  });
});
