import { useEffect } from 'react';
import type { StoreApi } from 'zustand';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { useWindow } from '../../client/index.ts';
import { copyText } from '../../ui/index.ts';
import type { PlayerStore } from './player/store.ts';

/** What the palette and the list of keys offer while a conversation is open. */
export function usePlayerCommands(
  store: StoreApi<PlayerStore>,
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
      {
        id: 'failure',
        label: 'Next failure',
        keys: 'N',
        run: () => act({ type: 'failure', by: 1 }),
      },
      {
        id: 'failure-before',
        label: 'Failure before',
        keys: 'Shift N',
        run: () => act({ type: 'failure', by: -1 }),
      },
      { id: 'faster', label: 'Play faster', keys: '+', run: () => act({ type: 'speed', by: 1 }) },
      { id: 'slower', label: 'Play slower', keys: '−', run: () => act({ type: 'speed', by: -1 }) },
      { id: 'end', label: 'Show all of it', keys: 'End', run: () => act({ type: 'end' }) },
      { id: 'copy', label: `Copy the correlation ID ${id}`, run: () => void copyText(id) },
    ]);
    return () => setCommands('conversation', []);
  }, [store, id]);
}
