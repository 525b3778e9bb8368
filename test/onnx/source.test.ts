import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSource } from '../../core/onnx/source.ts';

const SIZE = 300_000;

describe('a file that is read by position', () => {
  let folder: string;
  let file: string;
  const bytes = Uint8Array.from({ length: SIZE }, (_, i) => (i * 2654435761) >>> 24);

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-source-'));
    file = path.join(folder, 'model.onnx');
    writeFileSync(file, bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the bytes of any range, in whatever order ranges are asked for', () => {
    const offset = fc.oneof(fc.nat(SIZE), fc.integer({ min: SIZE - 30, max: SIZE }));
    const length = fc.oneof({ weight: 4, arbitrary: fc.nat(40) }, fc.nat(100_000));
    const jump = fc.record({ offset, length });
    // As a structure is gone through: many small reads that follow each other.
    const row = fc.tuple(offset, fc.array(fc.nat(40), { maxLength: 200 })).map(([start, lengths]) => {
      let at = start;
      return lengths.map((each) => {
        const read = { offset: at, length: each };
        at = Math.min(SIZE, at + each * 7);
        return read;
      });
    });
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            jump.map((each) => [each]),
            row,
          ),
          { maxLength: 20 },
        ),
        (rows) => {
          const source = fileSource(file);
          for (const { offset, length } of rows.flat())
            expect(
              Buffer.compare(source.bytes(offset, length), bytes.subarray(offset, offset + length)),
            ).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses to go on with a file that was changed', () => {
    const source = fileSource(file);
    source.bytes(0, 20);
    writeFileSync(file, bytes.subarray(0, SIZE - 1));
    expect(() => source.bytes(200_000, 20)).toThrow('was changed while it was being read');
    writeFileSync(file, bytes);
  });
});
