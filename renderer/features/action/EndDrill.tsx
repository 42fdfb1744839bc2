import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Action } from '#shared/model/action.ts';
import { operationKey, useAct } from '../../client/query.ts';
import { LOOK_ONLY, useMayAct } from '../../client/session.ts';

/** Ends a drill that runs: it takes back what it did, now instead of when all is proven. */
export function EndDrill(props: { action: Action }) {
  const { action } = props;
  const queries = useQueryClient();
  const mayAct = useMayAct();
  const end = useAct('actions.undo', {
    onSuccess: (answer) => {
      queries.setQueryData(operationKey('actions.read', { id: action.id }), answer);
      // They said that the drill stands in the way.
      queries.removeQueries({ queryKey: ['actions.plan'] });
    },
  });
  const ending =
    action.endedEarlyBy !== undefined ||
    action.steps.some(({ name, state }) => name === 'restored' && state !== 'waiting');
  const what = ending ? 'It is being taken back' : 'Takes back what it did, without further proof';
  return (
    <>
      {end.error ? <span role="alert">Not ended: {end.error.message}</span> : null}
      <Button
        variant="default"
        size="sm"
        disabled={!mayAct || ending}
        loading={end.isPending}
        title={mayAct ? what : LOOK_ONLY}
        onClick={() => end.mutate({ id: action.id })}
      >
        End the drill now
      </Button>
    </>
  );
}
