import { type ConfigProblem, Session } from '#shared/model/session.ts';
import { localCaller } from './caller.ts';
import type { Console } from './start-console.ts';

/** For the terminal, where somebody looks first: what is wrong with the configuration; nothing where it can be used. */
export async function configurationWords(console: Pick<Console, 'call'>): Promise<string[]> {
  const session = await console.call('session.read', {}, localCaller());
  const { configProblems, configPath } = Session.parse(session);
  const [first, ...others] = configProblems;
  if (first === undefined) return [];
  return [
    `The configuration cannot be used${configPath === null ? '' : `: ${configPath}`}`,
    `  ${placeOf(first)}${first.message} ${first.hint}`,
    ...(others.length === 0 ? [] : [`  And ${others.length} more: the window shows them all.`]),
  ];
}

function placeOf({ line, column }: ConfigProblem): string {
  return line === null ? '' : `Line ${line}${column === null ? '' : `, column ${column}`}: `;
}
