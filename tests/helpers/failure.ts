import { NightdeskError } from '#shared/errors/index.ts';

/** The error that it ends with; throws where it does not, or with something that is none of Nightdesk's errors. */
export async function failure(run: Promise<unknown>): Promise<NightdeskError> {
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof NightdeskError) return error;
  throw new Error(`it did not fail as expected: ${String(error)}`);
}
