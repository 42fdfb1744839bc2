/** A conversation as text for people (Markdown) and for programs (JSON Lines). Pure. */
import type { Conversation, Message, MessagePart } from '#shared/model/conversation.ts';

export function conversationMarkdown({ summary, turns, truncated }: Conversation): string {
  const head = [
    `# Conversation ${summary.id}`,
    '',
    `${summary.service} ${summary.versions.join(' → ')} · ${summary.environment} · ${summary.turns} turns · ` +
      `${new Date(summary.startedAt).toISOString()} · $${summary.costUsd.toFixed(4)}`,
    summary.failures.length > 0 ? `Failures: ${summary.failures.join(', ')}` : 'No failures',
  ];
  const body = turns.flatMap((turn, index) => [
    '',
    `## Turn ${index + 1} · ${(turn.durationMs / 1000).toFixed(1)} s · ${turn.live.version || 'version not told'}`,
    ...turn.messages.flatMap((message) => ['', ...messageMarkdown(message)]),
  ]);
  return [...head, ...body, ...(truncated ? ['', '(cut here)'] : []), ''].join('\n');
}

function messageMarkdown(message: Message): string[] {
  return message.parts.map((part) => {
    const block = fence(partText(part));
    return part.type === 'text'
      ? `**${message.role}**\n\n${quote(part.content)}`
      : `**${message.role}** (${part.type})\n\n${block}`;
  });
}

/** What a user wrote stays a quotation: it cannot become a heading or a link target of the document around it. */
function quote(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>#!|]/g, (char) => `\\${char}`)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.content;
    case 'tool_call':
      return `${part.name}(${JSON.stringify(part.arguments)})`;
    case 'tool_call_response':
      return JSON.stringify(part.response, null, 2) ?? 'null';
    case 'other':
      return part.json;
  }
}

/** First the summary, then one line per turn. */
export function conversationJsonLines({ summary, turns }: Conversation): string {
  return [{ type: 'conversation', ...summary }, ...turns.map((turn) => ({ type: 'turn', ...turn }))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}
