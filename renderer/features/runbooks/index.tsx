import { useIds } from '../../client/router.tsx';
import { RunbookList } from './RunbookList.tsx';
import { RunbookPage } from './RunbookPage.tsx';

/** `/runbooks`, and `/runbooks/PATH` where the path may have folders. */
export default function Runbooks() {
  const { '*': id = '' } = useIds();
  return id === '' ? <RunbookList /> : <RunbookPage key={id} id={id} />;
}
