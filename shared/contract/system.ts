import { z } from 'zod';
import { Timestamp } from '../model/basics.ts';
import { Config, ServiceConfig, SourceConfig } from '../model/config.ts';
import { MaskingState } from '../model/masking.ts';
import { ConfigProblem, Session } from '../model/session.ts';
import { CheckReport, SetAsideCache, SourceStatus } from '../model/source.ts';
import { mutation, query } from './operation.ts';

const Sources = z.object({
  sources: z.array(SourceStatus),
  /** Newest first. */
  setAside: z.array(SetAsideCache),
});

export const systemContract = {
  'sources.list': query(z.strictObject({}), Sources),
  /** Asks the source the questions a set-up must pass; changes nothing. */
  'sources.check': query(
    z.strictObject({ id: z.string() }),
    z.object({ report: CheckReport }),
    'responder',
  ),
  /** Pulls now; without `id`, every source. Answers when the pull has ended. */
  'sources.sync': mutation(z.strictObject({ id: z.string().optional() }), Sources, 'viewer'),
  'sources.save': mutation(z.strictObject({ source: SourceConfig }), Sources, 'admin'),
  'sources.remove': mutation(z.strictObject({ id: z.string() }), Sources, 'admin'),
  'settings.read': query(
    z.strictObject({}),
    z.object({
      /** Null while the configuration cannot be used. */
      config: Config.nullable(),
      services: z.array(ServiceConfig),
      path: z.string().nullable(),
      /** The file as it is now, to be edited; null when there is none or it cannot be read. */
      yaml: z.string().nullable(),
      problems: z.array(ConfigProblem),
      masking: MaskingState,
      /** Names of secrets the configuration asks for, and whether one was found. Never their values. */
      secrets: z.array(
        z.object({ name: z.string(), found: z.enum(['keychain', 'environment', 'missing']) }),
      ),
    }),
  ),
  /**
   * Checks the text and, when it can be used, writes it as the whole configuration file and starts over with it.
   * `replaces`: what the file held when it was read; refused with `conflict` when it holds something else by now.
   */
  'settings.save': mutation(
    z.strictObject({
      yaml: z.string().max(1_000_000),
      replaces: z.string().max(1_000_000).optional(),
    }),
    z.object({ problems: z.array(ConfigProblem), saved: z.boolean() }),
    'admin',
  ),
  'settings.saveSecret': mutation(
    z.strictObject({ name: z.string(), value: z.string().min(1).max(10_000) }),
    z.object({ stored: z.enum(['keychain', 'unavailable']) }),
    'admin',
  ),
  'session.read': query(z.strictObject({}), Session),
  /** Begins a sign-in at the provider. `address` is to be opened in a browser; null when the host has opened it. */
  'session.signIn': mutation(
    z.strictObject({}),
    z.object({ address: z.string().nullable() }),
    'viewer',
  ),
  /** `address`: where the browser ends the provider's own session; null when there is no such place. */
  'session.signOut': mutation(
    z.strictObject({}),
    z.object({ address: z.string().nullable() }),
    'viewer',
  ),
  'session.unlock': mutation(
    z.strictObject({ environment: z.string(), locked: z.boolean().default(false) }),
    z.object({ unlockedUntil: Timestamp.nullable() }),
    'responder',
  ),
};
