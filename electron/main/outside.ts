const MAX_LENGTH = 2000;

/**
 * An address of the outside as a browser may be given it: a web page, without a name and a password in it (they pass
 * for the host: `https://bank.example@evil.example`). Null for anything else; `file:`, `smb:` and the schemes of other
 * programs would let a text on the screen start something on this machine.
 */
export function outsideAddress(text: string): URL | null {
  if (text.length > MAX_LENGTH) return null;
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.username === '' && url.password === '' ? url : null;
}
