import { useEffect, useRef, useState } from 'react';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { useWindow } from '../../client/index.ts';
import { useShare } from '../../client/share.ts';
import { copyText, saveFile } from '../../ui/index.ts';
import { ShareMenu } from '../../ui/ShareMenu.tsx';

/** This conversation, for people and consoles elsewhere. */
export function ExportMenu({ summary }: { summary: ConversationSummary }) {
  const [evaluating, setEvaluating] = useState(false);
  const share = useShare(
    { kind: 'conversation', key: summary.key },
    { save: saveFile, copy: copyText },
  );
  const latest = useRef(share);
  latest.current = share;
  useEffect(() => {
    const { setCommands } = useWindow.getState();
    setCommands('share', [
      {
        id: 'markdown',
        label: 'Copy the conversation as Markdown',
        description: 'for the incident channel',
        run: () => latest.current.copy(),
      },
      {
        id: 'bundle',
        label: 'Share the conversation as a bundle',
        run: () => latest.current.bundle(),
      },
      {
        id: 'page',
        label: 'Share the conversation as an offline page',
        run: () => latest.current.html(),
      },
      {
        id: 'evaluate',
        label: 'Add the conversation to an evaluation set…',
        run: () => setEvaluating(true),
      },
    ]);
    return () => setCommands('share', []);
  }, []);
  return (
    <ShareMenu
      share={share}
      count={1}
      label="Export"
      evaluating={evaluating}
      onEvaluating={setEvaluating}
    />
  );
}
