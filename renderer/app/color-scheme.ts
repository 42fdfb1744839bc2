/** Dark, light, or as the system has it; kept in this browser. */
export type Scheme = 'dark' | 'light';
const KEY = 'nightdesk.scheme';

export function readScheme(): Scheme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'dark';
}

/** Before the first paint, in place of Mantine's inline script, which a strict policy forbids. */
export function startColorScheme(): void {
  document.documentElement.setAttribute('data-mantine-color-scheme', readScheme());
}

export function keepScheme(scheme: Scheme): void {
  localStorage.setItem(KEY, scheme);
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
}
