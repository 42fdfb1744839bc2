/** The steps of a runbook for a small panel: its task list, else its numbered list, as plain text. */
export interface RunbookStep {
  text: string;
  /** It is the step that rolls back. */
  acts: boolean;
}

const TASK = /^\s*[-*+]\s+\[[ xX]\]\s+(.+)$/;
const NUMBERED = /^\s*\d+[.)]\s+(.+)$/;

export function stepsOf(body: string): RunbookStep[] {
  const lines = unwrapped(body);
  const tasks = lines.flatMap((line) => TASK.exec(line)?.[1] ?? []);
  const found = tasks.length > 0 ? tasks : lines.flatMap((line) => NUMBERED.exec(line)?.[1] ?? []);
  return found.map((line) => {
    const text = plain(line.replace(/^\[[ xX]\]\s+/, ''));
    const link = /\]\(action:([a-z_]+)/.exec(line)?.[1];
    return {
      text: firstSentence(text),
      acts: link === undefined ? /^roll(ing)?[ -]?back\b/i.test(text) : link === 'rollback',
    };
  });
}

/** Lines with their indented continuations put back on them. */
function unwrapped(body: string): string[] {
  const lines: string[] = [];
  for (const line of body.split('\n')) {
    const last = lines.length - 1;
    const continues = /^\s{2,}\S/.test(line) && !TASK.test(line) && !NUMBERED.test(line);
    if (continues && last >= 0 && lines[last] !== '') lines[last] += ` ${line.trim()}`;
    else lines.push(line);
  }
  return lines;
}

/** What fits one line of a small panel; the runbook itself has the rest. */
function firstSentence(text: string): string {
  return /^.{20,}?[.:?!](?=\s|$)/.exec(text)?.[0] ?? text;
}

/** Markdown's marks taken off; what stays is shown as text. */
function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]{1,3}([^*_`]+)[*_`]{1,3}/g, '$1')
    .replace(/\{\{[^}]*\}\}/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
