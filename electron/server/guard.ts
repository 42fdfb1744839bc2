import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, in characters that are safe in an address and as a WebSocket subprotocol. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in a time that tells nothing about where the two differ. */
export function tokenFits(given: string | undefined | null, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(token)) && token !== '';
}

const TICKET_MS = 60_000;

/** Keys that are good once and not for long, to be exchanged for the token. */
export interface Tickets {
  issue(): string;
  /** True the first time, within its minute. */
  redeem(ticket: unknown): boolean;
}

/**
 * The default browser is started with an address on its command line, which every user of the machine can
 * read for as long as it runs. The token must not stand there; a ticket that is used up may.
 */
export function createTickets(now: () => number = Date.now): Tickets {
  const open = new Map<string, number>();
  return {
    issue() {
      const ticket = newToken();
      open.set(ticket, now() + TICKET_MS);
      return ticket;
    },
    redeem(ticket) {
      if (typeof ticket !== 'string') return false;
      const until = open.get(ticket);
      open.delete(ticket);
      return until !== undefined && now() <= until;
    },
  };
}

/** What a request says of itself, as it arrived. */
export type Asked = Readonly<Record<'host' | 'origin', string | undefined>> &
  Partial<Readonly<Record<'site' | 'mode' | 'dest', string | undefined>>>;

export interface Guard {
  /** Names under which the own server is asked for: anything else is DNS rebinding. */
  hostAllowed(host: string | undefined): boolean;
  /** Requests of other sites carry their origin; programs send none. */
  originAllowed(origin: string | undefined): boolean;
  /** Why a request is refused, or null. `linked`: a page that a link of another site may lead to. */
  refuse(asked: Asked, linked?: boolean): string | null;
}

const OTHER_SITE = 'Another site may not call the console.';

/** `devOrigins`: where vite serves the page while somebody works on it. */
export function createGuard(port: number, devOrigins: readonly string[] = []): Guard {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const origins = new Set([...[...hosts].map((host) => `http://${host}`), ...devOrigins]);
  const guard: Guard = {
    hostAllowed: (host) => host !== undefined && hosts.has(host.toLowerCase()),
    originAllowed: (origin) => origin === undefined || origins.has(origin.toLowerCase()),
    refuse({ host, origin, site, mode, dest }, linked = false) {
      if (!guard.hostAllowed(host)) return 'This server answers to 127.0.0.1 and localhost only.';
      if (!guard.originAllowed(origin)) return OTHER_SITE;
      // Browsers say who asks and what for: another port of this machine is `same-site`, and no page of ours.
      if (site === undefined || site === 'same-origin' || site === 'none') return null;
      return linked && mode === 'navigate' && dest === 'document' ? null : OTHER_SITE;
    },
  };
  return guard;
}
