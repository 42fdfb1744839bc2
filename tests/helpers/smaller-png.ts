/** Makes screenshots smaller: without losing a pixel, or with 256 colours where that is not enough. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;

/**
 * A picture of text compresses best without PNG's row filters, which are made for photographs: about a fifth
 * smaller than what browsers write. What is still above `most` bytes is brought down to 256 colours, which in a picture
 * of text changes shades that no eye tells apart. Answers the given bytes where nothing helps, or where the picture is
 * not an 8-bit RGB or RGBA one without interlacing. Format: https://www.w3.org/TR/png/
 */
export function smallerPng(png: Buffer, most = Number.POSITIVE_INFINITY): Buffer {
  const header = chunk(png, 'IHDR')[0];
  if (!header) return png;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, interlaced] = [header[8], header[9], header[12]];
  const bytesPerPixel = colour === 6 ? 4 : 3;
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlaced !== 0) return png;
  const filtered = inflateSync(Buffer.concat(chunk(png, 'IDAT')));
  const plain = unfiltered(filtered, width * bytesPerPixel, height, bytesPerPixel);
  const lossless = assembled([
    ['IHDR', header],
    ['IDAT', packed(plain)],
  ]);
  const best = lossless.length < png.length ? lossless : png;
  if (best.length <= most) return best;
  const { palette, rows } = paletted(plain, width, height, bytesPerPixel);
  const indexed = Buffer.from(header);
  indexed[9] = 3;
  const smaller = assembled([
    ['IHDR', indexed],
    ['PLTE', palette],
    ['IDAT', packed(rows)],
  ]);
  return smaller.length < best.length ? smaller : best;
}

function packed(rows: Buffer): Buffer {
  return deflateSync(rows, { level: 9, memLevel: 9 });
}

function assembled(chunks: readonly [type: string, data: Buffer][]): Buffer {
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...chunks.map(([type, data]) => written(type, data)),
    written('IEND', Buffer.alloc(0)),
  ]);
}

/** The 256 commonest colours, counted in steps of eight, and each pixel as the nearest of them. */
function paletted(plain: Buffer, width: number, height: number, bytesPerPixel: number) {
  const bucketAt = (at: number) =>
    (((plain[at] ?? 0) >> 3) << 10) |
    (((plain[at + 1] ?? 0) >> 3) << 5) |
    ((plain[at + 2] ?? 0) >> 3);
  const pixel = (x: number, y: number) => y * (width * bytesPerPixel + 1) + 1 + x * bytesPerPixel;
  const buckets = new Map<number, { count: number; sum: [number, number, number] }>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = pixel(x, y);
      const key = bucketAt(at);
      const bucket = buckets.get(key) ?? { count: 0, sum: [0, 0, 0] };
      bucket.count++;
      for (const part of [0, 1, 2] as const) bucket.sum[part] += plain[at + part] ?? 0;
      buckets.set(key, bucket);
    }
  }
  const meanOf = ({ count, sum }: { count: number; sum: [number, number, number] }) =>
    sum.map((one) => Math.round(one / count));
  const colours = [...buckets.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, 256)
    .map(meanOf);
  const nearest = new Map<number, number>();
  for (const [key, bucket] of buckets) {
    const mean = meanOf(bucket);
    const distances = colours.map((colour) =>
      colour.reduce((sum, value, part) => sum + (value - (mean[part] ?? 0)) ** 2, 0),
    );
    nearest.set(key, distances.indexOf(Math.min(...distances)));
  }
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = nearest.get(bucketAt(pixel(x, y))) ?? 0;
    }
  }
  return { palette: Buffer.from(colours.flat()), rows };
}

/** The contents of all chunks of a type, in order. */
function chunk(png: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = SIGNATURE_BYTES; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === type) {
      found.push(png.subarray(at + 8, at + 8 + length));
    }
    at += 12 + length;
  }
  return found;
}

function written(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Rows with a zero (no filter) before each. */
function unfiltered(rows: Buffer, rowBytes: number, height: number, bytesPerPixel: number): Buffer {
  const out = Buffer.alloc(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1) + 1;
    const filter = rows[start - 1];
    for (let x = 0; x < rowBytes; x++) {
      const at = start + x;
      const left = x >= bytesPerPixel ? (out[at - bytesPerPixel] ?? 0) : 0;
      const up = y > 0 ? (out[at - rowBytes - 1] ?? 0) : 0;
      const upLeft =
        x >= bytesPerPixel && y > 0 ? (out[at - rowBytes - 1 - bytesPerPixel] ?? 0) : 0;
      out[at] = (rows[at] ?? 0) + predicted(filter, left, up, upLeft);
    }
  }
  return out;
}

function predicted(filter: number | undefined, left: number, up: number, upLeft: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const estimate = left + up - upLeft;
  const a = Math.abs(estimate - left);
  const b = Math.abs(estimate - up);
  const c = Math.abs(estimate - upLeft);
  if (a <= b && a <= c) return left;
  return b <= c ? up : upLeft;
}
