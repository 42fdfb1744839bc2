/** A moment within a text that is kept: `2026-11-26 20:07 UTC`. */
export function utcMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `text` with each such moment spelled as `spell` has it; one that is on no calendar stays as it is. */
export function spellMinutes(text: string, spell: (at: number) => string): string {
  return text.replace(/\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b/g, (told, day, minute) => {
    const at = Date.parse(`${day}T${minute}Z`);
    return Number.isNaN(at) ? told : spell(at);
  });
}
