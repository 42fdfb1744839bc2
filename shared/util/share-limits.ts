/** How much is shared at once; apart from the schemas, so that the window has them without zod. */

/** Characters of all lines of a bundle together, of one line; conversations of one bundle. */
export const BUNDLE_LIMITS = { chars: 32_000_000, line: 4_000_000, conversations: 200 } as const;

/** Characters of one piece: with JSON's escapes and three bytes a character it stays below what a host takes. */
export const PIECE_CHARS = 500_000;
