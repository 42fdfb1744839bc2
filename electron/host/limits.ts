/**
 * How much and how fast a window, or whoever passes for one, may ask of a host: all of it stands here. Sizes in bytes,
 * times in milliseconds. A person with every screen open stays far below; a program that runs wild does not.
 */
import type { Rate } from './rate.ts';

interface Limits {
  /** One call. The largest input of an operation is a configuration of 1 MB; with JSON's escapes it may be longer. */
  callBytes: number;
  /** The exchange of a ticket for the token, which anybody may try. */
  ticketBytes: number;
  headerBytes: number;
  headers: number;
  /** From the first byte of a request to the end of its headers, and to the end of its body. */
  headersMs: number;
  requestMs: number;
  /** How often the two above are looked at. */
  sweepMs: number;
  /** Connections that have not shown the token; the oldest gives way to the next. */
  strangers: number;
  /** Requests on one connection that has not shown the token: a page with all its files, several times over. */
  strangerRate: Rate;
  /** Calls by all who have the token, who are the same person, or by one window of Electron. */
  callRate: Rate;
  /** How many of those calls may wait for their answer at the same time. */
  callsUnderWay: number;
  /** Windows that hear events. */
  windows: number;
  /** What one of them may leave unread; it reads everything again when it is back. */
  backlogBytes: number;
}

export const LIMITS: Readonly<Limits> = {
  callBytes: 4_000_000,
  ticketBytes: 1_000,
  headerBytes: 16_384,
  headers: 100,
  headersMs: 5_000,
  requestMs: 10_000,
  sweepMs: 1_000,
  strangers: 100,
  strangerRate: { perSecond: 50, burst: 500 },
  callRate: { perSecond: 200, burst: 1_000 },
  callsUnderWay: 200,
  windows: 100,
  backlogBytes: 4_000_000,
};
