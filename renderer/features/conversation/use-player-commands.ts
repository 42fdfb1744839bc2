import { useEffect } from 'react';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { useWindow } from '../../client/index.ts';
import { copyText } from '../../ui/index.ts';
import { JUMP_KEY, JUMP_KINDS, JUMP_WORD } from './player/jumps.ts';
import type { Place } from './player/use-place.ts';

/** What the palette and the list of keys offer while a conversation is open. */
export function usePlayerCommands(
  { store, jump: onJump, restart }: Place,
  { id }: Pick<ConversationSummary, 'id'>,
): void {
  useEffect(() => {
    const { setCommands } = useWindow.getState();
    const act = store.getState().act;
    setCommands('conversation', [
      {
        id: 'play',
        label: 'Play or pause the conversation',
        keys: 'Space',
        run: () => act({ type: 'toggle' }),
      },
      {
        id: 'back',
        label: 'One message back',
        keys: '←',
        run: () => act({ type: 'step', by: -1 }),
      },
      { id: 'on', label: 'One message on', keys: '→', run: () => act({ type: 'step', by: 1 }) },
      ...JUMP_KINDS.flatMap((kind) => [
        {
          id: `jump-${kind}`,
          label: `Next ${JUMP_WORD[kind].one}`,
          keys: JUMP_KEY[kind],
          run: () => onJump({ kind, by: 1 }),
        },
        {
          id: `jump-${kind}-before`,
          label: `Previous ${JUMP_WORD[kind].one}`,
          keys: `Shift ${JUMP_KEY[kind]}`,
          run: () => onJump({ kind, by: -1 }),
        },
      ]),
      { id: 'faster', label: 'Play faster', keys: '+', run: () => act({ type: 'speed', by: 1 }) },
      { id: 'slower', label: 'Play slower', keys: '−', run: () => act({ type: 'speed', by: -1 }) },
      { id: 'start', label: 'To its beginning', keys: 'Home', run: restart },
      { id: 'end', label: 'Show all of it', keys: 'End', run: () => act({ type: 'end' }) },
      { id: 'copy', label: `Copy the correlation ID ${id}`, run: () => void copyText(id) },
    ]);
    return () => setCommands('conversation', []);
  }, [store, id, onJump, restart]);
}
