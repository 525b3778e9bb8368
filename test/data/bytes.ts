/** Image files written byte by byte, so that what they hold is known without the library that reads them. */
import { deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

/** The checksum of PNG (CRC-32). */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly kind: 0 | 2 | 3 | 4 | 6;
  /** Packed samples of a row, as the format has them. */
  readonly row: (y: number) => Uint8Array;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

export function png({ width, height, bits, kind, row, palette, transparency }: PngOptions): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([bits, kind, 0, 0, 0], 8);
  const rows: Uint8Array[] = [];
  for (let y = 0; y < height; y++) rows.push(Uint8Array.of(0), row(y));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    ...(palette ? [chunk('PLTE', Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk('tRNS', Uint8Array.from(transparency))] : []),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 1 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** 16-bit samples, most significant byte first. */
export function words(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
}

/** A JPEG with an EXIF orientation, put in right after its first marker. */
export function oriented(jpeg: Buffer, orientation: number, littleEndian: boolean): Buffer {
  const tiff = Buffer.alloc(26);
  const u16 = (value: number, at: number) =>
    littleEndian ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    littleEndian ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(littleEndian ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(1, 8); // one entry: orientation, a SHORT
  u16(0x0112, 10);
  u16(3, 12);
  u32(1, 14);
  u16(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}

/** An uncompressed RGB TIFF of several pages, each of one colour. @param colours 16-bit values. */
export function tiff16(size: number, colours: readonly (readonly [number, number, number])[]): Buffer {
  const pixels = size * size * 6;
  const entries = 10;
  const directory = 2 + entries * 12 + 4;
  const page = directory + 6 + pixels;
  const out = Buffer.alloc(8 + colours.length * page);
  out.write('II', 0, 'latin1');
  out.writeUInt16LE(42, 2);
  out.writeUInt32LE(8, 4);
  colours.forEach((colour, i) => {
    const start = 8 + i * page;
    const [bits, strip] = [start + directory, start + directory + 6];
    out.writeUInt16LE(entries, start);
    const fields: [number, number, number, number][] = [
      [256, 3, 1, size],
      [257, 3, 1, size],
      [258, 3, 3, bits],
      [259, 3, 1, 1],
      [262, 3, 1, 2],
      [273, 4, 1, strip],
      [277, 3, 1, 3],
      [278, 3, 1, size],
      [279, 4, 1, pixels],
      [284, 3, 1, 1],
    ];
    fields.forEach(([tag, type, count, value], k) => {
      const at = start + 2 + k * 12;
      out.writeUInt16LE(tag, at);
      out.writeUInt16LE(type, at + 2);
      out.writeUInt32LE(count, at + 4);
      out.writeUInt32LE(value, at + 8);
    });
    out.writeUInt32LE(i + 1 < colours.length ? start + page : 0, start + 2 + entries * 12);
    for (let k = 0; k < 3; k++) out.writeUInt16LE(16, bits + 2 * k);
    for (let k = 0; k < size * size * 3; k++) out.writeUInt16LE(colour[k % 3]!, strip + 2 * k);
  });
  return out;
}
