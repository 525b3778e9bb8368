/** Tables looked up by the package and by clients, each against the definition. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookUp as inClients } from '../../../codegen/client/parts/look-up.ts';
import { lookUp } from '../../../core/data/pixels/kernel/look-up.ts';
import type { LookUp, Mirrored } from '../../../core/data/pixels/look-up.ts';

const side = fc.integer({ min: 1, max: 40 });

it.each([
  ['the package', lookUp],
  ['a client', inClients],
] as const)('%s gives the number of each byte its place', (_, look) => {
  const job = fc.record({
    width: side,
    height: side,
    flip: fc.boolean(),
    planar: fc.boolean(),
    sources: fc.constantFrom([0, 1, 2], [2, 1, 0]),
    offset: fc.nat(50),
  });
  fc.assert(
    fc.property(job, ({ width, height, flip, planar, sources, offset }) => {
      const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7919) >> 3);
      const image: Mirrored = { data, width, height, flip };
      const tables = sources.map((_, c) => Float32Array.from({ length: 256 }, (_, v) => v / 7 - c));
      const how: LookUp = { tables, sources, plane: planar ? width * height : 1, stride: planar ? 1 : 3 };
      const out = new Float32Array(offset + 3 * width * height + 5).fill(-99);
      look(image, how, out, offset);
      const expected = out.slice().fill(-99);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let c = 0; c < 3; c++) {
            const shown = flip ? width - 1 - x : x;
            const at = planar ? (c * height + y) * width + x : 3 * (y * width + x) + c;
            expected[offset + at] = tables[c]![data[3 * (y * width + shown) + sources[c]!]!]!;
          }
      expect(out).toEqual(expected);
    }),
  );
});
