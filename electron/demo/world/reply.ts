/** How a model version answers a list of messages: the same world as the live traffic, with the wander of a model between samples. */
import type { BotProfile } from './bots.ts';
import { turnRandom } from './conversation.ts';
import { readPrompt } from './prompt.ts';
import { hashText, randomStream } from './random.ts';
import { PHRASES, type Slots } from './texts/index.ts';
import { LEADS, TAILS } from './texts/leads.ts';
import type { Language } from './texts/phrasebook.ts';
import { drawSlots } from './texts/things.ts';
import { mustIdentify, planTurn, type Step, type TurnPlan } from './turn.ts';
import { understand } from './understand.ts';

export interface ReplyMessage {
  role: string;
  content: string;
  /** The message is a round of tool calls. */
  calls: boolean;
}

export interface ReplyRequest {
  bot: BotProfile;
  version: string;
  messages: readonly ReplyMessage[];
  /** Names of the tools that may be called. */
  tools: readonly string[];
  /** The flag that mends the candidate. */
  multilingual: boolean;
  /** Of the fleet. */
  world: string;
  /** The same seed and messages give the same answer. */
  seed: string;
  /** 0 = no wander. */
  temperature: number;
}

export type Reply =
  | { kind: 'tool'; name: string; input: object; ms: number; usage: Usage }
  | { kind: 'text'; text: string; ms: number; ttftMs: number; finishReason: string; usage: Usage }
  | { kind: 'failed'; ms: number };

interface Usage {
  input: number;
  output: number;
}

export function reply(request: ReplyRequest): Reply {
  const { bot, messages } = request;
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  const asked = messages.slice(0, lastUser + 1);
  const said = asked.filter(({ role }) => role === 'user').map(({ content }) => content);
  const system = messages.find(({ role }) => role === 'system')?.content ?? '';
  const { conversationId, page } = readPrompt(system);
  const understood = understand(bot, said);
  const index = asked.filter(({ role, calls }) => role === 'assistant' && !calls).length;
  const talk = hashText(JSON.stringify(asked.map(({ role, content }) => [role, content])));
  // Both requests of a turn (before and after its tool) must find the same plan.
  const random = randomStream(request.world, 'reply', request.version, request.seed, talk);
  const plan = planTurn({
    bot,
    version: request.version,
    multilingual: request.multilingual,
    ...understood,
    index,
    slots: slotsOf(page, understood.language, request.world, conversationId),
    random,
    identifies: identifies(request.world, conversationId, understood.topic),
  });
  const wander = request.temperature > 0 ? randomStream('wander', request.seed, talk) : null;
  const tool = plan.steps.find((step) => step.kind === 'tool');
  const after = messages.slice(lastUser + 1);
  if (tool && request.tools.includes(tool.name) && after.length === 0) {
    const ms = before(plan.steps, 'tool') + tool.ms;
    const usage = usageOf(plan, 0.5);
    return {
      kind: 'tool',
      name: tool.name,
      input: tool.input,
      ms,
      usage: { ...usage, output: 24 },
    };
  }
  const ms =
    plan.steps.reduce((sum, step) => sum + step.ms, 0) - (after.length > 0 ? toolMs(plan) : 0);
  if (plan.error !== null) return { kind: 'failed', ms };
  const chat = plan.steps.find((step) => step.kind === 'chat');
  const stubbed = after.some(({ role, content }) => role === 'tool' && /"error"\s*:/.test(content));
  return {
    kind: 'text',
    text: stubbed ? unsureOf(understood.language, random) : worded(plan, wander),
    ms,
    ttftMs: Math.max(0, ms - (chat ? chat.ms - chat.ttftMs : 0)),
    finishReason: 'stop',
    usage: usageOf(plan, 1),
  };
}

/** The same people have to say who they are as in the live traffic. */
function identifies(
  world: string,
  conversationId: string | null,
  topic: Parameters<typeof mustIdentify>[0],
) {
  return conversationId !== null && mustIdentify(topic, turnRandom(world, conversationId, 0));
}

function slotsOf(
  page: Partial<Slots>,
  language: Language,
  world: string,
  conversationId: string | null,
): Slots {
  return { ...drawSlots(language, randomStream(world, 'page', conversationId ?? '')), ...page };
}

/** Models do not say the same twice: an opening, a closing, or neither. */
function worded(plan: TurnPlan, wander: ReturnType<typeof randomStream> | null): string {
  if (wander === null || plan.blocked) return plan.answer;
  const lead = wander.pick(LEADS[plan.answerLanguage]);
  const tail = wander.pick(TAILS[plan.answerLanguage]);
  return [lead, plan.answer, tail].filter((part) => part !== '').join(' ');
}

function unsureOf(language: Language, random: ReturnType<typeof randomStream>): string {
  return random.pick(PHRASES[language].unsure);
}

function usageOf(plan: TurnPlan, share: number): Usage {
  const chat = plan.steps.find((step) => step.kind === 'chat');
  return {
    input: Math.round((chat?.inputTokens ?? 200) * share),
    output: Math.round((chat?.outputTokens ?? 20) * share),
  };
}

function before(steps: readonly Step[], kind: Step['kind']): number {
  const end = steps.findIndex((step) => step.kind === kind);
  return steps.slice(0, Math.max(0, end)).reduce((sum, step) => sum + step.ms, 0);
}

function toolMs(plan: TurnPlan): number {
  return plan.steps.reduce((sum, step) => sum + (step.kind === 'tool' ? step.ms : 0), 0);
}
