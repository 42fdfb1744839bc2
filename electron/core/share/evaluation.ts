/**
 * Evaluation sets: `evaluation-sets/NAME.jsonl` in the data folder, one conversation a line in the form of OpenAI's chat format
 * (`messages` with `tool_calls` and their results, `tools` where any are known, `metadata`), as evaluation and
 * fine-tuning tools read it. A line is only ever appended: a conversation that has grown since gets a newer one, and
 * the last line of a conversation is the one that counts.
 */
import { appendFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { recordedMessages } from '#core/replay/messages.ts';
import { byName } from '#core/replay/model-call.ts';
import { makeScript } from '#core/replay/script.ts';
import { ToolNames } from '#core/replay/tool-names.ts';
import type { ChatMessage } from '#core/replay/wire.ts';
import { EvaluationSetName } from '#shared/contract/share.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { oneAtATime } from '#shared/util/one-at-a-time.ts';
import type { SharedConversation } from './gather.ts';

const ENDING = '.jsonl';
/** Beyond, a set is no set any more, and reading it for what it has would be felt. */
const MOST_BYTES = 200_000_000;

const Line = z.object({
  messages: z.array(z.unknown()),
  metadata: z.object({ id: z.string(), service: z.string(), environment: z.string() }),
});

/** Null when there is nothing in it that could be asked again. */
export function evaluationLine({ summary, turns }: SharedConversation) {
  const spans = new Map(turns.map(({ turn, records }) => [turn, records.map(({ span }) => span)]));
  const script = makeScript({ turns: [...spans.keys()] }, (turn) => spans.get(turn) ?? []);
  const messages: ChatMessage[] = [];
  let system: string | null = null;
  for (const turn of script.turns) {
    // Told again only where it changed.
    if (turn.system !== null && turn.system !== system) {
      messages.push({ role: 'system', content: turn.system });
      system = turn.system;
    }
    messages.push(...recordedMessages(turn));
  }
  if (!messages.some(({ role }) => role === 'user')) return null;
  const tools = byName(script.turns.flatMap((turn) => turn.tools));
  const defined = script.turns.some((turn) => turn.defined.length > 0);
  const names = new ToolNames(tools, messages);
  return {
    messages: names.messages(messages),
    ...(tools.length === 0 ? {} : { tools: names.tools(tools) }),
    metadata: {
      id: summary.id,
      service: summary.service,
      environment: summary.environment,
      version: summary.version,
      language: summary.language ?? '',
      failures: summary.failures.join(','),
      feedback: summary.feedback.join(','),
      started_at: new Date(summary.startedAt).toISOString(),
      tools_from: defined ? 'definitions' : tools.length > 0 ? 'calls' : 'none',
      masked: 'true',
    },
  };
}

export interface Appended {
  added: number;
  /** Were in it with fewer messages, and have a newer line now. */
  grown: number;
  already: number;
  silent: number;
  total: number;
}

export class EvaluationSets {
  readonly #folder: string;
  /** Appending reads first. */
  readonly #inTurn = oneAtATime();

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'evaluation-sets');
  }

  append(name: string, conversations: readonly SharedConversation[]): Promise<Appended> {
    return this.#inTurn(() => this.#append(name, conversations));
  }

  async #append(name: string, conversations: readonly SharedConversation[]): Promise<Appended> {
    const text = await this.read(name).catch((error: unknown) => {
      if (error instanceof NightdeskError && error.code === 'not_found') return '';
      throw error;
    });
    const known = conversationsIn(text);
    const fresh: string[] = [];
    const counts = { added: 0, grown: 0, already: 0, silent: 0 };
    for (const one of conversations) {
      const line = evaluationLine(one);
      if (line === null) {
        counts.silent++;
        continue;
      }
      const key = keyOf(one.summary);
      const before = known.get(key);
      const messages = line.messages.length;
      if (before !== undefined && before >= messages) counts.already++;
      else {
        counts[before === undefined ? 'added' : 'grown']++;
        known.set(key, messages);
        fresh.push(`${JSON.stringify(line)}\n`);
      }
    }
    if (fresh.length > 0) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // A line that a crash broke off must not swallow the next one.
      const gap = text === '' || text.endsWith('\n') ? '' : '\n';
      await appendFile(this.#path(name), gap + fresh.join(''), { mode: 0o600, flush: true });
    }
    return { ...counts, total: known.size };
  }

  async read(name: string): Promise<string> {
    const path = this.#path(name);
    const found = await stat(path).catch(() => null);
    if (found === null)
      throw new NightdeskError('not_found', `There is no evaluation set "${name}".`);
    if (found.size > MOST_BYTES) {
      throw new NightdeskError(
        'unsupported',
        `The evaluation set "${name}" is larger than 200 MB. Begin another.`,
      );
    }
    return readFile(path, 'utf8');
  }

  async list(): Promise<
    { name: string; conversations: number; bytes: number; changedAt: number }[]
  > {
    const files = await readdir(this.#folder).catch(() => []);
    const sets = [];
    for (const file of files.filter((one) => one.endsWith(ENDING)).sort()) {
      const name = file.slice(0, -ENDING.length);
      if (!EvaluationSetName.safeParse(name).success) continue;
      const { size, mtimeMs } = await stat(join(this.#folder, file));
      const conversations = size > MOST_BYTES ? 0 : conversationsIn(await this.read(name)).size;
      sets.push({ name, conversations, bytes: size, changedAt: Math.round(mtimeMs) });
    }
    return sets;
  }

  #path(name: string): string {
    // The schema of the operation says so too; a path is not left to another file.
    return join(this.#folder, `${EvaluationSetName.parse(name)}${ENDING}`);
  }
}

const keyOf = ({
  id,
  service,
  environment,
}: {
  id: string;
  service: string;
  environment: string;
}) => JSON.stringify([id, service, environment]);

/** The conversations of a set with the number of their messages; lines that somebody else wrote into it are left alone. */
function conversationsIn(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      const parsed = Line.safeParse(JSON.parse(line));
      if (parsed.success) found.set(keyOf(parsed.data.metadata), parsed.data.messages.length);
    } catch {
      // Not ours.
    }
  }
  return found;
}
