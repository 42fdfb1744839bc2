/** The steps of a runbook for a small panel: its task list, else its numbered list, as plain text. */
export interface RunbookStep {
  text: string;
  /** It is the step that rolls back. */
  acts: boolean;
}

const TASK = /^\s*[-*+]\s+\[[ xX]\]\s+(.+)$/;
const NUMBERED = /^\s*\d+[.)]\s+(.+)$/;

export function stepsOf(body: string): RunbookStep[] {
  const lines = body.split('\n');
  const tasks = lines.flatMap((line) => TASK.exec(line)?.[1] ?? []);
  const found = tasks.length > 0 ? tasks : lines.flatMap((line) => NUMBERED.exec(line)?.[1] ?? []);
  return found.map((line) => {
    const text = plain(line.replace(/^\[[ xX]\]\s+/, ''));
    return { text, acts: /\broll(ing)?[ -]?back\b/i.test(line) };
  });
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
