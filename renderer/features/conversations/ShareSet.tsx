import { useEffect, useRef, useState } from 'react';
import { useWindow } from '../../client/index.ts';
import { useShare } from '../../client/share.ts';
import { copyText, formatCount, plural, saveFile } from '../../ui/index.ts';
import { ShareMenu } from '../../ui/ShareMenu.tsx';
import type { Search } from './use-rows.ts';

/** What the list shows, as a set: by the same search, as of the same moment. */
export function ShareSet(props: {
  search: Search;
  /** What is asked, in words. */
  title: string;
  count: number;
  atLeast: boolean;
}) {
  const { search, title, count } = props;
  const [evaluating, setEvaluating] = useState(false);
  const share = useShare({ kind: 'set', title, ...search }, { save: saveFile, copy: copyText });
  const latest = useRef(share);
  latest.current = share;
  useEffect(() => {
    const { setCommands } = useWindow.getState();
    const what = plural(count, 'conversation');
    const commands = [
      { id: 'bundle', label: `Share ${what} as a bundle`, run: () => latest.current.bundle() },
      { id: 'page', label: `Share ${what} as an offline page`, run: () => latest.current.html() },
      {
        id: 'evaluate',
        label: `Add ${what} to an evaluation set…`,
        run: () => setEvaluating(true),
      },
    ];
    setCommands('share', count === 0 ? [] : commands);
    return () => setCommands('share', []);
  }, [count]);
  return (
    <ShareMenu
      small
      share={share}
      count={count}
      label={`Share ${props.atLeast ? 'at least ' : ''}${formatCount(count)}`}
      evaluating={evaluating}
      onEvaluating={setEvaluating}
    />
  );
}
