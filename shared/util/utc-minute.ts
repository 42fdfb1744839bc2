/**
 * A moment within a text that is kept: `2026-11-26 20:07 UTC`. Who shows such a text beside local times is given the
 * moments as well, and spells them for the person who reads.
 */
export function utcMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
