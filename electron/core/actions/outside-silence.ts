/** A silence that is made, and one that is ended: each is the other's way back. */
import type { Clock } from '#core/deps.ts';
import type { SilenceControl } from '#core/sources/connector.ts';
import type { Alert, Matcher, Silence } from '#shared/model/alert.ts';
import type { EndSilenceChange, SilenceChange } from '#shared/model/planned-change.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import type { Look, Occasion, Outside, Served } from './outside.ts';
import { seconds } from './proof.ts';

/** Alert services keep times to the millisecond or coarser. */
const SAME_TIME_MS = 1_000;

interface Quiet {
  matchers: readonly Matcher[];
  endsAt: number;
}

export function outsideSilence(
  control: SilenceControl,
  change: SilenceChange,
  occasion: Occasion,
  clock: Clock,
): Outside {
  const comment = commentOf(occasion);
  const mine = (silence: Silence, made: string | null) =>
    made === null
      ? silence.comment === comment && sameMatchers(silence.matchers, change.matchers)
      : silence.id === made;
  return {
    source: change.source,

    async send(ready, signal) {
      const standing = (await control.list(signal)).find(
        (one) => one.state === 'active' && keepsQuiet(one, change),
      );
      await ready();
      if (standing !== undefined) {
        const who = standing.by || 'somebody';
        return {
          already: `already silenced by ${who}: ${standing.comment}`,
          made: standing.id,
          text: '',
        };
      }
      const { matchers, endsAt } = change;
      const made = await control.create({ matchers, endsAt, by: occasion.by, comment }, signal);
      return { already: null, made, text: 'journaled before it left' };
    },

    async look(made, signal) {
      const found = (await control.list(signal)).filter((one) => mine(one, made) && holds(one));
      const [silence] = found;
      if (silence === undefined) return lookOf('before', null);
      return lookOf(keepsQuiet(silence, change) ? 'after' : 'other', silence);
    },

    served: (made, signal) => held(control, change, made, true, clock.now(), signal),

    async takeBack(made, signal) {
      const found = (await control.list(signal)).filter((one) => mine(one, made) && holds(one));
      for (const { id } of found) await control.expire(id, signal);
    },
  };

  function lookOf(is: Look['is'], present: Silence | null): Look {
    const lines =
      is === 'other' && present !== null
        ? [
            { sign: '-' as const, text: `until ${utcMinute(change.endsAt)}` },
            { sign: '+' as const, text: `until ${utcMinute(present.endsAt)}` },
          ]
        : [];
    return { is, spelled: canonicalJson(present), present, lines, made: present?.id ?? null };
  }

  /** One whose end has come by itself still is what was asked for. */
  function holds(silence: Silence): boolean {
    return silence.state !== 'expired' || silence.endsAt >= Math.min(change.endsAt, clock.now());
  }
}

export function outsideEndSilence(
  control: SilenceControl,
  change: EndSilenceChange,
  occasion: Occasion,
  clock: Clock,
): Outside {
  const standing = async (signal: AbortSignal) =>
    (await control.list(signal)).find((one) => one.state !== 'expired' && isIt(one));
  const isIt = (one: Silence) =>
    one.id === change.silence || (one.comment === commentOf(occasion) && equal(one, change));
  return {
    source: change.source,

    async send(ready, signal) {
      const found = await standing(signal);
      await ready();
      if (found === undefined) {
        return {
          already: 'the silence had already ended; nothing was sent',
          made: null,
          text: '',
        };
      }
      await control.expire(found.id, signal);
      return { already: null, made: null, text: 'journaled before it left' };
    },

    async look(_made, signal) {
      const found = await standing(signal);
      const is = found === undefined ? 'after' : 'before';
      return { is, spelled: is, present: found ?? null, lines: [], made: null };
    },

    served: (_made, signal) => held(control, change, change.silence, false, clock.now(), signal),

    async takeBack(_made, signal) {
      if (change.endsAt <= clock.now() || (await standing(signal)) !== undefined) return;
      const { matchers, endsAt } = change;
      await control.create(
        { matchers, endsAt, by: occasion.by, comment: commentOf(occasion) },
        signal,
      );
    },
  };
}

/** The action's id makes it recognisable when the answer that named it got lost. */
function commentOf({ reason, action }: Occasion): string {
  return `${reason} (Nightdesk ${action})`;
}

/** Whether the alerts that it matches show it, as whoever is paged would see. */
async function held(
  control: SilenceControl,
  change: SilenceChange | EndSilenceChange,
  silence: string | null,
  wanted: boolean,
  now: number,
  signal: AbortSignal,
): Promise<Served> {
  const alerts = (await control.alerts(signal)).filter((alert) => fits(change.matchers, alert));
  if (alerts.length === 0) return { skip: 'no alert that it matches is there now' };
  const quiet = alerts.filter((alert) => silence !== null && alert.silencedBy.includes(silence));
  const count = wanted ? quiet.length : alerts.length - quiet.length;
  const word = wanted ? 'suppressed by this silence' : 'no longer held by this silence';
  const rest = seconds(Math.max(0, change.endsAt - now));
  return {
    proven: count === alerts.length,
    text: `${count} of ${alerts.length} alert${alerts.length === 1 ? '' : 's'} ${word}${wanted ? `, for ${rest} more` : ''}`,
    data: alerts.map(({ fingerprint, state, silencedBy }) => ({ fingerprint, state, silencedBy })),
  };
}

function fits(matchers: readonly Matcher[], { labels }: Alert): boolean {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const own = labels[name] ?? '';
    const hit = isRegex ? new RegExp(`^(?:${value})$`).test(own) : own === value;
    return hit === isEqual;
  });
}

/** True when it keeps quiet what is asked for, for at least as long: somebody else's may be for longer. */
function keepsQuiet(silence: Silence, wanted: Quiet): boolean {
  return (
    sameMatchers(silence.matchers, wanted.matchers) &&
    silence.endsAt >= wanted.endsAt - SAME_TIME_MS
  );
}

function equal(silence: Silence, wanted: Quiet): boolean {
  return (
    sameMatchers(silence.matchers, wanted.matchers) &&
    Math.abs(silence.endsAt - wanted.endsAt) <= SAME_TIME_MS
  );
}

export function sameMatchers(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  const text = (matchers: readonly Matcher[]) =>
    canonicalJson(
      matchers
        .map(({ name, value, isRegex, isEqual }) =>
          canonicalJson({ name, value, isRegex, isEqual }),
        )
        .sort(),
    );
  return text(a) === text(b);
}
