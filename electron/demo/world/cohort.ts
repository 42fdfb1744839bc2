/**
 * Where a conversation falls in a variant split, as Unleash computes it: MurmurHash3 (x86, 32 bit) of
 * `group:id` with Unleash's seed for variants. The bots themselves ask the real client; this is for
 * the past, which no client can be asked about, and for dealing conversations evenly over a split.
 */
const VARIANT_SEED = 86028157;

/** 1–1000: a variant gets the conversation when the running sum of weights reaches this. */
export function variantPoint(group: string, id: string): number {
  return (murmur3(`${group}:${id}`, VARIANT_SEED) % 1000) + 1;
}

/** ASCII only, which groups and ids are. */
function murmur3(text: string, seed: number): number {
  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));
  const scramble = (k: number) => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  const byte = (i: number) => text.charCodeAt(i) & 0xff;
  let hash = seed;
  const whole = text.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    hash ^= scramble(byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24));
    hash = (Math.imul(rotate(hash, 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = text.length - 1; i >= whole; i--) tail = (tail << 8) | byte(i);
  if (text.length > whole) hash ^= scramble(tail);
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
