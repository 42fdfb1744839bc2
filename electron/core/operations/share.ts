/** Conversations out of the console, and those of another console in. */
import type { CallContext } from '#core/deps.ts';
import { EvaluationSets } from '#core/share/evaluation.ts';
import type { Gathered, SharedConversation } from '#core/share/gather.ts';
import { Inbox, Outbox } from '#core/share/held.ts';
import { BundleWriter } from '#core/share/lines.ts';
import { channelMarkdown } from '#core/share/markdown.ts';
import { page } from '#core/share/page.ts';
import { type ReadBundle, readBundle } from '#core/share/read-bundle.ts';
import { BUNDLE_ENDING, type Shared } from '#shared/model/bundle.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { failingsOf, failuresOf, slowTurnOf } from '#shared/util/failures.ts';
import { BUNDLE_LIMITS, PIECE_CHARS } from '#shared/util/share-limits.ts';
import { isUnanswered, NO_ANSWER } from '#shared/util/unanswered.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

type ShareOperation = Extract<keyof Handlers, `share.${string}`>;

export function shareHandlers(
  engine: () => Engine,
  { dataDir, key, now }: { dataDir: string; key: Uint8Array; now: () => number },
): Pick<Handlers, ShareOperation> {
  const outbox = new Outbox(now, PIECE_CHARS);
  // A bundle has its own limit; its hashes and what surrounds them come on top.
  const inbox = new Inbox(now, BUNDLE_LIMITS.chars * 1.5);
  const evaluations = new EvaluationSets(dataDir);

  const slowTurnMs = (service: string) => slowTurnOf(engine().config, service);
  const wrongWith = ({ summary, turns }: SharedConversation, at: number): string[] => {
    const turn = turns[at]?.turn;
    if (!turn) return [];
    const failures = failuresOf(failingsOf(turn), slowTurnMs(summary.service));
    const words = failures.map((failure) => FAILURE_WORD[failure]);
    return isUnanswered(turn, now()) ? [...words, NO_ANSWER] : words;
  };

  async function collect(what: Shared, signal: AbortSignal): Promise<Gathered> {
    const { cache, config } = engine();
    // With the first use: a console that shares nothing does not hold what masks.
    const { gather } = await import('#core/share/gather.ts');
    const { Masker } = await import('#core/masking/masker.ts');
    // Also where masking is switched off, and for what was stored before it was on: what leaves is masked.
    const { patterns, fields } = config.masking;
    return gather(
      { cache, masker: new Masker({ key, patterns, fields }), slowTurnMs },
      what,
      signal,
    );
  }

  async function partsOf(
    format: 'bundle' | 'html' | 'markdown',
    what: Shared,
    gathered: Gathered,
    { caller }: CallContext,
  ): Promise<string[]> {
    const { deps, config } = engine();
    const { appVersion: app, shareViewer } = deps;
    const { conversations, cut } = gathered;
    const exported = { app, exportedAt: now(), exportedBy: caller.name };
    switch (format) {
      case 'bundle': {
        const writer = new BundleWriter();
        for (const [at, one] of conversations.entries()) writer.addConversation(one, at);
        const [first] = conversations;
        return writer.end({
          ...exported,
          asked:
            what.kind === 'set'
              ? what
              : {
                  kind: what.kind,
                  id: first?.summary.id ?? '',
                  service: first?.summary.service ?? '',
                },
          environments: [
            ...new Set(conversations.map(({ summary }) => summary.environment)),
          ].sort(),
          masked: { onExport: true, beforeStoring: config.masking.enabled },
          conversations: conversations.length,
          cut,
        });
      }
      case 'html':
        return [
          await page(shareViewer, gathered, {
            title: titleOf(what, conversations),
            ...exported,
            wrongWith,
          }),
        ];
      case 'markdown':
        return conversations.map((one) => channelMarkdown(one, (at) => wrongWith(one, at)));
    }
  }

  return {
    'share.prepare': async ({ what, format }, context) => {
      const gathered = await collect(what, context.signal);
      const parts = await partsOf(format, what, gathered, context);
      return {
        ...outbox.put(parts),
        fileName: `${fileNameOf(titleOf(what, gathered.conversations))}${ENDINGS[format]}`,
        conversations: gathered.conversations.length,
        cut: gathered.cut?.why ?? null,
      };
    },

    'share.piece': async ({ file, piece }) => outbox.piece(file, piece),

    'share.upload': async ({ upload, text }) => ({ upload: inbox.add(upload, text) }),

    'share.import': async ({ upload, fileName }, { caller, signal }) => {
      const { cache, publish } = engine();
      const bundle = await readBundle(inbox.take(upload), signal);
      const { manifest } = bundle;
      const told = {
        at: now(),
        actor: caller.actor,
        action: null,
        environment: '',
        data: { fileName, manifest, conversations: namesOf(bundle) },
      };
      const summary = `${bundle.conversations.length} ${bundle.conversations.length === 1 ? 'conversation' : 'conversations'} from ${fileName || 'a bundle'}, exported by ${manifest.exportedBy}`;
      await cache.journal('append', {
        entry: { ...told, kind: 'import', summary: `Imports ${summary}` },
      });
      try {
        const conversations = await cache.write('importConversations', {
          conversations: bundle.conversations.map((one) => ({
            id: one.summary.id,
            service: one.summary.service,
            from: one.summary.environment,
            turns: one.turns,
            spans: one.spans,
          })),
          changes: bundle.changes,
          imported: { bundle: manifest.end, fileName, by: caller.name, at: told.at },
        });
        return { manifest, conversations };
      } catch (error) {
        await cache.journal('append', {
          entry: { ...told, kind: 'import_failed', summary: `Nothing was imported of ${summary}` },
        });
        throw error;
      } finally {
        publish(['conversations', 'changes', 'journal']);
      }
    },

    'share.evaluationSets': async () => ({ sets: await evaluations.list() }),

    'share.evaluate': async ({ name, what }, { caller, signal }) => {
      const { cache, publish } = engine();
      const { conversations, cut } = await collect(what, signal);
      const done = await evaluations.append(name, conversations);
      await cache.journal('append', {
        entry: {
          at: now(),
          kind: 'evaluation_set',
          actor: caller.actor,
          action: null,
          environment: '',
          summary: `${done.added + done.grown} conversations added to the evaluation set ${name}`,
          data: { name, ...done, conversations: namesOf({ conversations }) },
        },
      });
      publish(['evaluations', 'journal']);
      return { ...done, cut: cut?.why ?? null };
    },

    'share.evaluationSet': async ({ name }) => ({
      file: outbox.put([await evaluations.read(name)]).file,
      fileName: `${name}.jsonl`,
    }),
  };
}

const ENDINGS = { bundle: BUNDLE_ENDING, html: '.html', markdown: '.md' } as const;

function titleOf(what: Shared, [first]: readonly SharedConversation[]): string {
  return what.kind === 'set' ? what.title : (first?.summary.id ?? '');
}

function fileNameOf(title: string): string {
  const name = title.replaceAll(/[^\w.-]+/g, '_').replace(/^[_.]+/, '');
  return name.slice(0, 80) || 'conversations';
}

/** IDs and services, as the journal keeps them: never what was said. */
function namesOf({
  conversations,
}: Pick<ReadBundle, 'conversations'> | { conversations: readonly SharedConversation[] }) {
  return conversations.map(({ summary: { id, service, environment } }) => ({
    id,
    service,
    environment,
  }));
}
