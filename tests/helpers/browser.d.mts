/** The executable of a browser that is on this machine, or null. `NIGHTDESK_BROWSER` names another one. */
export function findBrowser(): string | null;
/** Finds a browser, or gets one: Debian's as root, else playwright's. Null after one line that says why. */
export function getBrowser(): string | null;
